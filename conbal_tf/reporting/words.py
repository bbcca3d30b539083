"""Numbers as text: rounded, with their intervals, and sentences that count."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from conbal_tf.metrics.measures import OVERALL

NOTHING = "–"
PER_CENT = "\u202f%"
KINDS_OF_INTERVAL = {"bca": "BCa", "percentile": "percentile"}


def title_of(metric: str) -> str:
    """Returns the title of a metric over all classes, as it begins a line.

    >>> title_of("macro_f1"), title_of("brier")
    ('Macro F1', 'Brier score')
    """
    return begun(OVERALL[metric].title)


def number(value: float | None, decimals: int = 3) -> str:
    """Returns a rounded number, or a dash where there is none.

    >>> number(0.5124), number(None), number(-0.0004), number(float("nan"))
    ('0.512', '–', '0.000', '–')
    """
    if not is_number(value):
        return NOTHING
    text = f"{value:.{decimals}f}".replace("-", "−")
    return text.lstrip("−") if float(f"{value:.{decimals}f}") == 0 else text


def is_number(value: Any) -> TypeGuard[float]:
    """Returns whether there is a number that can be drawn."""
    return isinstance(value, int | float) and math.isfinite(value)


def share(value: float | None) -> str:
    r"""Returns a share as per cent, which does not break; next to none and next to all are not rounded away.

    >>> share(0.4133), share(0.0), share(0.0004), share(0.9996), share(None)
    ('41\u202f%', '0\u202f%', '<1\u202f%', '>99\u202f%', '–')
    """
    if not is_number(value):
        return NOTHING
    percent = 100 * value
    if 0 < percent < 0.5:
        return f"<1{PER_CENT}"
    return f">99{PER_CENT}" if 99.5 <= percent < 100 else f"{percent:.0f}{PER_CENT}"


def listed(names: Sequence[str]) -> str:
    """Returns names as a sentence lists them.

    >>> listed(["BCC", "VASC", "DF"]), listed(["NV"]), listed([])
    ('BCC, VASC and DF', 'NV', 'none')
    """
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if names[1:] else names) or "none"


def of(count: int, total: int) -> str:
    """Returns a count with what it is out of.

    >>> of(1334, 3004)
    '1,334 of 3,004'
    """
    return f"{count:,} of {total:,}"


def interval(entry: Any) -> tuple[float, float] | None:
    """Returns the ends of an interval as metrics.json holds it, BCa where there is one; None where there is none.

    >>> interval({"percentile": [0.1, 0.3], "bca": None}), interval(None)
    ((0.1, 0.3), None)
    """
    for kind in KINDS_OF_INTERVAL:
        ends = entry.get(kind) if isinstance(entry, Mapping) else None
        if isinstance(ends, Sequence) and len(ends) == 2 and all(map(is_number, ends)):
            return float(ends[0]), float(ends[1])
    return None


def spread(ends: tuple[float, float] | None, decimals: int = 3) -> str:
    """Returns an interval as text, empty where there is none.

    >>> spread((0.4871, 0.54)), spread(None)
    ('0.487–0.540', '')
    """
    return f"{number(ends[0], decimals)}–{number(ends[1], decimals)}" if ends else ""


def begun(sentence: str) -> str:
    """Returns a sentence with a capital letter at its beginning.

    >>> begun("the ECE is 0.1."), begun("")
    ('The ECE is 0.1.', '')
    """
    return sentence[:1].upper() + sentence[1:]


def slug(text: str) -> str:
    """Returns a text as an anchor.

    >>> slug("Precision and recall")
    'precision-and-recall'
    """
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())
