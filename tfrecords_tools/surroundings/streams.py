"""The standard streams of a command: open, able to show any text, and no reason to give up where nobody reads them."""

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

STANDARD = (0, 1, 2)


@contextmanager
def usable_streams() -> Iterator[None]:
    r"""Makes standard input, output and error what a command can rely on, however the shell has left them.

    A stream that is closed (`>&-`) becomes the null device: else the next file that is opened gets its number, and
    what is printed. Characters that the terminal's encoding lacks are shown as `\xe4`. What cannot be written, since
    `head` has seen enough, the terminal is gone or the disk of a log is full, is dropped, and the work goes on.
    """
    for number in STANDARD:
        _open_if_closed(number)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_usable, before)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


class UnbrokenFile(io.FileIO):
    """A file descriptor whose writes cannot fail: what nobody takes is dropped."""

    def write(self, data: Any, /) -> int:
        """Returns how many bytes were taken or dropped."""
        try:
            # None: another process has made the terminal or pipe that it shares with us one that does not wait.
            while (written := super().write(data)) is None:
                select.select([], [self], [])
        except OSError:
            return memoryview(data).nbytes
        return written


def _open_if_closed(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)
        os.dup2(opened, number)  # also makes it one that child processes inherit
        if opened != number:
            os.close(opened)


def _usable(stream: TextIO | None) -> TextIO:
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8", errors="backslashreplace")
    if not isinstance(stream, io.TextIOWrapper):  # of a notebook, which shows any text
        return stream
    stream.flush()
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if not isinstance(raw, io.FileIO):  # kept in memory
        stream.reconfigure(errors="backslashreplace")
        return stream
    unbroken: Any = UnbrokenFile(raw.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        # Under `python -u` there is no buffer.
        unbroken if raw is stream.buffer else io.BufferedWriter(unbroken),
        stream.encoding,
        "backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
