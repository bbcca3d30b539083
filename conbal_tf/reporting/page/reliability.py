"""The section of the probabilities: whether they can be believed, as trained and calibrated."""

from collections.abc import Sequence
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.charts.reliability import REMARK, STATES, bins_of
from conbal_tf.reporting.charts.reliability import reliability as chart_of
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import is_number, number, title_of

COLUMNS = {"before": "as trained", "temperature": "temperature alone", "after": "calibrated"}


def reliability(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns how often the predicted class is right, by the probability that it was given, before and after."""
    there, lacking = split_by(runs, lambda run: run.calibration)
    return {
        "there": there,
        "lacking": lacking,
        "sentences": [(run.title, _sentence(run)) for run in there],
        "charts": [chart_of(run.calibration or {}, run.title if len(runs) > 1 else "") for run in there],
        "scores": [_scores(run) for run in there],
        "marks": [_marks(run) for run in there],
    }


def _sentence(run: PageRun) -> str:
    assert run.calibration is not None
    if run.calibration.get("fitted_on_training"):
        return REMARK
    test = run.calibration.get("test") or {}
    before, after = ((test.get(step) or {}).get("ece") for step in STATES)
    before_by_class, after_by_class = ((test.get(step) or {}).get("classwise_ece") for step in STATES)
    temperature = run.calibration.get("temperature")
    return (
        f"the calibration error on test goes from {number(before)} as trained to {number(after)}, that class by class "
        f"from {number(before_by_class)} to {number(after_by_class)}; as trained, the network is "
        f"{_sureness(temperature)} (temperature {number(temperature, 2)})."
    )


def _sureness(temperature: float | None) -> str:
    if not is_number(temperature) or 0.95 <= temperature <= 1.05:
        return "about as sure as it should be"
    return "too sure" if temperature > 1 else "not sure enough"


def _scores(run: PageRun) -> tuple[list[str], list[tuple[str, ...]]]:
    """Returns the columns and the rows of the scores of the test part."""
    test = (run.calibration or {}).get("test") or {}
    columns = {step: title for step, title in COLUMNS.items() if test.get(step)}
    there = dict.fromkeys(key for step in columns for key in test[step] if key in OVERALL)
    rows = [(title_of(key), *(number(test[step].get(key)) for step in columns)) for key in there]
    return ["score on the test part", *columns.values()], rows


def _marks(run: PageRun) -> list[tuple[str, ...]]:
    return [
        (key.label, number(x), number(y), f"{count:,}")
        for state, key in STATES.items()
        for x, y, count in bins_of(run.calibration or {}, state)
    ]
