"""What the first bytes of image files say of their formats, before anything is decoded. Imports no TensorFlow."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HEAD_BYTES = 25
READERS = 16
"""Threads: what takes the time is waiting for a disk, or for a server."""
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


def read_heads(paths: Sequence[Path]) -> list[bytes]:
    """Returns the first bytes of each file, none of one that cannot be read: conversion says why."""
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(read_head, paths))


def read_head(path: Path) -> bytes:
    """Returns the first bytes of a file, none where it cannot be read."""
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            return b""
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError:
        return b""


def is_deep_png(head: bytes) -> bool:
    r"""Returns whether a file is a PNG of 16 bits a channel.

    >>> is_deep_png(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02\x10")
    True
    """
    return head.startswith(_PNG) and head[24:25] == b"\x10"


def are_mixed(heads: Sequence[bytes]) -> bool:
    r"""Returns whether there are JPEGs and other files, so that one may be a copy of the other.

    >>> are_mixed([b"\xff\xd8\xff\xe0", b"\x89PNG"]), are_mixed([b"\xff\xd8\xff\xe0"])
    (True, False)
    """
    return len({head.startswith(_JPEG) for head in heads if head}) == 2
