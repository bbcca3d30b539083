"""Tests of the charts and the table of calibration: drawn whatever a run looks like, and silent about nothing."""

from typing import Any

import numpy as np
import pytest

from conbal_tf.reporting.calibration_table import calibration_table
from conbal_tf.reporting.charts.prior_dial import prior_dial
from conbal_tf.reporting.charts.reliability import REMARK, reliability
from tests.reporting.charts.drawings import assert_no_text_is_cut_off_or_covered, elements, numbers, texts

SCORES = {
    "log_loss": 0.82, "ece": 0.12, "classwise_ece": 0.05, "brier": 0.41, "accuracy": 0.684, "balanced_accuracy": 0.607,
    "macro_f1": 0.512,
}  # fmt: skip


@pytest.fixture
def calibration() -> dict[str, Any]:
    """Returns what calibration.json holds of a made-up run."""
    strengths = np.arange(-30, 31) / 20
    bins: dict[str, list[float]] = {
        "confidence": [0.3, 0.61, 0.97],
        "accuracy": [0.0, 0.5, 0.9],
        "count": [1, 50, 1200],
    }
    return {
        "temperature": 1.61,
        "prior_strength": 0.78,
        "class_prior": {"common": 0.9, "rare": 0.1},
        "fitted_on_training": False,
        "test": {"before": SCORES, "temperature": SCORES, "after": {**SCORES, "ece": 0.018, "accuracy": 0.76}},
        "reliability": {"test": {"before": bins, "after": {name: values[1:] for name, values in bins.items()}}},
        "prior_dial": {
            "strength": strengths.tolist(),
            "accuracy": (0.76 - 0.1 * (strengths - 0.8) ** 2).tolist(),
            "balanced_accuracy": (0.6 - 0.1 * strengths**2).tolist(),
            "macro_f1": [0.5] * 61,
        },
    }


def test_reliability_shows_both_states_and_marks_grow_with_their_images(calibration: dict[str, Any]) -> None:
    chart = reliability(calibration)
    assert [key.label for key in chart.keys] == ["as trained", "calibrated"]
    assert len(elements(chart, "path", "line s1")) == len(elements(chart, "path", "line s0")) == 1
    assert len(elements(chart, "polygon", "mark s1")) == 3
    few, many = numbers(chart, "circle", "r", "mark s0")
    assert few < many == 7.5
    assert_no_text_is_cut_off_or_covered(chart)


def test_reliability_says_that_validation_was_trained_on(calibration: dict[str, Any]) -> None:
    assert REMARK not in reliability(calibration).description
    assert reliability({**calibration, "fitted_on_training": True}).description == REMARK


def test_dial_shows_each_score_and_where_it_was_fitted(calibration: dict[str, Any]) -> None:
    chart = prior_dial(calibration)
    assert [key.label for key in chart.keys] == ["accuracy", "balanced accuracy", "macro F1"]
    assert len(elements(chart, "path", "line")) == 3
    (fitted,) = numbers(chart, "line", "x1", "aim")
    assert fitted == pytest.approx(40 + (0.78 + 1.5) / 3 * (330 - 52), abs=0.1)
    assert "fitted" in texts(chart, "halo")
    assert_no_text_is_cut_off_or_covered(chart)


def test_single_bin_and_a_dial_that_changes_nothing_are_drawn(calibration: dict[str, Any]) -> None:
    one = {"confidence": [1.0], "accuracy": [1.0], "count": [3]}
    calibration["reliability"]["test"] = {"before": one, "after": one}
    calibration["prior_dial"] |= {"accuracy": [1.0] * 61, "balanced_accuracy": [1.0] * 61}
    assert len(elements(reliability(calibration), "circle")) == 1
    assert len(elements(prior_dial({**calibration, "prior_strength": -0.0001}), "path", "line")) == 3


def test_table_tells_what_was_fitted_and_what_it_changes(calibration: dict[str, Any]) -> None:
    table = calibration_table(calibration)
    assert "temperature 1.610, strength of the class prior 0.780" in table
    assert [line.split() for line in table.splitlines() if line.startswith(("calibration", "accuracy"))] == [
        ["calibration", "error", "0.120", "0.120", "0.018"],
        ["accuracy", "0.684", "0.684", "0.760"],
    ]
    assert "trained on" not in table
    assert "was trained on, so this calibration says nothing" in calibration_table(
        {**calibration, "fitted_on_training": True}
    )
