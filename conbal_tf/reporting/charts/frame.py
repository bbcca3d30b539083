"""Where a chart lies in its picture: two scales, their axes, and round values on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from conbal_tf.reporting.charts.chart import Chart
from conbal_tf.reporting.charts.marks import curve, line, text
from conbal_tf.reporting.markup import tag

Tick = tuple[float, str]
"""A value, and how it is written."""


@dataclass(frozen=True)
class Frame:
    """Size of a chart and of its margins, in pixels, and which values its edges have."""

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
        return round(self.floor - (value - low) / (high - low) * (self.floor - self.top), 1)

    @property
    def floor(self) -> float:
        """Place of the lower edge, from the top."""
        return self.height - self.bottom

    def curve(self, xs: Iterable[float], ys: Iterable[float], class_: str) -> Markup:
        """Returns a line through points; it breaks where a value is missing.

        Args:
            xs: values [(n,) float].
            ys: values [(n,) float], NaN where there is none.
            class_: of the line.
        """
        return curve([(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True)], class_)

    def upright(self, value: float, class_: str) -> Markup:
        """Returns a line from the bottom to the top at a value."""
        return line(self.x(value), self.top, self.x(value), self.floor, class_)

    def axes(self, x_ticks: Sequence[Tick], y_ticks: Sequence[Tick], x_title: str = "", y_title: str = "") -> Markup:
        """Returns the grid and the labels of both axes.

        Args:
            x_ticks: values and what stands under them.
            y_ticks: values and what stands beside them, with a line across.
            x_title: what goes to the right.
            y_title: what goes up; stands above the axis, where it can be read without turning one's head.
        """
        left, right = self.left, self.width - self.right
        drawn = [line(left, self.y(value), right, self.y(value), "grid") for value, _ in y_ticks]
        drawn.append(line(left, self.floor, right, self.floor, "base"))
        drawn += [text(left - 6, self.y(value) + 4, label, "tick", "end") for value, label in y_ticks]
        drawn += [text(self.x(value), self.floor + 16, label, "tick", "middle") for value, label in x_ticks]
        if x_title:
            drawn.append(text((left + right) / 2, self.height - 4, x_title, "axis", "middle"))
        if y_title:
            drawn.append(text(2, 11, y_title, "axis"))
        return tag("g", *drawn)

    def chart(self, title: str, description: str, drawn: Iterable[Markup], **facts: Any) -> Chart:
        """Returns what was drawn in the frame as a chart; `facts` are further fields of it."""
        return Chart(title, description, self.width, self.height, Markup().join(drawn), **facts)


def ticks(low: float, high: float, count: int = 5) -> list[Tick]:
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
