"""What tells copies of an image: a hash of its pixels, the same in conversion and audit. Imports no TensorFlow."""

import hashlib

import numpy as np


def hash_pixels(pixels: np.ndarray, size: tuple[int, int] | None = None) -> str:
    """Returns the SHA-256 of an image's size and pixels, in hexadecimal digits.

    Args:
        pixels: the image [(height, width, 3) uint8].
        size: height and width of the whole image, where these pixels are reduced.
    """
    digest = hashlib.sha256(f"{(*(size or pixels.shape[:2]), 3)}".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
