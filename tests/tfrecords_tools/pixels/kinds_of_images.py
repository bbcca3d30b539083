"""Encoded images of every kind that a download may hold, made with Pillow."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

HEIGHT, WIDTH = 40, 56
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH]
PIXELS = np.stack([COLUMNS * 4, ROWS * 6, (COLUMNS + ROWS) * 2], axis=2).astype(np.uint8)
ALPHA = (ROWS * 6).astype(np.uint8)
SIXTEEN_BITS = np.random.default_rng(0).integers(0, 2**16, (HEIGHT, WIDTH, 4)).astype(np.uint16)


def saved(image: Image.Image | np.ndarray, form: str, **options: Any) -> bytes:
    """Returns an image as the content of a file."""
    stream = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(stream, form, **options)
    return stream.getvalue()


def as_pillow_reads(content: bytes) -> np.ndarray:
    """Returns Pillow's pixels in RGB."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def png16(channels: int) -> bytes:
    """Returns a PNG of 16 bits; Pillow writes none in colour."""
    return tf.io.encode_png(SIXTEEN_BITS[:, :, :channels]).numpy()


def interlaced_png() -> bytes:
    """Returns an interlaced PNG (Adam7) of PIXELS; Pillow writes none."""
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    parts = [PIXELS[top::down, left::right] for top, left, down, right in passes]
    rows = b"".join(b"\0" + row.tobytes() for part in parts for row in part)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def claiming(content: bytes, width: int, height: int) -> bytes:
    """Returns a file of JPEG, PNG, BMP or GIF whose header claims another size."""
    if content[:2] == b"\xff\xd8":
        place, size = content.index(b"\xff\xc0") + 5, struct.pack(">HH", height, width)
    elif content[:4] == b"\x89PNG":
        head = content[12:16] + struct.pack(">II", width, height) + content[24:29]
        place, size = 12, head + struct.pack(">I", zlib.crc32(head))
    elif content[:2] == b"BM":
        place, size = 18, struct.pack("<ii", width, height)
    else:
        place, size = 6, struct.pack("<HH", width, height)
    return content[:place] + size + content[place + len(size) :]


colour = Image.fromarray(PIXELS)
grey = colour.convert("L")
rgba = Image.fromarray(np.dstack([PIXELS, ALPHA]))
palette = colour.quantize(64)
cmyk = Image.fromarray(np.dstack([PIXELS, (255 - ALPHA) // 2]), "CMYK")

# Kind -> its content.
READ: dict[str, bytes] = {
    "JPEG": saved(colour, "JPEG"),
    "JPEG 4:4:4": saved(colour, "JPEG", subsampling=0),
    "progressive JPEG": saved(colour, "JPEG", progressive=True),
    "grey JPEG": saved(grey, "JPEG"),
    "CMYK JPEG": saved(cmyk, "JPEG"),  # with Adobe's mark, and inverted as Photoshop's are
    "progressive CMYK JPEG": saved(cmyk, "JPEG", progressive=True),
    "PNG": saved(colour, "PNG"),
    "interlaced PNG": interlaced_png(),
    "grey PNG": saved(grey, "PNG"),
    "PNG of 1 bit": saved(colour.convert("1"), "PNG"),
    "PNG with alpha": saved(rgba, "PNG"),
    "grey PNG with alpha": saved(Image.fromarray(np.dstack([PIXELS[:, :, 0], ALPHA])), "PNG"),
    "PNG with palette": saved(palette, "PNG"),
    "PNG with palette and a transparent colour": saved(palette, "PNG", transparency=3),
    "PNG of 16 bits": png16(3),
    "PNG of 16 bits with alpha": png16(4),
    "GIF": saved(palette, "GIF"),
    "interlaced GIF": saved(palette, "GIF", interlace=1),
    "animated GIF": saved(palette, "GIF", save_all=True, append_images=[palette.rotate(180)] * 3),
    "BMP of 24 bits": saved(colour, "BMP"),
    "BMP of 24 bits from the top": claiming(
        saved(colour.transpose(Image.Transpose.FLIP_TOP_BOTTOM), "BMP"), WIDTH, -HEIGHT
    ),
    "BMP of 32 bits": saved(rgba, "BMP"),
}
