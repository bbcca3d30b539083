"""The section of the operating points: how many sick are found at how many false alarms, with the chosen point."""

from collections.abc import Mapping, Sequence
from typing import Any

from conbal_tf.reporting.charts.operating_points import operating_points
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import interval, is_number, listed, number, share, spread

HEAD = (
    "run", "positive", "specificity aimed at", "threshold", "chosen on", "sensitivity on test", "specificity on test",
)  # fmt: skip


def operating(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns sensitivity over specificity of each group of positive classes, with the chosen points."""
    there, lacking = split_by(runs, lambda run: run.answers is not None and run.metrics.get("operating_points"))
    answered = [(run.key, run.answers, run.metrics["operating_points"]) for run in there if run.answers]
    rows = [_row(run, place, point) for run in there for place, point in enumerate(run.metrics["operating_points"])]
    return {
        "there": there,
        "lacking": lacking,
        "sentences": [
            (run.title, " ".join(_sentence(run, point) for point in run.metrics["operating_points"])) for run in there
        ],
        "charts": operating_points(answered),
        "head": HEAD,
        "rows": rows,
        # Of one point, the numbers stand beside the chart, one under the other.
        "upright": list(zip(HEAD, rows[0], strict=True))[1:] if len(runs) == len(rows) == 1 else [],
    }


def _row(run: PageRun, place: int, point: Mapping[str, Any]) -> tuple[str, ...]:
    ends = spread(_ends(run, place))
    return (
        run.title, listed(point["positive"]), number(point["specificity"], 2), number(point.get("threshold"), 4),
        _chosen_on(point), number(point.get("sensitivity")) + f" ({ends})" * bool(ends),
        number(point.get("achieved_specificity")),
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
    warning = " (less than aimed at)" if is_number(achieved) and achieved < point["specificity"] - 0.02 else ""
    return (
        f"{share(point.get('sensitivity'))}{f' ({ends})' if ends else ''} of {listed(point['positive'])} is "
        f"flagged at a specificity of {number(achieved, 2)}{warning}, with the threshold chosen on "
        f"{_chosen_on(point)}."
    )
