"""Image files to what a record stores of them, on all cores."""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfrecords_tools import images
from tfrecords_tools.tables import Example

WAITING_PER_WORKER = 4


@dataclass(frozen=True)
class StoredImage:
    """What a record holds of an image."""

    encoded: bytes
    """JPEG."""
    height: int
    """Of the original, in pixels."""
    width: int
    pixel_hash: str
    """SHA-256 of the original's decoded pixels: equal for equal images, however their files are encoded."""


class UnreadableImageError(ValueError):
    """An image file that cannot be decoded."""

    def __init__(self, path: Path, reason: str) -> None:
        """Names the file and what the decoder said of it."""
        super().__init__(
            f"Cannot read image {path}: {reason}. Expected a whole JPEG or PNG. "
            "Download it again, or leave such images out: python -m tfrecords_tools.build with --skip_unreadable."
        )
        self.path = path


Result = StoredImage | UnreadableImageError


def convert(
    examples: Iterable[Example], short_side: int, workers: int | None = None
) -> Generator[tuple[Example, Result]]:
    """Yields each example with its image decoded, resized and encoded, in the order given.

    Threads suffice, since TensorFlow's kernels run outside Python's lock. Each worker has the pixels of one image
    in memory, and a few encoded ones wait.

    Args:
        examples: what to convert.
        short_side: the length of the shorter side, in pixels.
        workers: number of threads (default: one for each core that this process may use).

    Yields:
        The example, and its image or, for one that cannot be decoded, the error (not raised: the caller decides).
    """
    workers = workers or available_cores()
    store = _store(short_side)
    waiting: deque[tuple[Example, Future[Result]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for example in examples:
                waiting.append((example, pool.submit(_convert_one, example, store)))
                if len(waiting) >= workers * WAITING_PER_WORKER:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def available_cores() -> int:
    """Returns the number of cores that this process may use (fewer than the machine's under a batch system)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def hash_pixels(pixels: np.ndarray) -> str:
    """Returns the SHA-256 of an image's size and pixels [(height, width, 3) uint8], in hexadecimal digits."""
    digest = hashlib.sha256(f"{pixels.shape}".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def _convert_one(example: Example, store: Callable[[tf.Tensor], tuple[tf.Tensor, ...]]) -> Result:
    with tf.device("CPU:0"):  # copies to and from a GPU would take longer than the work
        if isinstance(example.source, np.ndarray):
            pixels = tf.constant(example.source, tf.uint8)
        else:
            try:
                pixels = images.decode(tf.constant(example.source.read_bytes()))
            except (tf.errors.InvalidArgumentError, OSError) as error:
                return UnreadableImageError(example.source, _reason(error))
        encoded, height, width = store(pixels)
        return StoredImage(encoded.numpy(), int(height), int(width), hash_pixels(pixels.numpy()))


def _store(short_side: int) -> Callable[[tf.Tensor], tuple[tf.Tensor, ...]]:
    @tf.function(input_signature=[tf.TensorSpec((None, None, 3), tf.uint8)])
    def store(pixels: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Returns JPEG bytes [() string] of the resized image, and the height and width [() int32] that it had."""
        size = tf.shape(pixels)
        return images.encode(images.resize_short_side(pixels, short_side)), size[0], size[1]

    return store


def _reason(error: Exception) -> str:
    """Returns the decoder's own words, without TensorFlow's name of the operation around them."""
    text = getattr(error, "message", None) or str(error)
    return text.split("[Op:")[0].split("}} ")[-1].strip().rstrip(".") or type(error).__name__
