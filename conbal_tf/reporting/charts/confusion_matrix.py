"""Which class is taken for which: a cell for each pair, shaded by the share of the true class's images."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from conbal_tf.reporting.charts.chart import Chart
from conbal_tf.reporting.charts.marks import ROW, lines_of, rectangle, text, width_of
from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.reporting.words import share

PAPER, INK = (255, 255, 255), (0, 62, 116)
"""Colours of none and all of a class's images."""
RIGHT = (0, 84, 62)
"""Of all on the diagonal: mistakes are blue and what is right green, of the same lightness."""
MANY = 15
"""With more classes the rows are low, and the cells are small and hold neither shares nor zeros."""
ROOM = 480.0
"""Pixels that the columns may take together."""
COUNT = 46.0
"""Pixels for a number of images beside a name."""


def confusion_of(metrics: Mapping[str, Any], matrix: Any, title: str, heading: str = "") -> Chart:
    """Returns the confusion matrix of a part, the most frequent class in training first.

    Args:
        metrics: a run's metrics.json.
        matrix: `confusion_matrix` of the part, in the data set's order [(C, C) int].
        title: what it shows.
        heading: what stands above it.

    Raises:
        ValueError: The matrix is not of the classes.
    """
    names, counts = metrics.get("class_names", []), np.asarray([] if matrix is None else matrix)
    if not names or counts.shape != (len(names), len(names)):
        raise ValueError(
            f"The metrics have no confusion matrix of their classes: received {counts.shape} for {len(names)} names. "
            "Allowed is a row and a column for each; evaluate the run again."
        )
    ranked = [row.name for row in class_rows(metrics)]
    order = [names.index(name) for name in ranked]
    return confusion_matrix(ranked, counts[np.ix_(order, order)], title, heading)


def confusion_matrix(names: Sequence[str], counts: NDArray[np.integer], title: str, heading: str = "") -> Chart:
    """Returns the matrix; so rare classes are seen as well as frequent ones.

    Args:
        names: of the C classes, in the order in which they are shown.
        counts: images of the row's class that were taken for the column's [(C, C) int].
        title: what it shows.
        heading: what stands above it.
    """
    many = len(names) > MANY
    shown = [lines_of(name, 2 if many else 3) for name in names]
    widest = max(width_of(row) for lines in shown for row in lines)
    # Of few classes, the columns are as wide as their names.
    wide, high = (38.0, 30.0) if many else (max(64.0, min(widest + 8, ROOM / len(names))), 52.0)
    # Names that are wider than their columns stand upright.
    upright = widest > wide - 4
    left = max(widest + 14 + COUNT * many, 94.0)
    top = widest + 26 if upright else 34.0 + ROW * max(map(len, shown))
    drawn = [text(left - 10, 14, "predicted →", "tick", "end"), text(left - 10, 29, "true ↓", "tick", "end")]
    totals = counts.sum(axis=1)
    for at, lines in enumerate(shown):
        drawn += _above(left + wide * (at + 0.5), top - 8, lines, upright)
        drawn += _beside(left - 10, top + high * (at + 0.5), lines, f"{totals[at]:,}", many)
    for (row, column), count in np.ndenumerate(counts):
        if many and not count:
            continue
        part = count / totals[row] if totals[row] else 0.0
        hint = f"{names[row]} taken for {names[column]}: {count:,} of {totals[row]:,} ({share(part)})"
        ground = mixed(part, RIGHT if row == column else INK)
        x, y = left + wide * column, top + high * row
        paint = {"fill": "#" + "".join(f"{value:02x}" for value in ground)}
        drawn.append(rectangle(x + 1, y + 1, wide - 2, high - 2, "cell", hint, **paint))
        drawn += _figures(x + wide / 2, y + high / 2, int(count), "" if many or not count else share(part), ground)
    size = (left + wide * len(names) + 4, top + high * len(names) + 4)
    told = "; ".join(f"{name} {share(counts[at, at] / max(totals[at], 1))}" for at, name in enumerate(names))
    # Where the drawing is shrunk, short names may be written larger, as there is room around them.
    short = not (many or upright or max(map(len, shown)) > 1)
    kind, scale = ("matrix", 0.6) if short else (None, 0.9 if many else 0.75)
    return Chart(title, f"Recognised: {told}.", *size, Markup().join(drawn), heading, kind=kind, scale=scale)


def mixed(part: float, ink: tuple[int, int, int]) -> tuple[int, int, int]:
    """Returns the colour of a share, from paper to ink; little is visible, too.

    >>> mixed(0, INK), mixed(1, INK)
    ((255, 255, 255), (0, 62, 116))
    """
    red, green, blue = (round(a + (b - a) * part**0.75) for a, b in zip(PAPER, ink, strict=True))
    return red, green, blue


def is_light(ground: tuple[int, int, int]) -> bool:
    """Returns whether black has more contrast on a colour than white (WCAG 2, relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in ground)]
    return bool(np.dot(linear, (0.2126, 0.7152, 0.0722)) > 0.179)


def _above(x: float, y: float, lines: Sequence[str], upright: bool) -> list[Markup]:
    """Returns the name of a column over its middle, its last line at a height."""
    if upright:
        first = x + 4 - ROW * (len(lines) - 1) / 2
        return [text(first + ROW * at, y, line, "name", turned=-90) for at, line in enumerate(lines)]
    return [text(x, y - ROW * at, line, "name", "middle") for at, line in enumerate(reversed(lines))]


def _beside(x: float, y: float, lines: Sequence[str], count: str, many: bool) -> list[Markup]:
    """Returns the name of a row and its number of images, left of its middle: below, or beside where rows are low."""
    below = ROW * len(lines)
    first = y + 10 - (below if many else below + ROW) / 2
    names = [text(x - COUNT * many, first + ROW * at, line, "name", "end") for at, line in enumerate(lines)]
    return [*names, text(x, y + 4 if many else first + below + 1, count, "tick", "end")]


def _figures(x: float, y: float, count: int, part: str, ground: tuple[int, int, int]) -> list[Markup]:
    """Returns a count with its share below it; without one, it stands alone, and small where cells are."""
    ink = "on-light" if is_light(ground) else "on-dark"
    if not part:
        return [text(x, y + 4, f"{count:,}", f"{'part' if count else 'count'} {ink}", "middle")]
    return [text(x, y - 1, f"{count:,}", f"count {ink}", "middle"), text(x, y + 15, part, f"part {ink}", "middle")]
