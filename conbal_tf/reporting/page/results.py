"""The section of the results: the scores over all classes with their intervals."""

from collections.abc import Sequence
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.charts.chart import Chart
from conbal_tf.reporting.charts.score_intervals import ranked, strip
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import PER_CENT, is_number, number, spread, title_of

DRAWN = ("accuracy", "balanced_accuracy", "macro_f1")
NOT_TO_1 = ("log_loss", "brier")


def results(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the scores, a column for each run; of several runs, their intervals as charts as well."""
    shown = [key for key in OVERALL if any(is_number(run.metrics.get(key)) for run in runs)]
    return {
        "sentences": _sentences(runs),
        "charts": [_ranked(runs, key) for key in DRAWN if key in shown] if len(runs) > 1 else [],
        "rows": [(title_of(key), _cells(runs, key), _strip(runs[0], key)) for key in shown],
        "how": _how(runs),
        "lacking": split_by(runs, lambda run: run.metrics.get("intervals"))[1],
    }


def _cells(runs: Sequence[PageRun], key: str) -> list[tuple[str, str, bool]]:
    """Returns the score of each run, its interval, and whether it is the best of several."""
    known = [run.metrics[key] for run in runs if is_number(run.metrics.get(key))]
    best = (min if OVERALL[key].lower_is_better else max)(known)
    values = [(run.metrics.get(key), run.interval(key)) for run in runs]
    return [(number(value), spread(ends), len(known) > 1 and value == best) for value, ends in values]


def _strip(run: PageRun, key: str) -> Chart | None:
    """Returns the score on a scale from 0 to 1; what has no such scale has no chart."""
    value = run.metrics.get(key)
    if not is_number(value) or not 0 <= value <= 1 or key in NOT_TO_1:
        return None
    return strip(title_of(key), value, run.interval(key))


def _ranked(runs: Sequence[PageRun], key: str) -> Chart:
    known = [run for run in runs if is_number(run.metrics.get(key))]
    return ranked(title_of(key), [(run.key, run.metrics[key], run.interval(key)) for run in known])


def _sentences(runs: Sequence[PageRun]) -> list[str]:
    if len(runs) == 1:
        metrics = runs[0].metrics
        ends = spread(runs[0].interval("macro_f1"))
        gap = metrics["accuracy"] - metrics.get("balanced_accuracy", metrics["accuracy"])
        says = "higher than" if gap > 0 else "lower than"
        apart = (
            f"Accuracy, {number(metrics['accuracy'])}, is {number(abs(gap))} {says} balanced accuracy, in which each "
            "class counts the same."
            if abs(gap) > 0.02
            else f"Accuracy is {number(metrics['accuracy'])}, balanced accuracy about the same."
        )
        return [f"Macro F1 is {number(metrics['macro_f1'])}{f' ({ends})' if ends else ''}.", apart]
    first, second = sorted(runs, key=lambda run: -run.metrics["macro_f1"])[:2]
    lead_by = first.metrics["macro_f1"] - second.metrics["macro_f1"]
    return [
        f"{first.title} has the highest macro F1, {number(first.metrics['macro_f1'])}, {number(lead_by)} above "
        f"{second.title}.",
        _overlap(first, second),
    ]


def _overlap(first: PageRun, second: PageRun) -> str:
    ends, others = (run.interval("macro_f1") for run in (first, second))
    if not ends or not others:
        return ""
    overlap = "overlap" if ends[0] <= others[1] else "do not overlap"
    return f"Their intervals {overlap}; python -m conbal_tf.compare tells whether the difference is more than chance."


def _how(runs: Sequence[PageRun]) -> str:
    given = next((run.metrics["intervals"] for run in runs if run.metrics.get("intervals")), None)
    best = "Bold: the best of its row. " if len(runs) > 1 else ""
    if given is None:
        return f"{best}Without intervals, a difference of a few hundredths says little."
    strata = ", within each class: the mix of classes is held fixed" if given.get("stratified") else ""
    return (
        f"{best}In small figures: {100 * given.get('level', 0.95):g}{PER_CENT} intervals, from "
        f"{given.get('resamples', 0):,} resamples of the test part by {given.get('unit', 'image')}{strata}. They tell "
        "what other test images would change, not what another seed would."
    )
