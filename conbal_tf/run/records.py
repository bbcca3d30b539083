"""The data of a run: its records, made where they are missing, under its protocol, and what leaks between the parts."""

import json
from pathlib import Path

from conbal_tf.data.split import SplitRecords, open_split
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.own_images import write_settings_file
from conbal_tf.settings.schema import Settings
from tfrecords_tools.build import Prepared, ensure_protocol, write_records
from tfrecords_tools.splits.leaks import leak_report


def open_data(settings: Settings, prepared: Prepared, spare: Path) -> SplitRecords:
    """Returns the records under the protocol, making what is missing, and says what is in each part.

    Args:
        settings: of the run.
        prepared: its records, or what to make them of.
        spare: a folder for the protocol's CSV where it cannot lie beside the records.

    Raises:
        ValueError: An image cannot be read, or the records cannot be split so.
    """
    records = write_records(prepared)
    if file := write_settings_file(settings):
        print(f"Settings of these images are in {file}: next time, python -m conbal_tf.train --config {file} will do.")
    protocol = ensure_protocol(
        records,
        settings.protocol,
        settings.protocol_seed,
        conflicts=settings.conflicts,
        file=settings.protocol_file,
        spare=spare,
    )
    data = open_split(records, protocol)
    for part, ids in data.parts.items():
        counts = data.records.class_counts(ids)
        print(f"{part}: {len(ids)} images · " + ", ".join(map("{} {}".format, data.records.class_names, counts)))
    if "validation" in settings.data.train_parts:
        print("Training uses the validation part, too: scores on it say how well it is learnt by heart, no more.")
    return data


def note_leaks(data: SplitRecords, run: Path) -> None:
    """Says which test images training knows a relative of, and keeps it in leaks.json.

    Args:
        data: the records under the protocol.
        run: the run folder.
    """
    leaks = data.leaks()
    write_whole(run / "leaks.json", json.dumps(leaks.as_dict(), indent=2) + "\n")
    advice = " python -m conbal_tf.evaluate RUN --without_leaks tells by how much that flatters." if leaks.share else ""
    print(leak_report(leaks) + advice)
