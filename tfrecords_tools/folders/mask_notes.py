"""What conversion says of masks that may lie among the images; whether they do, the user decides."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfrecords_tools.folders.companions import find_companions
from tfrecords_tools.pixels.image_checks import check_image_file
from tfrecords_tools.pixels.two_colours import has_two_colours
from tfrecords_tools.tables import LabelTable, some

MOST_LOOKED_AT = 50
"""Of the second files before the conversion, which counts those of all images."""
ADVICE = (
    "Each is taken for an image of its class: if they are masks, or changed copies, move them out of the folder of "
    "images, or take their rows out of the table."
)


def note_companions(table: LabelTable) -> None:
    """Says on stderr of how many images there is a second file, and how many of these pictures have two colours."""
    ids = [example.id for example in table.examples]
    for companions in find_companions(ids, [example.label for example in table.examples]):
        files = [table.examples[second].source for second in companions.seconds]
        chosen = [files[place] for place in np.unique(np.linspace(0, len(files) - 1, MOST_LOOKED_AT).astype(int))]
        looked_at = [answer for answer in map(_has_two_colours, chosen) if answer is not None]
        colours = f" {sum(looked_at)} of {len(looked_at)} such pictures that were looked at have at most two colours."
        print(f"Note: {companions.told(ids)}{colours if looked_at else ''} {ADVICE}", file=sys.stderr)


def note_two_coloured(ids: Sequence[str], count: int) -> None:
    """Says on stderr which of so many converted pictures have two colours."""
    if ids:
        print(
            f"Note: {len(ids)} of {count} pictures have at most two colours, as masks have: {some(ids)}. {ADVICE}",
            file=sys.stderr,
        )


def _has_two_colours(source: Path | np.ndarray) -> bool | None:
    """Returns whether a picture has two colours, None where it cannot be read: conversion will say why."""
    from PIL import Image  # here, since few conversions need it

    try:
        if isinstance(source, np.ndarray):
            return has_two_colours(source)
        check_image_file(source)
        with Image.open(source) as image:
            # Of 16 bits a pixel, Pillow would cut all above 255.
            pixels = np.asarray(image if image.mode.startswith("I") else image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return has_two_colours(pixels if pixels.ndim == 3 else pixels[:, :, None].repeat(3, axis=2))
