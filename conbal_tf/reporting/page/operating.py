"""The section of the operating points: how many sick are found at how many false alarms, with the chosen point."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from conbal_tf.reporting.page.markup import Html, join, note, table, tag
from conbal_tf.reporting.page.pieces import absent, beside, legend, panel, panels, said, series_of, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, curve, line, marker, picture, ticks
from conbal_tf.reporting.page.words import interval, is_number, listed, number, share, spread

MAX_POINTS = 160
NO_POINTS = (
    "A point is a threshold on the probability of the classes that matter, as melanoma, chosen so that a given share "
    "of the others is not flagged."
)


def operating(runs: Sequence[PageRun]) -> Html:
    """Returns sensitivity over specificity of each group of positive classes, with the chosen points."""
    there, lacking = split_by(runs, lambda run: run.answers is not None and run.metrics.get("operating_points"))
    if not there:
        return join([absent(lacking, "operating_points", "operating points"), note(NO_POINTS)])
    groups = list(dict.fromkeys(tuple(point["positive"]) for run in there for point in run.metrics["operating_points"]))
    charts = [panel(f"{listed(group)} against all others", _chart(runs, there, group)) for group in groups]
    rows = [_row(run, place, point) for run in there for place, point in enumerate(run.metrics["operating_points"])]
    head = [
        "run",
        "positive",
        "specificity aimed at",
        "threshold",
        "chosen on",
        "sensitivity on test",
        "specificity on test",
    ]
    return join(
        [
            said(
                runs,
                {run.title: " ".join(_sentence(run, at) for at in run.metrics["operating_points"]) for run in there},
            ),
            legend([run.title for run in runs]),
            _charts_and_numbers(charts, head, rows, len(runs)),
            note(f"{NO_POINTS} The mark on each line is that point; the dashed line is the specificity aimed at."),
            absent(lacking, "operating_points", "operating points"),
        ]
    )


def _charts_and_numbers(charts: list[Html], head: list[str], rows: list[tuple[str, ...]], runs: int) -> Html:
    """Returns the charts over the table; with one of both, the numbers stand beside the chart, one under the other."""
    if runs > 1 or len(rows) > 1:
        return join([panels(*charts, class_="panels large"), table(head, rows, "Operating points", "numbers")])
    upright = list(zip(head, rows[0], strict=True))[1:]
    return beside(*charts, table(["chosen point", ""], upright, "Operating point", "numbers"))


def sensitivity_and_specificity(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns both [(k,) float each] at every threshold that the scores tell apart, from none flagged to all.

    >>> both = sensitivity_and_specificity(np.array([True, False, True]), np.array([0.9, 0.5, 0.4]))
    >>> [values.tolist() for values in both]
    [[0.0, 0.5, 0.5, 1.0], [1.0, 1.0, 0.0, 0.0]]

    Args:
        positive: whether an image is of a positive class [(n,) bool].
        scores: the probability of the positive classes together [(n,) float].
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits, alarms = (np.append(0, np.cumsum(chosen[order])[ends]) for chosen in (positive, ~positive))
    return hits / max(1, int(hits[-1])), 1 - alarms / max(1, int(alarms[-1]))


def _chart(runs: Sequence[PageRun], there: Sequence[PageRun], group: Sequence[str]) -> Html:
    # Specificity falls to the right, as false alarms rise.
    frame = Frame(340, 320, (1.0, 0.0), left=36, top=20, bottom=42)
    labels = ticks(0, 1)
    drawn = [axes(frame, labels, labels, "specificity", "sensitivity")]
    drawn.append(line(frame.x(1), frame.y(0), frame.x(0), frame.y(1), "chance"))
    marks = []
    for run in there:
        assert run.answers is not None
        places, series = [run.class_names.index(name) for name in group], series_of(runs, run)
        positive = np.isin(run.answers.labels, places)
        sensitivity, specificity = sensitivity_and_specificity(
            positive, run.answers.probabilities[:, places].sum(axis=1)
        )
        kept = np.unique(np.linspace(0, len(sensitivity) - 1, MAX_POINTS).round().astype(int))
        drawn.append(curve(frame, specificity[kept].tolist(), sensitivity[kept].tolist(), f"s{series}"))
        for point in run.metrics["operating_points"]:
            if tuple(point["positive"]) == tuple(group):
                marks += _mark(frame, series, run.title, point)
    title = f"Sensitivity over specificity: {listed(group)} against all others"
    return picture(frame, title, "Up and to the left is better; the diagonal is guessing.", *drawn, *marks)


def _mark(frame: Frame, series: int, title: str, point: Mapping[str, Any]) -> list[Html]:
    achieved, sensitivity = point.get("achieved_specificity"), point.get("sensitivity")
    if not is_number(achieved) or not is_number(sensitivity):
        return []
    aim = frame.x(point["specificity"])
    hint = f"{title}: sensitivity {number(sensitivity)} at specificity {number(achieved)}"
    x, y = frame.x(float(achieved)), frame.y(float(sensitivity))  # type: ignore[arg-type]
    return [line(aim, frame.y(0), aim, frame.y(1), "aim"), marker(x, y, series, f"s{series} chosen", hint, 6.5)]


def _row(run: PageRun, place: int, point: Mapping[str, Any]) -> tuple[str, ...]:
    ends = spread(_ends(run, place))
    threshold = number(point.get("threshold"), 4)
    sensitivity = tag("td", number(point.get("sensitivity")), *([" ", tag("small", ends)] if ends else []))
    return (
        run.title, listed(point["positive"]), number(point["specificity"], 2), threshold,
        _chosen_on(point), sensitivity, number(point.get("achieved_specificity")),
    )  # fmt: skip


def _chosen_on(point: Mapping[str, Any]) -> str:
    """Returns the part on which the threshold was chosen, and whether that promises too much."""
    return str(point.get("chosen_on", "an unknown part")) + ", which was trained on" * bool(point.get("trained_on"))


def _ends(run: PageRun, place: int) -> tuple[float, float] | None:
    intervals = (run.metrics.get("intervals") or {}).get("operating_points") or []
    return interval(intervals[place].get("sensitivity")) if place < len(intervals) and intervals[place] else None


def _sentence(run: PageRun, point: Mapping[str, Any]) -> str:
    ends = spread(_ends(run, run.metrics["operating_points"].index(point)), 2)
    achieved = point.get("achieved_specificity")
    warning = (
        " (less than aimed at)"
        if is_number(achieved) and float(achieved) < point["specificity"] - 0.02  # type: ignore[arg-type]
        else ""
    )
    return (
        f"{share(point.get('sensitivity'))}{f' ({ends})' if ends else ''} of {listed(point['positive'])} is "
        f"flagged at a specificity of {number(achieved, 2)}{warning}, with the threshold chosen on "
        f"{_chosen_on(point)}."
    )
