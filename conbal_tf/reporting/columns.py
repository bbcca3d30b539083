"""Text in columns for the terminal: as wide as what stands in them, so that figures never touch and are never cut."""

import math
from collections.abc import Sequence
from typing import TypeAlias

MAX_WIDTH = 100
NOTHING = "-"
# A name is cut down to this; where figures take more than what is left of a line, the line gets longer.
LEAST_NAME = 12
_GAP = "  "

Row: TypeAlias = Sequence[str] | None
"""A name and its cells; None for a rule."""


def in_columns(rows: Sequence[Row]) -> str:
    """Returns rows as lines: names at the left, cells right-aligned, at least two blanks between them.

    Args:
        rows: a name and the same number of cells each; cells may be empty. A name that is too long reaches into empty
            cells beside it, or is cut where the line would be longer than `MAX_WIDTH`.

    Returns:
        Lines without blanks at their ends, and without a newline after the last.

    >>> print(in_columns([("", "A"), None, ("accuracy", "0.700"), ("log loss", "24.029")]))
                   A
    ----------------
    accuracy   0.700
    log loss  24.029
    """
    texts = [row for row in rows if row is not None]
    cells = [[_GAP + cell if cell else "" for cell in row[1:]] for row in texts]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    names = [len(row[0]) for row in texts]
    width = min(max(names), max(MAX_WIDTH - sum(widths), LEAST_NAME))
    lines = iter([_line(row[0], width, its, widths) for row, its in zip(texts, cells, strict=True)])
    return "\n".join("-" * (width + sum(widths)) if row is None else next(lines) for row in rows)


def figure(value: float | None, form: str = ".3f") -> str:
    """Returns a number as it is printed, or a dash where there is none.

    Args:
        value: the number.
        form: as `format` takes it.

    >>> figure(0.51249), figure(None), figure(float("nan")), figure(-0.1, "+.3f"), figure(12345, ",")
    ('0.512', '-', '-', '-0.100', '12,345')
    """
    return NOTHING if value is None or not math.isfinite(value) else format(value, form)


def ends(interval: Sequence[float | None] | None, form: str = ".3f", between: str = "-") -> str:
    """Returns the two ends of an interval as they are printed, empty where one is not known.

    Args:
        interval: its ends.
        form: of each, as `format` takes it.
        between: what stands between them.

    >>> ends([0.4871, 0.54]), ends([-0.01, 0.02], "+.2f", " to "), ends([None, None])
    ('0.487-0.540', '-0.01 to +0.02', '')
    """
    shown = [figure(end, form) for end in interval or (None, None)]
    return "" if NOTHING in shown else between.join(shown)


def _line(name: str, width: int, cells: Sequence[str], widths: Sequence[int]) -> str:
    filled = "".join(cell.rjust(column) for cell, column in zip(cells, widths, strict=True))
    # What an empty cell leaves free, the name may have, but for the gap before the next one.
    room = width + len(filled) - len(filled.lstrip()) - len(_GAP)
    shown = name if len(name) <= room else name[: room - 1] + "…"
    return (shown.ljust(width) + filled[max(len(shown) - width, 0) :]).rstrip()
