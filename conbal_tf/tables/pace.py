"""How often a command speaks of work that takes hours."""

import time
from collections.abc import Callable

TRAINING_SPEAKS_EVERY = 30.0
WAITING_SPEAKS_EVERY = 600.0


def seldom(report: Callable[[str], None], every: float) -> Callable[[str], None]:
    """Returns a function that hands lines on, the first at once, then none within so many seconds of the last.

    Args:
        report: gets the lines.
        every: the seconds.
    """
    spoke = -every

    def speak(line: str) -> None:
        nonlocal spoke
        if time.monotonic() - spoke >= every:
            spoke = time.monotonic()
            report(line)

    return speak
