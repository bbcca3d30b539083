"""Precision over recall of a class against all others."""

from collections.abc import Sequence

import numpy as np

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.ranking import areas, found_and_alarms
from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame
from conbal_tf.reporting.charts.marks import line
from conbal_tf.reporting.words import number, share

MAX_POINTS = 120


def precision_recall(runs: Sequence[tuple[Key, Answers]], names: Sequence[str]) -> dict[str, Chart]:
    """Returns class to its precision over recall, with the average precision of each run in the heading.

    Args:
        runs: with their answers to the same images.
        names: of the classes, in the order in which they are shown; those without images have no chart.
    """
    return {name: _chart(name, runs) for name in names if of_class(runs[0][1], name)[0].any()}


def of_class(answers: Answers, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns whether each image is of a class [(n,) bool], and its probability of it [(n,) float]."""
    place = answers.class_names.index(name)
    return answers.labels == place, answers.probabilities[:, place]


def average_precision(answers: Answers, name: str) -> float:
    """Returns the area under the line of a class that has images."""
    positive, scores = of_class(answers, name)
    return float(areas(scores, positive, np.ones((1, len(scores))))[1][0])


def _chart(name: str, runs: Sequence[tuple[Key, Answers]]) -> Chart:
    frame = Frame(228, 196, left=32, top=20, bottom=36)
    ends = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")]
    prevalence = float(of_class(runs[0][1], name)[0].mean())
    drawn = [frame.axes(ends, ends, "recall", "precision")]
    drawn.append(line(frame.x(0), frame.y(prevalence), frame.x(1), frame.y(prevalence), "chance"))
    for key, answers in runs:
        positive, scores = of_class(answers, name)
        found, alarms = found_and_alarms(scores, positive)
        precision, recall = found / (found + alarms), found / found[-1]
        # Of the thresholds with the same recall, the highest; then as few as a line of this size can show.
        kept = np.flatnonzero(np.diff(recall, prepend=-1.0) > 0)
        kept = kept[np.unique(np.linspace(0, len(kept) - 1, MAX_POINTS).round().astype(int))]
        drawn.append(frame.curve(recall[kept], precision[kept], f"s{key.series}"))
    areas = " · ".join(number(average_precision(answers, name), 2) for _, answers in runs)
    told = f"Average precision {areas}. Guessing gives a precision of {share(prevalence)}."
    return frame.chart(f"Precision over recall of {name}", told, drawn, heading=f"{name}  {areas}")
