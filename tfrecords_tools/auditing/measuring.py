"""One image to what an audit keeps of it, on all cores, with Pillow alone."""

import functools
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tfrecords_tools.auditing.near_duplicates import perceptual_hash
from tfrecords_tools.auditing.reduced_copies import sketch
from tfrecords_tools.auditing.rows import Original, Row
from tfrecords_tools.pixels.image_checks import check_image_file
from tfrecords_tools.pixels.opening import open_image
from tfrecords_tools.pixels.pixel_hash import hash_pixels
from tfrecords_tools.pixels.two_colours import has_two_colours
from tfrecords_tools.surroundings.threads import in_order

WAITING_PER_WORKER = 8
SMALL = 64
BLACK = 20
"""The brightest channel of a pixel that counts as black: compression leaves black borders a few grey levels."""


@dataclass(frozen=True, eq=False)
class Measurement:
    """What is kept of an image."""

    original: Original
    perceptual_hash: np.ndarray
    """[(32,) uint8]"""
    sketch: np.ndarray
    """Its coarse shape [(63,) float32]."""
    colour: np.ndarray
    """Mean of red, green and blue, 0-255 [(3,) float64]."""
    contrast: float
    """Standard deviation of the grey values, 0-128."""
    black_border: float
    """Share of the outermost pixels that are black, 0-1."""


def measure_all(rows: Iterable[Row], bits: int | None = None) -> Generator[tuple[Row, Measurement | str]]:
    """Returns an iterator of rows, each with what is kept of its image, or the decoder's words where it cannot be read.

    Threads suffice: Pillow decodes and resizes outside Python's lock. A few images wait for each.

    Args:
        rows: the images.
        bits: how many bits the values of 16-bit PNGs have, where that is said.
    """
    return in_order(rows, functools.partial(_measure_row, bits=bits), waiting=WAITING_PER_WORKER)


def measure(image: Image.Image) -> Measurement:
    """Returns what is kept of an image in RGB."""
    pixels = np.asarray(image)
    small = np.asarray(image.resize((SMALL, SMALL), Image.Resampling.BOX), np.float64)
    edge = np.ones((SMALL, SMALL), bool)
    edge[1:-1, 1:-1] = False
    return Measurement(
        original=Original(image.height, image.width, hash_pixels(pixels), has_two_colours(pixels)),
        perceptual_hash=perceptual_hash(image),
        sketch=sketch(image),
        colour=small.mean(axis=(0, 1)),
        contrast=float(small.mean(axis=-1).std()),
        black_border=float((small[edge].max(axis=-1) <= BLACK).mean()),
    )


def _measure_row(row: Row, *, bits: int | None) -> Measurement | str:
    source = row.source
    try:
        if isinstance(source, Path):
            check_image_file(source)  # Pillow reads more than conversion does
        return measure(open_image(source, bits))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return str(error) or type(error).__name__
