"""Mean F1 of a group of classes over the temperature of the contrastive loss, as the paper's Table 3."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import marker, whisker
from conbal_tf.reporting.words import number

APART = 0.03
"""Decades between two lines, so that their whiskers do not lie on each other."""


@dataclass(frozen=True)
class Line:
    """F1 over temperatures, rising; NaN where it is not known."""

    key: Key
    temperatures: np.ndarray
    """[(n,) float64]."""
    mean: np.ndarray
    """[(n,) float64]."""
    deviation: np.ndarray
    """Of the seeds, drawn to either side; NaN for none [(n,) float64]."""


def f1_over_temperature(group: str, lines: Sequence[Line], reach: tuple[float, float]) -> Chart:
    """Returns a line for each sampling, of ours and of the paper. What is not known leaves a gap.

    Args:
        group: major, middle or minor.
        lines: drawn in this order; what is known of none of its temperatures is left out.
        reach: ends of the axis of F1, the same for all groups.
    """
    temperatures = np.unique(np.concatenate([line.temperatures for line in lines]))
    low, high = np.log10(temperatures[[0, -1]])
    frame = Frame(320, 290, (low - 0.1, high + 0.1), reach, left=40, top=20, bottom=42)
    places = [(np.log10(temperature), f"{temperature:g}") for temperature in temperatures]
    drawn = [frame.axes(places, ticks(*reach), "temperature τ", "mean F1 of the classes")]
    known = [line for line in lines if np.isfinite(line.mean).any()]
    for line in known:
        key = line.key
        xs = np.log10(line.temperatures) + (2 * key.series - 1) * APART
        drawn.append(frame.curve(xs, line.mean, f"s{key.series}" + " dashed" * (key.line == "dashed")))
        for x, mean, deviation in zip(xs, line.mean, line.deviation, strict=True):
            if np.isfinite(deviation):
                drawn.append(whisker(frame.x(x), frame.y(mean - deviation), frame.y(mean + deviation)))
            if np.isfinite(mean):
                hint = f"{key.label}, τ {10 ** (x - (2 * key.series - 1) * APART):g}: {number(mean)}"
                drawn.append(marker(frame.x(x), frame.y(mean), key.series, hint))
    told = "; ".join(f"{line.key.label} {', '.join(number(value) for value in line.mean)}" for line in known)
    keys, heading = tuple(line.key for line in known), f"{group} classes"
    return frame.chart(f"F1 of the {heading} over temperature", f"{told}.", drawn, heading=heading, keys=keys)
