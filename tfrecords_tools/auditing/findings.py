"""What a check has found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("error", "warning", "note")
"""An error, as a leak or a label conflict, makes scores wrong. A warning is to be looked at, a note to be known."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check has found."""

    severity: str
    """One of `SEVERITIES`."""
    title: str
    """What is there, in a sentence, with its count."""
    advice: str = ""
    """What to do about it."""
    examples: tuple[str, ...] = ()
    """A few, in words, for the terminal."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """All of it, ready for JSON."""
    groups: tuple[tuple[int, ...], ...] = ()
    """Positions of images that belong together, to be shown side by side."""
    check: str = ""
    """Name of the check, a key of `checks.CHECKS`."""
