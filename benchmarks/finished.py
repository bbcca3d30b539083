"""The finished run that a benchmark is given on the command line."""

import argparse
from pathlib import Path

from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.schema import Settings
from tfrecords_tools.build import records_directory


def asked_run(description: str | None) -> tuple[Path, Settings, Path]:
    """Returns the run's folder, its settings, and the folder of its records.

    Args:
        description: of the benchmark, for `--help`.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("run", type=Path, help="folder of a finished run")
    run = parser.parse_args().run
    settings = read_settings_file(run / "settings.toml")
    return run, settings, records_of(settings)


def records_of(settings: Settings) -> Path:
    """Returns the folder of a run's records."""
    return records_directory(settings.data_name, settings.records, settings.data.record_size, settings.data.crop)
