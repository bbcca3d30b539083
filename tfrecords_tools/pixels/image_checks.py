"""Looks at image files before they are decoded: others than are read, and hostile ones, are refused by name."""

import mmap
import struct
from pathlib import Path

from tfrecords_tools.pixels.formats import CONVERT, SIZES, RefusedImageError, check_size

MAX_FILE_BYTES = 2**30
HEAD_BYTES = 1024


def check_image_file(path: Path) -> None:
    """Raises an error unless the header of an image file promises that TensorFlow decodes it rightly.

    Raises:
        RefusedImageError: It does not.
        OSError: The file cannot be read.
    """
    if path.exists() and not path.is_file():  # opening a pipe would wait for ever
        raise RefusedImageError(f"it is {'a folder' if path.is_dir() else 'no file'}", "Rename it")
    with path.open("rb") as file:
        name = _format_of(file.read(HEAD_BYTES))
        if (length := path.stat().st_size) > MAX_FILE_BYTES:
            raise RefusedImageError(
                f"its {length} bytes are more than the {MAX_FILE_BYTES} that are read", "Make it smaller"
            )
        # Of a mapped file no more is read than is looked at.
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            try:
                check_size(SIZES[name](content))
            except (IndexError, struct.error):
                raise RefusedImageError(f"it begins as a {name} and breaks off, after {length} bytes") from None


def _format_of(head: bytes) -> str:
    """Returns the name of the format that is read, or refuses it, naming what it is instead."""
    if not head:
        raise RefusedImageError("it is empty")
    for name, magic in _MAGIC.items():
        if head.startswith(magic):
            return name
    for name, place, magics in _FOREIGN:
        if head[place:].startswith(magics):
            raise RefusedImageError(f"it is {name}", _TOOLS.get(name, CONVERT))
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text and text.startswith(b"<"):
        raise RefusedImageError("it is an SVG", CONVERT)
    # Of control characters, texts hold those from 9 on: tabs and ends of lines.
    if not set(head) & set(range(9)):
        raise RefusedImageError("it is a text, such as the page that a failed download leaves")
    raise RefusedImageError(f"its first bytes, {head[:8].hex(' ')}, are those of no image known here")


_MAGIC: dict[str, bytes | tuple[bytes, ...]] = {
    "JPEG": b"\xff\xd8\xff",
    "PNG": b"\x89PNG\r\n\x1a\n",
    "BMP": b"BM",
    "GIF": (b"GIF87a", b"GIF89a"),
}
# What medical images and downloads come as, the place of its mark and the mark.
_FOREIGN: tuple[tuple[str, int, tuple[bytes, ...]], ...] = (
    ("a TIFF", 0, (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ("a WebP", 8, (b"WEBP",)),
    ("an AVIF", 4, (b"ftypavi",)),
    ("a HEIC", 4, (b"ftyphe", b"ftypmif1", b"ftypmsf1")),
    ("a DICOM file", 128, (b"DICM",)),
    ("a JPEG 2000", 0, (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")),
    ("a JPEG XL", 0, (b"\0\0\0\x0cJXL ", b"\xff\x0a")),
    ("a PDF", 0, (b"%PDF",)),
    ("an archive", 0, (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")),
    ("a Photoshop file", 0, (b"8BPS",)),
    ("a PNM", 0, tuple(b"P%d%c" % (kind, space) for kind in range(1, 7) for space in b" \n\r\t")),
)
_TOOLS = {"a DICOM file": "Convert it, e.g. with dcm2img of DCMTK", "an archive": "Unpack it"}
