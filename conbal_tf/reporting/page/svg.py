"""Charts as SVG: a frame of two scales, and what is drawn in it. Colours are classes, so that the page sets them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from conbal_tf.reporting.page.markup import Html, tag


@dataclass(frozen=True)
class Frame:
    """Where a chart lies in its picture, in pixels, and which values its edges have."""

    width: float
    height: float
    x_range: tuple[float, float] = (0.0, 1.0)
    """Value at the left and at the right edge; the left may be the larger."""
    y_range: tuple[float, float] = (0.0, 1.0)
    """Value at the bottom and at the top."""
    left: float = 40.0
    right: float = 12.0
    top: float = 12.0
    bottom: float = 40.0

    def x(self, value: float) -> float:
        """Returns the place of a value, from the left."""
        low, high = self.x_range
        return round(self.left + (value - low) / (high - low) * (self.width - self.left - self.right), 1)

    def y(self, value: float) -> float:
        """Returns the place of a value, from the top."""
        low, high = self.y_range
        return round(self.height - self.bottom - (value - low) / (high - low) * self.inner_height, 1)

    @property
    def inner_height(self) -> float:
        """From the bottom to the top edge."""
        return self.height - self.top - self.bottom


def picture(frame: Frame, title: str, description: str, *content: str) -> Html:
    """Returns a chart that says what it shows to those who cannot see it.

    Args:
        frame: its size.
        title: what it shows.
        description: what is to be seen in it.
        content: what is drawn.
    """
    parts = (tag("title", title), tag("desc", description), *content)
    view = f"0 0 {frame.width:g} {frame.height:g}"
    label = f"{title}. {description}"
    return tag("svg", *parts, viewBox=view, width=f"{frame.width:g}", height=f"{frame.height:g}", role="img",
               aria_label=label)  # fmt: skip


def axes(
    frame: Frame,
    x_ticks: Sequence[tuple[float, str]],
    y_ticks: Sequence[tuple[float, str]],
    x_title: str = "",
    y_title: str = "",
) -> Html:
    """Returns the grid and the labels of both axes.

    Args:
        frame: the chart.
        x_ticks: values and what stands under them.
        y_ticks: values and what stands beside them, with a line across.
        x_title: what goes to the right.
        y_title: what goes up; stands above the axis, where it can be read without turning one's head.
    """
    left, right, bottom = frame.left, frame.width - frame.right, frame.height - frame.bottom
    lines = [line(left, frame.y(value), right, frame.y(value), "grid") for value, _ in y_ticks]
    labels = [text(left - 6, frame.y(value) + 4, label, "tick", "end") for value, label in y_ticks]
    labels += [text(frame.x(value), bottom + 16, label, "tick", "middle") for value, label in x_ticks]
    if x_title:
        labels.append(text((left + right) / 2, frame.height - 4, x_title, "axis", "middle"))
    if y_title:
        labels.append(text(2, 11, y_title, "axis", "start"))
    return tag("g", *lines, line(left, bottom, right, bottom, "base"), *labels)


def text(x: float, y: float, content: str, class_: str = "", anchor: str = "start") -> Html:
    """Returns a text whose start, middle or end lies at a place."""
    return tag("text", content, x=f"{x:.1f}", y=f"{y:.1f}", class_=class_ or None, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    """Returns a straight line."""
    return tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=class_)


def curve(frame: Frame, xs: Sequence[float], ys: Sequence[float], class_: str) -> Html:
    """Returns a line through points; it breaks where a value is missing.

    Args:
        frame: the chart.
        xs: values [(n,) float].
        ys: values [(n,) float], NaN where there is none.
        class_: of the line.
    """
    steps, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if not np.isfinite(y):
            pen = "M"
            continue
        steps.append(f"{pen}{frame.x(float(x)):g} {frame.y(float(y)):g}")
        pen = "L"
    return tag("path", d="".join(steps), class_=f"line {class_}") if steps else Html("")


def whisker(x: float, low: float, high: float, reach: float = 4) -> Html:
    """Returns an interval as an upright line with ends, in pixels."""
    ends = "".join(f"M{x - reach:.1f} {y:.1f}h{2 * reach:g}" for y in (low, high))
    return tag("path", d=f"M{x:.1f} {low:.1f}V{high:.1f}{ends}", class_="whisker")


def marker(x: float, y: float, shape: int, class_: str, hint: str = "", size: float = 4.5) -> Html:
    """Returns a mark with one of the shapes, so that colour is not all that tells series apart.

    Args:
        x: of its middle.
        y: of its middle.
        shape: number of the series.
        class_: of the mark.
        hint: what a pointer on it shows.
        size: half its width.
    """
    d = SHAPES[shape % len(SHAPES)](x, y, size)
    return tag("path", *([tag("title", hint)] if hint else []), d=d, class_=f"mark {class_}")


def ticks(low: float, high: float, count: int = 5) -> list[tuple[float, str]]:
    """Returns round values within a range, and how they are written.

    >>> ticks(0, 1, 4)
    [(0.0, '0'), (0.2, '0.2'), (0.4, '0.4'), (0.6, '0.6'), (0.8, '0.8'), (1.0, '1')]
    """
    raw = (high - low) / count
    power = 10.0 ** np.floor(np.log10(raw)) if raw > 0 else 1.0
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.79)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    values = [float(round(place * step, 10)) for place in range(first, last + 1)]
    return [(value, f"{value:g}".replace("-", "−")) for value in values]


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0Z"


def _square(x: float, y: float, r: float) -> str:
    return f"M{x - 0.9 * r:.1f} {y - 0.9 * r:.1f}h{1.8 * r:g}v{1.8 * r:g}h{-1.8 * r:g}Z"


def _triangle(x: float, y: float, r: float) -> str:
    return f"M{x:.1f} {y - 1.15 * r:.1f}L{x + 1.1 * r:.1f} {y + 0.8 * r:.1f}H{x - 1.1 * r:.1f}Z"


def _diamond(x: float, y: float, r: float) -> str:
    return f"M{x:.1f} {y - 1.3 * r:.1f}l{1.3 * r:g} {1.3 * r:g}l{-1.3 * r:g} {1.3 * r:g}l{-1.3 * r:g} {-1.3 * r:g}Z"


def _plus(x: float, y: float, r: float) -> str:
    a = 0.4 * r
    return (
        f"M{x - a:.1f} {y - 1.2 * r:.1f}h{2 * a:.2g}V{y - a:.1f}H{x + 1.2 * r:.1f}v{2 * a:.2g}H{x + a:.1f}"
        f"V{y + 1.2 * r:.1f}h{-2 * a:.2g}V{y + a:.1f}H{x - 1.2 * r:.1f}v{-2 * a:.2g}H{x - a:.1f}Z"
    )


def _pointing_down(x: float, y: float, r: float) -> str:
    return f"M{x:.1f} {y + 1.15 * r:.1f}L{x + 1.1 * r:.1f} {y - 0.8 * r:.1f}H{x - 1.1 * r:.1f}Z"


SHAPES: tuple[Callable[[float, float, float], str], ...] = (
    _circle,
    _square,
    _triangle,
    _diamond,
    _plus,
    _pointing_down,
)
