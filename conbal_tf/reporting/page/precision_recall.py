"""The section of precision and recall: a small chart per class, rare ones last."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from conbal_tf.reporting.charts.precision_recall import average_precision
from conbal_tf.reporting.charts.precision_recall import precision_recall as charts_of
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import number


def precision_recall(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns precision over recall of each class against all others, runs in one chart, and the areas."""
    there, lacking = split_by(runs, lambda run: run.answers is not None)
    answered = [(run.key, run.answers) for run in there if run.answers is not None]
    charts = charts_of(answered, runs[0].classes) if answered else {}
    areas = {name: [average_precision(answers, name) for _, answers in answered] for name in charts}
    return {
        "sentences": _sentences(there, areas) if areas else [],
        "there": there,
        "lacking": lacking,
        "charts": charts.values(),
        "rows": [(name, *map(number, values)) for name, values in areas.items()],
    }


def _sentences(runs: Sequence[PageRun], areas: Mapping[str, Sequence[float]]) -> list[str]:
    best = {name: max(values) for name, values in areas.items()}
    weakest, strongest = min(best, key=lambda name: best[name]), max(best, key=lambda name: best[name])
    text = (
        f"{weakest} is hardest to find without false alarms (average precision {number(best[weakest], 2)}), "
        f"{strongest} easiest ({number(best[strongest], 2)})."
    )
    if len(runs) == 1:
        return [text]
    wins = [sum(values.index(max(values)) == place for values in areas.values()) for place in range(len(runs))]
    place = int(np.argmax(wins))
    return [text, f"{runs[place].title} is ahead in {wins[place]} of {len(areas)} classes."]
