"""What the headers of JPEG, PNG, BMP and GIF say, in plain Python: a size, or why TensorFlow would not read it rightly.

This is for conversion, where a mistake gets a whole sentence. `headers` checks in the graph what a served model must
not decode.
"""

import mmap
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

Content = bytes | mmap.mmap
READ = "JPEG, PNG, BMP and GIF"
MAX_PIXELS = 100_000_000
"""Of an image, 10,000 x 10,000: what is decoded takes 3 bytes a pixel, 9 for a progressive JPEG."""
MAX_ASPECT = 100
"""Longer side over shorter: the shorter gets a fixed length, and the longer follows it."""
BMP_BITS = (24, 32)
"""A pixel. Of fewer, with a palette, TensorFlow takes the palette's numbers for shades of grey."""


class Size(NamedTuple):
    """Of an image, in pixels, as its header names it."""

    height: int
    width: int


class RefusedImageError(ValueError):
    """A file that is not decoded: why, as in "it is a TIFF", and what to do, as in "Convert it"."""

    def __init__(self, reason: str, advice: str = "Download it again") -> None:
        super().__init__(reason)
        self.advice = advice


def check_size(size: Size) -> None:
    """Raises RefusedImageError for sizes that no image has, or that take too much memory."""
    claimed = f"its header claims {size.width} x {size.height} pixels"
    if min(size) < 1:
        raise RefusedImageError(f"{claimed}; each side needs at least 1")
    if size.width * size.height > MAX_PIXELS:
        raise RefusedImageError(f"{claimed}, more than {MAX_PIXELS} in all, such as 10000 x 10000", "Make it smaller")
    if max(size) > MAX_ASPECT * min(size):
        raise RefusedImageError(f"{claimed}, one side more than {MAX_ASPECT} times the other", "Crop it")


def _size_of_jpeg(content: Content) -> Size:
    """Returns the size; refuses what TensorFlow's decoder was not built for."""
    place, has_adobes_mark = 2, False
    while True:
        mark, marker = content[place], content[place + 1]
        if mark != 0xFF or marker == 0xFF:  # filling bytes, or rubbish that decoders pass over
            place += 1
            continue
        # The end of the image, or the beginning of its pixels.
        if marker in (0xD9, 0xDA):
            raise RefusedImageError("it is a damaged JPEG: its size is missing")
        # Frames are C0 to CF, but for tables of codes (C4, CC) and C8, which is reserved.
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            bits, height, width, components = struct.unpack_from(">BHHB", content, place + 4)
            _refuse_jpeg_of(marker, bits, components == 4 and not has_adobes_mark)
            return Size(height, width)
        has_adobes_mark |= marker == 0xEE and content[place + 4 : place + 9] == b"Adobe"
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]


def _refuse_jpeg_of(marker: int, bits: int, is_plain_cmyk: bool) -> None:
    kinds = {
        f"of {bits} bits": bits != 8,
        "without loss": marker in (0xC3, 0xCB),
        "in arithmetic coding": marker not in (0xC0, 0xC1, 0xC2),
        "in CMYK without Adobe's mark, so that its ink may be meant either way": is_plain_cmyk,
    }
    for kind, is_so in kinds.items():
        if is_so:
            raise RefusedImageError(f"it is a JPEG {kind}", CONVERT)


def _size_of_png(content: Content) -> Size:
    width, height = struct.unpack_from(">II", content, 16)
    return Size(height, width)


def _size_of_bmp(content: Content) -> Size:
    """Returns the size; refuses what TensorFlow reads wrongly."""
    header, width, height, _, bits, compression = struct.unpack_from("<IiiHHI", content, 14)
    masks = struct.unpack_from("<III", content, 54) if compression == 3 else BMP_MASKS
    if header < 40 or bits not in BMP_BITS or compression not in (0, 3) or masks != BMP_MASKS:
        kind = "of OS/2" if header < 40 else f"with {bits} bits a pixel" if bits not in BMP_BITS else "with compression"
        raise RefusedImageError(
            f"it is a BMP {kind}; of BMPs, those of 24 and 32 bits without compression are read", CONVERT
        )
    # Below zero for rows from top to bottom.
    return Size(abs(height), width)


def _size_of_gif(content: Content) -> Size:
    """Returns the size; refuses frames that TensorFlow would show alone, and films that would fill the memory.

    Its decoder unpacks all frames, whether they are wanted or not.
    """
    width, height = struct.unpack_from("<HH", content, 6)
    check_size(Size(height, width))
    frames = list(_gif_frames(content))
    if not frames:
        raise RefusedImageError("it is a GIF without an image")
    if frames[0] != (0, 0, width, height):
        x, y, w, h = frames[0]
        raise RefusedImageError(
            f"it is a GIF of {width} x {height} pixels whose first frame is {w} x {h} at ({x}, {y})", CONVERT
        )
    if (pixels := sum(w * h for _, _, w, h in frames)) > MAX_PIXELS:
        raise RefusedImageError(
            f"it is a GIF of {len(frames)} frames and {pixels} pixels, more than {MAX_PIXELS}", CONVERT
        )
    return Size(height, width)


def _gif_frames(content: Content) -> Iterator[tuple[int, int, int, int]]:
    """Yields left, top, width and height of each frame."""
    place = 13 + _palette_bytes(content[10])
    while (kind := content[place]) != GIF_END:
        if kind == GIF_FRAME:
            left, top, width, height, flags = struct.unpack_from("<HHHHB", content, place + 1)
            yield left, top, width, height
            # Ten bytes of the descriptor, and one before the pixels that tells the size of their codes.
            place += 11 + _palette_bytes(flags)
        elif kind == GIF_EXTENSION:
            place += 2
        else:
            raise RefusedImageError("it is a damaged GIF")
        # Blocks of data, each behind its length, until one of length 0.
        while content[place]:
            place += content[place] + 1
        place += 1


def _palette_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


CONVERT = "Convert it to PNG, e.g. with ImageMagick"
GIF_FRAME, GIF_EXTENSION, GIF_END = 0x2C, 0x21, 0x3B
BMP_MASKS = (0xFF0000, 0xFF00, 0xFF)


SIZES: dict[str, Callable[[Content], Size]] = {
    "JPEG": _size_of_jpeg,
    "PNG": _size_of_png,
    "BMP": _size_of_bmp,
    "GIF": _size_of_gif,
}
