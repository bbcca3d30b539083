"""The flags of `python -m tfrecords_tools.build`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.protocols import DEFAULT, FOLD_EXAMPLE, IMPORT, PROTOCOLS
from tfrecords_tools.records import CROPS
from tfrecords_tools.splits import CONFLICTS

IMAGE_SIZE = 256
DESCRIPTION = "Makes TFRecords of a folder of labelled images, and the split of them."


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the flags."""
    flags = argparse.ArgumentParser(prog="python -m tfrecords_tools.build", description=DESCRIPTION, allow_abbrev=False)
    flags.add_argument("--dataset", required=True, choices=list(DATASETS))
    flags.add_argument(
        "--images", type=Path, help="folder of the download (default: data/<dataset>); not needed for digits"
    )
    flags.add_argument("--records", type=Path, default=Path("records"), help="folder of all records (default: records)")
    flags.add_argument(
        "--image_size", type=_at_least(1), default=IMAGE_SIZE, help="shorter side in pixels (default: %(default)s)"
    )
    flags.add_argument(
        "--crop",
        default="none",
        choices=list(CROPS),
        help="what to cut off: with fundus, black borders (default: none)",
    )
    flags.add_argument("--overwrite", action="store_true", help="make the records anew")
    flags.add_argument(
        "--skip_unreadable", action="store_true", help="go on past images that cannot be decoded, and list them"
    )
    names = ", ".join((*PROTOCOLS, IMPORT))
    flags.add_argument(
        "--protocol", default=DEFAULT, help=f"{names}, or one fold such as {FOLD_EXAMPLE} (default: %(default)s)"
    )
    flags.add_argument("--protocol_file", type=Path, help=f"CSV with columns id and part, for protocol {IMPORT}")
    flags.add_argument(
        "--conflicts",
        default="train",
        choices=list(CONFLICTS),
        help="copies with different labels: kept in train, by majority, or left out (default: %(default)s)",
    )
    flags.add_argument("--protocol_seed", type=_at_least(0), default=0, help="seed of the split (default: %(default)s)")
    flags.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return flags


def _at_least(smallest: int) -> Callable[[str], int]:
    """Returns the reader of a whole number that must not be smaller."""

    def whole_number(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = smallest - 1
        if number < smallest:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {smallest}")
        return number

    return whole_number
