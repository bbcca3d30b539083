"""What is concluded from the differences of a comparison. No TensorFlow."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from conbal_tf.comparison.measures import CLAIMED_BELOW, holm
from conbal_tf.metrics.measures import OVERALL
from conbal_tf.scores.metrics_file import json_number

Entry: TypeAlias = dict[str, Any]
"""A metric of both sides: `a`, `b`, `difference` (B - A), `interval` and `p`; None where there is no number."""
A_BETTER, B_BETTER, NOT_TOLD_APART = "A better", "B better", "not told apart"
ONE_METHOD = "one method"


def judge(block: Mapping[Any, Entry]) -> None:
    """Adds `p_holm` and `verdict` to each entry: a claim asks for both the test and the interval.

    Args:
        block: metric, or a class and a metric, to its entry; tests of one block are corrected together.
    """
    adjusted = holm(np.array([np.nan if entry["p"] is None else entry["p"] for entry in block.values()]))
    for (key, entry), p_holm in zip(block.items(), adjusted, strict=True):
        low, high = entry["interval"]
        claimed = p_holm < CLAIMED_BELOW and low is not None and high is not None and low * high > 0
        lower_is_better = key in OVERALL and OVERALL[key].lower_is_better
        b_better = (entry["difference"] > 0) != lower_is_better
        entry["p_holm"] = json_number(p_holm)
        entry["verdict"] = (B_BETTER if b_better else A_BETTER) if claimed else NOT_TOLD_APART


def without_claims(found: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the comparison of a method with itself: its figures as they are, and no verdict on any.

    Args:
        found: what `compare_models` or `compare_methods` returns.
    """
    overall = {name: {**entry, "verdict": ONE_METHOD} for name, entry in found["overall"].items()}
    per_class = {
        name: {key: {**value, "verdict": ONE_METHOD} if isinstance(value, dict) else value for key, value in of.items()}
        for name, of in found["per_class"].items()
    }
    return {**found, "overall": overall, "per_class": per_class}
