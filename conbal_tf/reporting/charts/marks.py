"""What charts are drawn with: texts, lines, marks and keys, at places in pixels. Colours are classes."""

import textwrap
from collections.abc import Iterable

import numpy as np
from markupsafe import Markup

from conbal_tf.reporting.charts.chart import Key
from conbal_tf.reporting.markup import tag

SAMPLE = 26
"""Pixels that the sample of a key takes, with the gap behind it."""
ROW = 12
"""Pixels from one line of a name to the next."""
LONGEST_LINE = 24
"""Letters of a line of a name; a longer word is broken."""
LETTER, CAPITAL = 8.0, 9.8
"""Pixels of a bold letter at 12.5 pixels, on average."""


def text(x: float, y: float, content: str, class_: str = "", anchor: str = "start", turned: float = 0) -> Markup:
    """Returns a text whose start, middle or end lies at a place, turned around it by degrees."""
    turn = f"rotate({turned:g} {x:.1f} {y:.1f})" if turned else None
    return tag("text", content, x=f"{x:.1f}", y=f"{y:.1f}", class_=class_ or None, text_anchor=anchor, transform=turn)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Returns a straight line."""
    return tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=class_)


def curve(points: Iterable[tuple[float, float]], class_: str) -> Markup:
    """Returns a line through points; it breaks where one is not finite."""
    steps, begun = [], False
    for x, y in points:
        if known := bool(np.isfinite(y)):
            # A point between gaps is a line of no length: it is seen as the round end of one.
            steps.append(f"L{x:g} {y:g}" if begun else f"M{x:g} {y:g}h0")
        begun = known
    return tag("path", d="".join(steps), class_=f"line {class_}") if steps else Markup()


def whisker(x: float, low: float, high: float, reach: float = 4) -> Markup:
    """Returns an interval as an upright line with ends."""
    ends = "".join(f"M{x - reach:.1f} {y:.1f}h{2 * reach:g}" for y in (low, high))
    return tag("path", d=f"M{x:.1f} {low:.1f}V{high:.1f}{ends}", class_="whisker")


def rectangle(x: float, y: float, width: float, height: float, class_: str, hint: str = "", **paint: str) -> Markup:
    """Returns a rectangle; a pointer on it shows the hint."""
    size = {"width": f"{width:.1f}", "height": f"{height:.1f}"}
    return tag("rect", *_hint(hint), x=f"{x:.1f}", y=f"{y:.1f}", **size, class_=class_, **paint)


def marker(x: float, y: float, series: int, hint: str = "", size: float = 4.5, class_: str = "") -> Markup:
    """Returns the mark of a series, with a shape of its own, so that colour is not all that tells series apart.

    Args:
        x: of its middle.
        y: of its middle.
        series: its number.
        hint: what a pointer on it shows.
        size: half its width.
        class_: of the mark, besides that of its series.
    """
    classes = f"mark s{series} {class_}".strip()
    shape = SHAPES[series % len(SHAPES)]
    if not shape:
        return tag("circle", *_hint(hint), cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{size:g}", class_=classes)
    points = " ".join(f"{x + size * right:.1f},{y + size * down:.1f}" for right, down in shape)
    return tag("polygon", *_hint(hint), points=points, class_=classes)


def sample(key: Key, x: float = 0.0, y: float = 7.0) -> Markup:
    """Returns a bit of a series as its key shows it, from a place in the middle of its left edge."""
    drawn = []
    if key.line:
        dashed = " dashed" * (key.line == "dashed")
        drawn.append(curve([(x, y), (x + 14 + 6 * key.mark, y)], f"s{key.series}{dashed}"))
    if key.mark or not key.line:
        drawn.append(marker(x + (10 if key.line else 7), y, key.series, size=5))
    return Markup().join(drawn)


def width_of(content: str) -> float:
    """Returns about how many pixels a bold text of 12.5 pixels takes: what draws it decides on its letters."""
    # Letters of East Asia are twice as wide as others.
    return sum(2 * LETTER if one > "\u2e7f" else CAPITAL if one.isupper() or one in "mw" else LETTER for one in content)


def lines_of(name: str, most: int = 4) -> list[str]:
    """Returns a name in lines about as long as its longest word; one of more lines than allowed ends in dots.

    >>> lines_of("proliferative diabetic retinopathy"), lines_of("a keratosis that is benign", most=2), lines_of("")
    (['proliferative', 'diabetic', 'retinopathy'], ['a keratosis', 'that is…'], [''])
    """
    longest = max(map(len, name.split()), default=0)
    return textwrap.wrap(name, min(max(longest, 11), LONGEST_LINE), max_lines=most, placeholder="…") or [""]


def _hint(hint: str) -> list[Markup]:
    return [tag("title", hint)] if hint else []


# Corners to the right and down from the middle, of a mark that is 1 in half; no corners: a circle.
_ARM = 0.4
SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0, -1.15), (1.1, 0.8), (-1.1, 0.8)),
    ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    (
        (-_ARM, -1.2), (_ARM, -1.2), (_ARM, -_ARM), (1.2, -_ARM), (1.2, _ARM), (_ARM, _ARM),
        (_ARM, 1.2), (-_ARM, 1.2), (-_ARM, _ARM), (-1.2, _ARM), (-1.2, -_ARM), (-_ARM, -_ARM),
    ),
    ((0, 1.15), (1.1, -0.8), (-1.1, -0.8)),
)  # fmt: skip
