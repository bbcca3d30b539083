"""The flags of `python -m tfrecords_tools.build`."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.origins import Origin
from tfrecords_tools.pixels.bit_depth import BITS
from tfrecords_tools.records import CROPS
from tfrecords_tools.splits.conflicts import CONFLICTS
from tfrecords_tools.splits.protocols import DEFAULT, FOLD_EXAMPLE, IMPORT, PROTOCOLS, check_name
from tfrecords_tools.surroundings.paths import at_home, check_encoding
from tfrecords_tools.surroundings.typed import typed

PROG = typed("tfrecords_tools.build")
IMAGE_SIZE = 256
DESCRIPTION = "Makes TFRecords of a folder of labelled images, and the split of them."


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the flags."""
    flags = argparse.ArgumentParser(prog=PROG, description=DESCRIPTION, allow_abbrev=False)
    flags.add_argument("--dataset", required=True, choices=list(DATASETS))
    add_origin(flags)
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
        "--protocol",
        type=_protocol,
        default=DEFAULT,
        help=f"{names}, or one fold such as {FOLD_EXAMPLE} (default: %(default)s)",
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


def given(flags: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Returns the values of the flags, paths with ~ expanded.

    Raises:
        ValueError: A path has no name that TensorFlow can open.
        SystemExit: With code 2 after a wrong flag on stderr, with code 0 after `--help`.
    """
    values = {name: at_home(value) for name, value in vars(flags.parse_args(arguments)).items()}
    for name, value in values.items():
        if isinstance(value, Path):
            check_encoding(value, f"--{name}")
    return argparse.Namespace(**values)


def _protocol(text: str) -> str:
    """Returns the name of a protocol, refused before anything is read where there is none."""
    try:
        check_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def origin_of(flags: argparse.Namespace) -> Origin:
    """Returns what the flags say of the images and labels."""
    images = flags.images
    if images is None:
        if "images" in DATASETS[flags.dataset].needs:
            raise ValueError(f"Data set {flags.dataset!r} needs --images: the folder of the images. Add it.")
        images = Path("data") / flags.dataset
    return told_origin(flags, images)


def told_origin(flags: argparse.Namespace, images: Path) -> Origin:
    """Returns what flags that `add_origin` added say of the images in a folder."""
    given: dict[str, Any] = {name: getattr(flags, name) for name in _ORIGIN if name != "images"}
    order = given.pop("class_order")
    return Origin(images, class_order=tuple(order) if order else None, **given)


def add_origin(flags: argparse.ArgumentParser, *, images: bool = True) -> None:
    """Adds the flags of the fields of `Origin`, `--images` only where the folder is not named otherwise."""
    for name in _ORIGIN:
        if name != "images" or images:
            flags.add_argument(f"--{name}", **_ORIGIN[name])


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


def _bits(text: str) -> int:
    """Returns a number of bits, refused at once where it is none."""
    if not text.isdecimal() or int(text) not in BITS:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {BITS[0]} to {BITS[-1]}")
    return int(text)


def _truth(text: str) -> bool:
    """Returns what a switch is set to, in the words that the settings of training have for it."""
    if text not in ("True", "False"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither True nor False")
    return text == "True"


# Fields of `Origin`: what argparse is told of them.
_ORIGIN: dict[str, dict[str, Any]] = {
    "images": {
        "type": Path,
        "help": "folder of the download (default: data/<dataset>) or of your own images; not needed for digits",
    },
    "labels": {"type": Path, "help": "csv: the table of labels"},
    "image_column": {"help": "csv: its column of image files, by name or by path below --images"},
    "label_column": {"help": "csv: its column of classes"},
    "group_column": {"help": "csv: its column of patients or lesions, if there is one"},
    "class_order": {
        "nargs": "+",
        "action": "extend",
        "metavar": "CLASS",
        "help": "folder and csv: all classes in their order, where they have one, such as grades that are no numbers",
    },
    "keep_missing": {
        "nargs": "?",
        "const": True,
        "default": False,
        "type": _truth,
        "metavar": "True",
        "help": "folder and csv: take words such as nan and unknown for real names of classes and groups",
    },
    "name": {"help": "folder and csv: what to call the images (default: the name of their folder)"},
    "bits": {
        "type": _bits,
        "help": "folder and csv: bits that the values of 16-bit PNGs have, such as 12, where these are the low ones",
    },
}
