"""The section of the confusions: what each class is taken for."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from conbal_tf.reporting.charts.confusion_matrix import confusion_of
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.words import number, of, share


def confusion(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the matrix of each run, drawn and in numbers."""
    caption = "Confusion matrix of the test part"
    charts = [
        confusion_of(
            run.metrics, run.metrics["confusion_matrix"], f"{caption}: {run.title}", run.title if len(runs) > 1 else ""
        )
        for run in runs
    ]
    return {
        "sentences": [(run.title, _sentence(run)) for run in runs],
        "charts": charts,
        "tables": [(run, _rows(run)) for run in runs],
    }


def _rows(run: PageRun) -> list[tuple[str, ...]]:
    """Returns of each class its images, and how many of them are taken for each class, with their share."""
    counts = np.array(run.metrics["confusion_matrix"])
    places = [run.class_names.index(name) for name in run.classes]
    rows = []
    for name, at in zip(run.classes, places, strict=True):
        total = int(counts[at].sum())
        taken = (f"{counts[at, to]:,} ({share(counts[at, to] / total)})" if counts[at, to] else "0" for to in places)
        rows.append((name, f"{total:,}", *taken))
    return rows


def _sentence(run: PageRun) -> str:
    """Names the confusion that takes the largest share of a class, and the one with most images."""
    counts = np.array(run.metrics["confusion_matrix"], float)
    np.fill_diagonal(counts, 0)
    if not counts.any():
        return "No test image is confused."
    totals = np.maximum(1, np.array(run.metrics["confusion_matrix"]).sum(axis=1, keepdims=True))
    true, predicted = np.unravel_index((counts / totals).argmax(), counts.shape)
    most_true, most_predicted = np.unravel_index(counts.argmax(), counts.shape)
    names = run.class_names
    text = (
        f"{names[true]} suffers most: {share(counts[true, predicted] / totals[true, 0])} of it "
        f"({of(int(counts[true, predicted]), int(totals[true, 0]))}) is taken for {names[predicted]}, "
        f"and {share(run.found(names[true])[0] / totals[true, 0])} is recognised."
    )
    if (true, predicted) == (most_true, most_predicted):
        return text
    return (
        f"{text} Most mistakes are {names[most_true]} taken for {names[most_predicted]}: "
        f"{number(counts[most_true, most_predicted], 0)} images."
    )
