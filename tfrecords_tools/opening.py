"""An image file as Pillow shows it, upright and in RGB, as `images` shows it in TensorFlow operations."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps


def open_image(source: Path | bytes | np.ndarray) -> Image.Image:
    """Returns an image in RGB, upright as its EXIF orientation says.

    Args:
        source: a file, its content, or pixels in RGB [(height, width, 3) uint8].

    Raises:
        OSError: It is no image, or a truncated one; Pillow also raises ValueError and SyntaxError for broken files.
    """
    if isinstance(source, np.ndarray):
        return Image.fromarray(source)
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
        upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits a pixel: Pillow would cut all above 255
        upright = Image.fromarray((np.asarray(upright) // 256).astype(np.uint8))
    return upright.convert("RGB")
