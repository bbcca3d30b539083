"""An image as `images` makes it in TensorFlow operations, upright and in RGB, but by Pillow.

Only PNGs of 16 bits are decoded by TensorFlow, since Pillow keeps the upper 8 bits of most of them.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tfrecords_tools.pixels.bit_depth import to_grey_levels
from tfrecords_tools.pixels.deep_files import read_values
from tfrecords_tools.pixels.file_heads import is_deep_png, read_head


def open_image(source: Path | bytes | np.ndarray, bits: int | None = None) -> Image.Image:
    """Returns an image in RGB, upright as its EXIF orientation says.

    Args:
        source: a file, its content, or pixels in RGB [(height, width, 3) uint8].
        bits: how many bits the values of a 16-bit PNG have, the low ones; None for the upper 8 of 16.

    Raises:
        OSError: It is no image, or a truncated one; Pillow also raises ValueError and SyntaxError for broken files.
        ValueError: A value has more bits.
    """
    if isinstance(source, np.ndarray):
        return Image.fromarray(source)
    if isinstance(source, Path) and is_deep_png(read_head(source)):
        levels = to_grey_levels(read_values(source), bits)
        return Image.fromarray(np.broadcast_to(levels, (*levels.shape[:2], 3)).copy())
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
        upright = ImageOps.exif_transpose(image)
    return upright.convert("RGB")
