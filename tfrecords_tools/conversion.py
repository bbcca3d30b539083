"""Image files to what a record stores of them, on all cores."""

import functools
import os
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import tensorflow as tf

from tfrecords_tools.pixels import images
from tfrecords_tools.pixels.formats import READ, RefusedImageError
from tfrecords_tools.pixels.headers import is_cmyk
from tfrecords_tools.pixels.image_checks import check_image_file
from tfrecords_tools.pixels.opening import open_image
from tfrecords_tools.pixels.pixel_hash import hash_pixels
from tfrecords_tools.pixels.two_colours import has_two_colours
from tfrecords_tools.surroundings.threads import in_order
from tfrecords_tools.tables import Example

WAITING_PER_WORKER = 4


@dataclass(frozen=True)
class StoredImage:
    """What a record holds of an image."""

    encoded: bytes
    """JPEG."""
    height: int
    """Of the original, upright, in pixels."""
    width: int
    pixel_hash: str
    """Of the original, upright (`pixel_hash.hash_pixels`): equal for equal images, however their files are encoded.

    It is that of the whole image wherever JPEGs lie beside files of other formats (`hash_whole`). Among JPEGs alone,
    one whose shorter side has 1,024 pixels or more is hashed as `images.decode_for` decodes it for records of up to 256
    pixels, at a half to an eighth of its sides, so that no pixel is decoded for the hash alone. What is decoded so is
    made of the file's coefficients of lower frequencies: a JPEG and its progressive or otherwise repacked copy still
    have one hash, and the size of records and the crop do not change it.
    """
    has_two_colours: bool
    """Whether the original has two colours, as masks have."""


class UnreadableImageError(ValueError):
    """An image file that cannot be decoded."""

    def __init__(self, path: Path, reason: str, advice: str = "Download it again") -> None:
        """Names the file, what is wrong with it, and what to do with it."""
        super().__init__(
            f"Cannot read image {path}: {reason}. Read are whole {READ} files. {advice}, "
            "or leave such images out: python -m tfrecords_tools.build with --skip_unreadable."
        )
        self.path = path


Result = StoredImage | UnreadableImageError


def convert(
    examples: Iterable[Example],
    short_side: int,
    workers: int | None = None,
    *,
    crop: str = "none",
    bits: int | None = None,
    hash_whole: bool = False,
) -> Generator[tuple[Example, Result]]:
    """Returns an iterator of examples, each with its image decoded, resized and encoded, in the order given.

    Threads suffice, since TensorFlow's kernels run outside Python's lock. Each worker has one image in memory: its
    file, and at most 10 bytes for each of its pixels (3 decoded; besides, 6 in the decoder of a progressive JPEG, or 7
    while one is turned upright; 21 where a PNG of 16 bits is stretched), of which `formats.MAX_PIXELS` allows 100
    million. A few encoded ones wait.

    Args:
        examples: what to convert.
        short_side: the length of the shorter side, in pixels.
        workers: number of threads (default: one for each core that this process may use).
        crop: what is cut away before, one of `images.CROPS`.
        bits: how many bits the values of 16-bit PNGs have, where that is said.
        hash_whole: whether large JPEGs are hashed whole, too, which takes up to four times as long as what their
            records need; without it they are no copies of files of other formats.

    Returns:
        Pairs of an example and its image, or the error where it cannot be decoded (not raised: the caller decides).
    """
    hashed_for = images.WHOLE if hash_whole else images.LEAST_DECODED_FOR
    one = functools.partial(_convert_one, short_side=short_side, hashed_for=hashed_for, crop=crop, bits=bits)
    return in_order(examples, one, waiting=WAITING_PER_WORKER, workers=workers)


def _convert_one(example: Example, short_side: int, hashed_for: int, crop: str, bits: int | None) -> Result:
    with tf.device("CPU:0"):  # copies to and from a GPU would take longer than the work
        if isinstance(example.source, np.ndarray):
            pixels = example.source
            encoded = _of_pixels(crop)(tf.constant(pixels, tf.uint8), short_side)
            height, width, _ = pixels.shape
            return StoredImage(encoded.numpy(), height, width, hash_pixels(pixels), has_two_colours(pixels))
        try:
            check_image_file(example.source)
            return _convert_file(_of_file(crop, bits), example.source, short_side, hashed_for)
        except RefusedImageError as error:
            return UnreadableImageError(example.source, str(error), error.advice)
        except (tf.errors.InvalidArgumentError, OSError) as error:
            return UnreadableImageError(example.source, _reason(error))


def _convert_file(of_file: "_OfFile", file: Path, short_side: int, hashed_for: int) -> StoredImage:
    path = tf.constant(os.fsencode(file))
    encoded, size, pixels, are_hashed, is_cmyk = of_file(path, short_side, hashed_for)
    height, width = size.numpy().tolist()
    decoded = pixels.numpy()
    if is_cmyk:
        # TensorFlow cuts off where Pillow rounds, by a grey level: no other library's copy would be one.
        hashed = np.asarray(open_image(file))
    else:
        hashed = decoded if are_hashed else _hashed_pixels()(path, hashed_for).numpy()
    pixel_hash = hash_pixels(hashed, (height, width))
    return StoredImage(encoded.numpy(), height, width, pixel_hash, has_two_colours(decoded))


_OfFile: TypeAlias = Callable[[tf.Tensor, int, int], tuple[tf.Tensor, ...]]
_PATH, _SIDE = tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int32)


# Graphs, since they run outside Python's lock, while single operations wait for each other. Each is made once.
@functools.cache
def _of_file(crop: str, bits: int | None) -> _OfFile:
    @tf.function(input_signature=[_PATH, _SIDE, _SIDE])
    def of_file(path: tf.Tensor, short_side: tf.Tensor, hashed_for: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Returns a JPEG, the size, the decoded pixels, whether these are hashed, and whether they were in CMYK."""
        image_bytes = tf.io.read_file(path)  # a string of Python's would be copied several times on its way here
        pixels, size = images.decode_for(image_bytes, short_side, crop, bits)
        reduction, hashed = (images.reduction(image_bytes, size, *how) for how in ((short_side, crop), (hashed_for,)))
        encoded = images.encode(images.as_stored(pixels, size, short_side, crop))
        return encoded, size, pixels, reduction == hashed, is_cmyk(image_bytes)

    return of_file


@functools.cache
def _hashed_pixels() -> Callable[[tf.Tensor, int], tf.Tensor]:
    @tf.function(input_signature=[_PATH, _SIDE])
    def hashed_pixels(path: tf.Tensor, hashed_for: tf.Tensor) -> tf.Tensor:
        return images.decode_for(tf.io.read_file(path), hashed_for)[0]

    return hashed_pixels


@functools.cache
def _of_pixels(crop: str) -> Callable[[tf.Tensor, int], tf.Tensor]:
    @tf.function(input_signature=[tf.TensorSpec((None, None, 3), tf.uint8), _SIDE])
    def of_pixels(pixels: tf.Tensor, short_side: tf.Tensor) -> tf.Tensor:
        return images.encode(images.as_stored(pixels, tf.shape(pixels)[:2], short_side, crop))

    return of_pixels


def _reason(error: Exception) -> str:
    """Returns what was wrong, of TensorFlow's errors without the names of graphs and operations around it."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    lines = (getattr(error, "message", None) or str(error)).strip().splitlines()
    # A graph's error ends with what its operation said; the operation's place in the graph stands around and below.
    said = [line for line in lines if line.strip() and not line.strip().startswith("[[")]
    return said[-1].split("[Op:")[0].split("}} ")[-1].strip().rstrip(".") if said else type(error).__name__
