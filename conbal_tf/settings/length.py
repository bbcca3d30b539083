"""Lengths of training, written as `40 epochs` or `3960 updates`, and durations for people."""

import re
from dataclasses import dataclass
from typing import Literal

_FORM = re.compile(r"([0-9]+) (epoch|update)s?")


@dataclass(frozen=True)
class Length:
    """How long something lasts: `count` passes over the schedule (`epochs`) or optimiser steps (`updates`)."""

    count: int
    unit: Literal["epochs", "updates"]

    def updates(self, steps_per_epoch: int) -> int:
        """Returns the length in optimiser steps, given how many steps one epoch of the schedule has."""
        return self.count * steps_per_epoch if self.unit == "epochs" else self.count


def parse_length(text: str) -> Length:
    """Returns the length that `text` states.

    >>> parse_length("2 epochs").updates(steps_per_epoch=30)
    60

    Args:
        text: `N epochs` or `N updates`, N a whole number >= 0; `1 epoch` and `1 update` are understood too.

    Raises:
        ValueError: The text has another form.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"{text!r} is no length. Allowed: `N epochs` or `N updates`, N a whole number. "
            "Write it as, for example, '20 epochs'."
        )
    return Length(int(match[1]), "epochs" if match[2] == "epoch" else "updates")


def time_left(seconds: float) -> str:
    """Returns a duration for people.

    >>> time_left(75), time_left(8000)
    ('1 min 15 s', '2 h 13 min')
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
