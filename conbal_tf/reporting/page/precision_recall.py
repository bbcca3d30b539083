"""The section of precision and recall: a small chart per class, rare ones last."""

from collections.abc import Sequence

import numpy as np

from conbal_tf.reporting.page.markup import Html, folded, join, lead, note, table
from conbal_tf.reporting.page.pieces import absent, legend, panel, panels, series_of, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, curve, line, picture
from conbal_tf.reporting.page.words import number, share

MAX_POINTS = 120


def precision_recall(runs: Sequence[PageRun]) -> Html:
    """Returns precision over recall of each class against all others, runs in one chart."""
    there, lacking = split_by(runs, lambda run: run.answers is not None)
    if not there:
        return absent(lacking, "predictions.csv", "precision and recall")
    tested = [name for name in runs[0].classes if _positives(there[0], name).any()]
    curves = {name: [precision_and_recall(*_of_class(run, name)) for run in there] for name in tested}
    averages = {name: [average_precision(*points) for points in of_class] for name, of_class in curves.items()}
    charts = []
    for name in tested:
        shown = [(series_of(runs, run), *points) for run, points in zip(there, curves[name], strict=True)]
        prevalence = float(_positives(there[0], name).mean())
        values = " · ".join(number(value, 2) for value in averages[name])
        charts.append(panel(f"{name}  {values}", _chart(name, shown, prevalence)))
    rows = [(name, *(number(value) for value in averages[name])) for name in tested]
    return join(
        [
            lead(*_sentences(there, averages)),
            legend([run.title for run in runs]),
            panels(*charts, class_="panels small"),
            note(
                "Beside each class: the average precision, the area under its line. Dashed: what guessing gives, the "
                "share of the class. Up and to the right is better."
            ),
            folded("Numbers", table(["class", *(run.title for run in there)], rows, "Average precision", "numbers")),
            absent(lacking, "predictions.csv", "precision and recall"),
        ]
    )


def precision_and_recall(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns precision and recall [(k,) float each] at every threshold that the scores tell apart, highest first.

    >>> [values.tolist() for values in precision_and_recall(np.array([True, False, True]), np.array([0.9, 0.5, 0.5]))]
    [[1.0, 0.6666666666666666], [0.5, 1.0]]

    Args:
        positive: whether an image is of the class [(n,) bool].
        scores: the probability of the class [(n,) float].
    """
    order = np.argsort(-scores, kind="stable")
    hits, ranked = np.cumsum(positive[order]), scores[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    return hits[ends] / (ends + 1), hits[ends] / max(1, int(hits[-1]))


def average_precision(precision: np.ndarray, recall: np.ndarray) -> float:
    """Returns the mean of the precision, each step of recall counted as wide as it is."""
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def _of_class(run: PageRun, name: str) -> tuple[np.ndarray, np.ndarray]:
    assert run.answers is not None
    return _positives(run, name), run.answers.probabilities[:, run.class_names.index(name)]


def _positives(run: PageRun, name: str) -> np.ndarray:
    assert run.answers is not None
    return run.answers.labels == run.class_names.index(name)


def _chart(name: str, shown: Sequence[tuple[int, np.ndarray, np.ndarray]], prevalence: float) -> Html:
    frame = Frame(228, 196, left=32, top=20, bottom=36)
    ends = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")]
    drawn = [axes(frame, ends, ends, "recall", "precision")]
    drawn.append(line(frame.x(0), frame.y(prevalence), frame.x(1), frame.y(prevalence), "chance"))
    for series, precision, recall in shown:
        # Of the thresholds with the same recall, the highest; then as few as a line of this size can show.
        kept = np.flatnonzero(np.diff(recall, prepend=-1.0) > 0)
        kept = kept[np.unique(np.linspace(0, len(kept) - 1, MAX_POINTS).round().astype(int))]
        drawn.append(curve(frame, recall[kept].tolist(), precision[kept].tolist(), f"s{series}"))
    return picture(
        frame, f"Precision over recall of {name}", f"Guessing gives a precision of {share(prevalence)}.", *drawn
    )


def _sentences(runs: Sequence[PageRun], averages: dict[str, list[float]]) -> list[str]:
    best = {name: max(values) for name, values in averages.items()}
    weakest, strongest = min(best, key=lambda name: best[name]), max(best, key=lambda name: best[name])
    text = (
        f"{weakest} is hardest to find without false alarms (average precision {number(best[weakest], 2)}), "
        f"{strongest} easiest ({number(best[strongest], 2)})."
    )
    if len(runs) == 1:
        return [text]
    wins = [sum(values.index(max(values)) == place for values in averages.values()) for place in range(len(runs))]
    place = int(np.argmax(wins))
    return [text, f"{runs[place].title} is ahead in {wins[place]} of {len(averages)} classes."]
