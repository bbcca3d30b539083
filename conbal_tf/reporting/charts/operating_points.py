"""How many sick are found at how many false alarms, with the chosen operating points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.ranking import found_and_alarms
from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import line, marker
from conbal_tf.reporting.words import is_number, listed, number

MAX_POINTS = 160

OfRun = tuple[Key, Answers, Sequence[Mapping[str, Any]]]
"""A run, its answers, and `operating_points` of its metrics.json."""


def operating_points(runs: Sequence[OfRun]) -> list[Chart]:
    """Returns a chart for each group of positive classes that a run has a point for."""
    groups = dict.fromkeys(tuple(point["positive"]) for _, _, points in runs for point in points)
    return [_chart(group, runs) for group in groups]


def _chart(group: Sequence[str], runs: Sequence[OfRun]) -> Chart:
    # Specificity falls to the right, as false alarms rise.
    frame = Frame(340, 320, (1.0, 0.0), left=36, top=20, bottom=42)
    drawn = [frame.axes(ticks(0, 1), ticks(0, 1), "specificity", "sensitivity")]
    drawn.append(line(frame.x(1), frame.y(0), frame.x(0), frame.y(1), "chance"))
    marks = []
    for key, answers, points in runs:
        places = [answers.class_names.index(name) for name in group]
        scores = answers.probabilities[:, places].sum(axis=1)
        # From none flagged to all.
        found, alarms = (np.append(0, counts) for counts in found_and_alarms(scores, np.isin(answers.labels, places)))
        sensitivity, specificity = found / max(1, found[-1]), 1 - alarms / max(1, alarms[-1])
        kept = np.unique(np.linspace(0, len(sensitivity) - 1, MAX_POINTS).round().astype(int))
        drawn.append(frame.curve(specificity[kept], sensitivity[kept], f"s{key.series}"))
        marks += [mark for point in points if tuple(point["positive"]) == group for mark in _mark(frame, key, point)]
    heading = f"{listed(group)} against all others"
    told = "Up and to the left is better; the diagonal is guessing."
    return frame.chart(f"Sensitivity over specificity: {heading}", told, [*drawn, *marks], heading=heading)


def _mark(frame: Frame, key: Key, point: Mapping[str, Any]) -> list[Markup]:
    achieved, sensitivity = point.get("achieved_specificity"), point.get("sensitivity")
    if not is_number(achieved) or not is_number(sensitivity):
        return []
    hint = f"{key.label}: sensitivity {number(sensitivity)} at specificity {number(achieved)}"
    mark = marker(frame.x(achieved), frame.y(sensitivity), key.series, hint, 6.5, "chosen")
    return [frame.upright(point["specificity"], "aim"), mark]
