"""Says how far a long piece of work has come."""

import sys
import time
from collections.abc import Generator, Iterable
from typing import TextIO, TypeVar

Item = TypeVar("Item")

TERMINAL_SECONDS = 0.2
LOG_SECONDS = 10.0


def progress(items: Iterable[Item], total: int, noun: str, stream: TextIO | None = None) -> Generator[Item]:
    """Yields the items, and reports count, rate and time left.

    On a terminal one line is redrawn; elsewhere, as in a log, a line is written every 10 seconds, and one at the end.

    Args:
        items: what is worked through.
        total: how many there are.
        noun: what they are, in the plural: "images".
        stream: where to report (default: standard error).

    Yields:
        Each item. Closing the generator closes what it works through.
    """
    stream = stream or sys.stderr
    if stream is None:  # of a process without a terminal
        yield from items
        return
    redraw = stream.isatty()
    interval = TERMINAL_SECONDS if redraw else LOG_SECONDS
    start = last = time.monotonic()
    try:
        for count, item in enumerate(items, start=1):
            now = time.monotonic()
            # The last report precedes the last item: its taker may never ask whether there is another one.
            if count == total or now - last >= interval:
                _write(stream, line(count, total, noun, now - start), redraw)
                last = now
            yield item
    finally:
        # A line that was redrawn is ended in any case, so that an error's message does not stick to it.
        if redraw and last > start:
            stream.write("\n")
            stream.flush()


def line(count: int, total: int, noun: str, seconds: float) -> str:
    """Returns one report.

    >>> line(250, 1000, "images", 10.0)
    '250/1000 images, 25.0 a second, 0:30 left'
    """
    rate = count / max(seconds, 1e-9)
    rest = f"{clock((total - count) / rate)} left" if count < total else f"took {clock(seconds)}"
    return f"{count}/{total} {noun}, {rate:.1f} a second, {rest}"


def clock(seconds: float) -> str:
    """Returns a duration in hours, minutes and seconds.

    >>> clock(75), clock(3700)
    ('1:15', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _write(stream: TextIO, text: str, redraw: bool) -> None:
    # \x1b[K clears what a longer line before left behind.
    stream.write(f"\r{text}\x1b[K" if redraw else f"{text}\n")
    stream.flush()
