"""Files that appear under their names only when they are whole, whatever ends the writing."""

import contextlib
import os
from pathlib import Path


def write_whole(path: Path, content: str | bytes | memoryview) -> None:
    """Writes a file; until it is whole and on the disk, what was there before stays.

    Nothing half-written is left but by a process that is killed: `unfinished_<name>`, which the next writing replaces.

    Args:
        path: the file, in a folder that is there.
        content: all of it; a text is written in UTF-8.

    Raises:
        OSError: It cannot be written: no space, a quota, a limit on the size of files. It names `path`.
    """
    encoded = content.encode() if isinstance(content, str) else content
    unfinished = path.with_name(f"unfinished_{path.name}")
    try:
        with unfinished.open("wb") as file:
            file.write(encoded)
            file.flush()
            os.fsync(file.fileno())  # a quota on a network's disk is told here, and a crash finds the bytes written
        unfinished.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        if isinstance(error, OSError):
            # What fails on an open file names none.
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Has a folder's new names written, without which a crash of the machine could bring back the old file."""
    with contextlib.suppress(OSError):  # some file systems cannot
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
