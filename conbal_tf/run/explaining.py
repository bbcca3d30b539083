"""explanations.npz of a finished run, from its records."""

import time
from pathlib import Path

from conbal_tf.run.origin import origin_of
from conbal_tf.run_folder.files import file_of
from conbal_tf.run_folder.objects import read_object
from conbal_tf.scores.prediction_table import read_predictions
from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.schema import Settings


def make_pictures(run: Path, records: Path | None = None) -> None:
    """Writes explanations.npz of a finished run, from its records; takes TensorFlow and seconds to minutes.

    Args:
        run: its folder.
        records: folder of all records (default: that of the run's settings).

    Raises:
        FileNotFoundError: The records or a file of the run are missing.
        ValueError: The records are not those of the run.
    """
    folder, settings = _records_of(run, records)
    # What the files of the run do not fit is said before TensorFlow is imported.
    read_predictions(run)
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    from conbal_tf.data.pipeline import TestView
    from conbal_tf.data.split import open_split
    from conbal_tf.evaluation.explanations import Examined, explain
    from conbal_tf.networks.heads import load_classifier
    from conbal_tf.training.callbacks import Countdown

    shown, began = settings.data, time.monotonic()
    view, data = TestView.of(shown), open_split(folder, run / "protocol.csv")
    examined = Examined(
        load_classifier(run / "classifier.keras", len(data.records.class_names)), data, view, shown.train_parts
    )
    path = explain(examined, run, progress=Countdown)
    print(f"Written: {path}, in {time.monotonic() - began:.0f} s")


def _records_of(run: Path, records: Path | None) -> tuple[Path, Settings]:
    """Returns the folder of a run's records, and its settings."""
    from tfrecords_tools.records import build_command, check_bits, found_instead, is_built, records_directory

    for name in ("classifier.keras", "predictions.csv", "embeddings.npz", "protocol.csv"):
        file_of(run, name)
    read_object(run, "settings.toml")
    settings = read_settings_file(run / "settings.toml")
    place = (records or settings.records, settings.data.record_size, settings.data.crop)
    folder = records_directory(settings.data_name, *place)
    if not is_built(settings.data_name, *place):
        found = found_instead(settings.data_name, *place)
        raise FileNotFoundError(
            f"No records in {folder}, where the images of {run} are looked for. {f'{found} ' if found else ''}Say "
            "where they are with --records DIR, or make them: "
            f"{build_command(settings.dataset, None, *place)} {_origin(settings)}".rstrip()
        )
    anew = f"{build_command(settings.dataset, None, *place)} {_origin(settings)} --overwrite"
    check_bits(folder, settings.bits, anew)
    return folder, settings


def _origin(settings: Settings) -> str:
    """Returns the flags that say of what a run's records were made; none where they were made of the default folder."""
    return origin_of(settings).flags() if settings.images else ""
