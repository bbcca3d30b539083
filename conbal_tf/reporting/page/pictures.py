"""Small pictures for the page: encoded as text, and with what a network looked at laid over them."""

import base64
import io

import numpy as np
from PIL import Image

MAX_SPRITE_BYTES = 1_300_000
SMALL_SIDE = 72
# From nothing to all of the attention: dark to light, in an order that survives any kind of colour vision.
HEAT = np.array([(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)], float)


def data_url(image: np.ndarray, largest: int = 128) -> str:
    """Returns an image as a data URL, smaller where it is larger than wanted.

    Args:
        image: [(height, width, 3) uint8].
        largest: side in pixels.
    """
    picture = Image.fromarray(image)
    picture.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    picture.save(content, "WEBP", quality=82, method=4)
    return f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode()}"


def with_heat(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Returns the image in grey with the heat in colour over it [(height, width, 3) uint8].

    Args:
        image: [(height, width, 3) uint8].
        heat: [(height, width) float], 0-1.
    """
    grey = np.asarray(image, float) @ (0.299, 0.587, 0.114)
    values = np.clip(np.nan_to_num(np.asarray(heat, float)), 0, 1)
    stops = np.linspace(0, 1, len(HEAT))
    colours = np.stack([np.interp(values, stops, HEAT[:, channel]) for channel in range(3)], axis=-1)
    return np.clip(0.45 * grey[..., None] + 0.55 * colours, 0, 255).astype(np.uint8)


def sprite_url(content: bytes) -> str:
    """Returns the sheet of all thumbnails as a data URL; one that would make the page heavy is made smaller.

    Args:
        content: of a JPEG.
    """
    quality = 75
    while len(content) > MAX_SPRITE_BYTES and quality >= 35:
        smaller = io.BytesIO()
        sheet: Image.Image = Image.open(io.BytesIO(content))
        if quality < 75:
            sheet = sheet.resize((sheet.width * 4 // 5, sheet.height * 4 // 5), Image.Resampling.LANCZOS)
        sheet.save(smaller, "JPEG", quality=quality)
        content, quality = smaller.getvalue(), quality - 10
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
