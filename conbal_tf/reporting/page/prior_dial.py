"""The section of the prior dial: what a correction of the probabilities to another class prior does to the scores."""

from collections.abc import Sequence
from typing import Any

from conbal_tf.reporting.charts.prior_dial import DIALLED
from conbal_tf.reporting.charts.prior_dial import prior_dial as chart_of
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import number

STEP = 0.5
"""Of the strengths that are shown beside the chart."""


def prior_dial(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the scores over the strength of the correction from the training prior to that of the validation part."""
    there, lacking = split_by(runs, lambda run: (run.calibration or {}).get("prior_dial"))
    return {
        "there": there,
        "lacking": lacking,
        "sentences": [(run.title, _sentence(run)) for run in there],
        "charts": [chart_of(run.calibration or {}, run.title if len(runs) > 1 else "") for run in there],
        "few": [_numbers(run, STEP) for run in there],
        "all": [_numbers(run, 0) for run in there],
    }


def _dial(run: PageRun) -> dict[str, list[float]]:
    assert run.calibration is not None
    return dict(run.calibration["prior_dial"])


def _sentence(run: PageRun) -> str:
    """Says where each score is highest, beside what it is without any correction."""
    dial = _dial(run)
    strengths = list(dial["strength"])
    at_rest = min(range(len(strengths)), key=lambda place: abs(strengths[place]))
    told = []
    for score, key in DIALLED.items():
        if dial.get(score):
            values = dial[score]
            best = values.index(max(values))
            told.append(
                f"{key.label} is highest, {number(values[best])}, at {number(strengths[best], 2)} "
                f"({number(values[at_rest])} at 0)"
            )
    return f"{'; '.join(told)}."


def _numbers(run: PageRun, step: float) -> tuple[list[str], list[tuple[str, ...]]]:
    """Returns the columns and the scores at every strength, or at those that are multiples of a step."""
    dial = _dial(run)
    scores = [name for name in DIALLED if dial.get(name)]
    rows = [
        (number(strength, 2), *(number(dial[name][place]) for name in scores))
        for place, strength in enumerate(dial["strength"])
        if not step or abs(strength / step - round(strength / step)) < 1e-6
    ]
    return ["strength", *(DIALLED[name].label for name in scores)], rows
