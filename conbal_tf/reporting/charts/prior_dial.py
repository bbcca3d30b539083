"""What a correction of the probabilities to another class prior does to the scores, by its strength."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import text
from conbal_tf.reporting.words import is_number, number

DIALLED = {
    name: Key(series, OVERALL[name].title)
    for name, series in (("accuracy", 6), ("balanced_accuracy", 1), ("macro_f1", 0))
}
"""Scores over the strength, and their colours."""


def prior_dial(calibration: Mapping[str, Any], title: str = "") -> Chart:
    """Returns the scores of the test part over the strength of the correction, and where it was fitted.

    Args:
        calibration: a run's calibration.json, with `prior_dial`.
        title: of the run.
    """
    dial, fitted = calibration["prior_dial"], calibration.get("prior_strength")
    strengths = dial["strength"]
    keys = {name: key for name, key in DIALLED.items() if dial.get(name)}
    values = [value for name in keys for value in dial[name] if is_number(value)] or [0.0, 1.0]
    reach = (max(0.0, min(values) - 0.05), min(1.0, max(values) + 0.05))
    frame = Frame(330, 260, (min(strengths), max(strengths) or 1.0), reach, left=40, top=16, bottom=42)
    drawn = [frame.axes(ticks(*frame.x_range), ticks(*frame.y_range), "strength of the correction")]
    if frame.x_range[0] < 0 < frame.x_range[1]:
        drawn.append(frame.upright(0, "grid"))
    drawn += [frame.curve(strengths, dial[name], f"s{key.series}") for name, key in keys.items()]
    if is_number(fitted) and frame.x_range[0] <= fitted <= frame.x_range[1]:
        drawn += [frame.upright(fitted, "aim"), text(frame.x(fitted) + 4, frame.top + 10, "fitted", "tick halo")]
    told = f"Scores of the test part; fitted strength: {number(fitted, 2)}."
    name = f"Scores over the prior's strength: {title}"
    return frame.chart(name, told, drawn, heading=title, keys=tuple(keys.values()))
