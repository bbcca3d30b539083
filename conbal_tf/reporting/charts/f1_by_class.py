"""F1 class by class as bars, as the paper's Figure 3: series side by side, rare classes to the right."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import ROW, line, lines_of, marker, rectangle, text, whisker, width_of
from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.reporting.words import interval, number, of, spread

NUMBERED = 3
"""With more series the numbers would run into each other."""
BARS = (46, 32, 27, 20, 17, 14)
"""Pixels of a bar, by the number of series."""
LEAST = 290
"""Pixels that all classes take, few as they are: there is room for what is said below."""


@dataclass(frozen=True)
class Bar:
    """The F1 of a class in a series."""

    f1: float
    ends: tuple[float, float] | None = None
    """Of its whisker."""
    dots: tuple[float, ...] = ()
    """Of the seeds that it is the mean of."""
    hint: str = ""
    """What a pointer on it shows."""


def f1_of_runs(runs: Mapping[str, Mapping[str, Any]]) -> Chart:
    """Returns the F1 of each class with its interval; of one run, macro F1 as a line across.

    Args:
        runs: title of each, 1 to 6 of them, to its metrics.json.

    Raises:
        ValueError: A class or a number is missing.
    """
    counts = {row.name: row.train_count for row in class_rows(next(iter(runs.values())))}
    bars = {}
    for title, metrics in runs.items():
        intervals = (metrics.get("intervals") or {}).get("per_class") or {}
        rows = {row.name: row for row in class_rows(metrics)}
        bars[title] = [_bar(title, rows[name], interval((intervals.get(name) or {}).get("f1"))) for name in counts]
    average = next(iter(runs.values())).get("macro_f1") if len(runs) == 1 else None
    return f1_by_class(counts, bars, average=average)


def f1_by_class(
    counts: Mapping[str, int], series: Mapping[str, Sequence[Bar]], *, average: float | None = None, note: str = ""
) -> Chart:
    """Returns bars of the F1 of each class.

    Args:
        counts: class name to its number of training images, most frequent first.
        series: title of each, 1 to 6 of them, to the bar of each class.
        average: drawn as a line across.
        note: what is said below, beside the axis.
    """
    bar, names = BARS[len(series) - 1], {name: lines_of(name) for name in counts}
    widest = max(width_of(row) for rows in names.values() for row in rows)
    about = ["class, and its number of training images", *([note] if note else [])]
    slot = max(widest + 10, bar * len(series) + 16, 76, LEAST / len(counts))
    below = ROW * (max(map(len, names.values())) + len(about) - 1)
    right = 14 if average is None else 74
    size = (36 + slot * len(counts) + right, 296 + below)
    frame = Frame(*size, (0, len(counts)), left=36, right=right, top=54, bottom=42 + below)
    drawn = [frame.axes([], ticks(0, 1), "", "F1"), *_groups(frame, counts), *_average(frame, average)]
    for place, (name, count) in enumerate(counts.items()):
        of_class = [bars[place] for bars in series.values()]
        drawn += _bars(frame, place, of_class, bar)
        middle, first = frame.x(place + 0.5), frame.floor + 15
        drawn += [text(middle, first + ROW * row, its, "name", "middle") for row, its in enumerate(names[name])]
        drawn.append(text(middle, first + 1 + ROW * len(names[name]), f"{count:,}", "tick", "middle"))
    first = frame.height - 4 - ROW * (len(about) - 1)
    drawn += [text(36, first + ROW * row, its, "axis") for row, its in enumerate(about)]
    told = [f"{name} {', '.join(number(bars[at].f1, 2) for bars in series.values())}" for at, name in enumerate(counts)]
    keys = tuple(Key(at, title, line="") for at, title in enumerate(series)) if len(series) > 1 else ()
    return frame.chart("F1 of each class on the test part", f"{'; '.join(told)}.", drawn, keys=keys, scale=0.8)


def _bar(title: str, row: Any, ends: tuple[float, float] | None) -> Bar:
    found = of(round(row.recall * row.support), row.support)
    hint = f"{row.name}, {title}: F1 {number(row.f1)} {spread(ends)}; {found} found"
    return Bar(float(row.f1), ends, hint=hint)


def _bars(frame: Frame, place: int, bars: Sequence[Bar], width: float) -> list[Markup]:
    """Returns the bars of a class, their whiskers, dots and numbers."""
    drawn = []
    for series, bar in enumerate(bars):
        if not math.isfinite(bar.f1):
            continue  # of a class that nobody could score
        middle, top = frame.x(place + 0.5) + (series - (len(bars) - 1) / 2) * width, frame.y(bar.f1)
        size = (width - 3, frame.floor - top)
        drawn.append(rectangle(middle - width / 2 + 1.5, top, *size, f"bar s{series}", bar.hint))
        if bar.ends:
            low, high = map(frame.y, bar.ends)
            drawn.append(whisker(middle, low, high, min(4, width / 4)))
        # Side by side, so that equal seeds do not hide each other, nor the whisker's ends.
        places = np.linspace(-0.3, 0.3, len(bar.dots)) * width
        dots = zip(places, bar.dots, strict=True)
        drawn += [marker(middle + beside, frame.y(dot), 0, size=2.2, class_="seed") for beside, dot in dots]
        if len(bars) <= NUMBERED:
            highest = max([bar.f1, *(bar.ends or ()), *bar.dots])
            told = number(bar.f1, 2).lstrip("0") or "0"
            drawn.append(text(middle, frame.y(highest) - 6, told, "value halo", "middle"))
    return drawn


def _groups(frame: Frame, counts: Mapping[str, int]) -> list[Markup]:
    """Returns the names of the groups above their classes, with a rule as wide as they are."""
    drawn, start = [], 0
    for group, names in class_groups(counts).items():
        if names:
            left, right = frame.x(start) + 4, frame.x(start + len(names)) - 4
            drawn += [line(left, 26, right, 26, "rule"), text((left + right) / 2, 21, group, "tick", "middle")]
        start += len(names)
    return drawn


def _average(frame: Frame, value: float | None) -> list[Markup]:
    if value is None:
        return []
    right, y = frame.width - frame.right, frame.y(value)
    told = zip(("macro F1", number(value)), (-2, 12), strict=True)
    return [line(frame.left, y, right, y, "aim"), *(text(right + 6, y + down, its, "tick") for its, down in told)]
