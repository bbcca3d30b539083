"""Tests of the pictures and the table of calibration: drawn whatever a run looks like, and silent about nothing."""

import json
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from conbal_tf.reporting.calibration_figures import REMARK, prior_dial, reliability_diagram
from conbal_tf.reporting.calibration_table import calibration_table
from conbal_tf.reporting.run_folder import draw

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


def drawn(path: Path) -> np.ndarray:
    pixels = matplotlib.image.imread(path)[..., :3]
    assert pixels.std() > 0.05
    return pixels


def test_pictures_have_one_size_and_show_both_states(calibration: dict[str, Any], tmp_path: Path) -> None:
    for draw_one, height in ((reliability_diagram, 900), (prior_dial, 780)):
        draw_one(calibration, tmp_path / "a.png")
        pixels = drawn(tmp_path / "a.png")
        assert pixels.shape[:2] == (height, 780)
        for colour in ("#0072B2", "#D55E00"):
            rgb = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
            assert (np.abs(pixels - rgb).max(axis=2) < 0.01).sum() > 100


@pytest.mark.parametrize("draw_one", [reliability_diagram, prior_dial])
def test_picture_says_that_validation_was_trained_on(draw_one, calibration, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    draw_one(calibration, tmp_path / "honest.png")
    draw_one({**calibration, "fitted_on_training": True}, tmp_path / "not.png")
    assert REMARK.endswith("it says nothing")
    assert not np.array_equal(drawn(tmp_path / "honest.png"), drawn(tmp_path / "not.png"))


def test_single_bin_and_a_dial_that_changes_nothing_are_drawn(calibration: dict[str, Any], tmp_path: Path) -> None:
    one = {"confidence": [1.0], "accuracy": [1.0], "count": [3]}
    calibration["reliability"]["test"] = {"before": one, "after": one}
    calibration["prior_dial"] |= {"accuracy": [1.0] * 61, "balanced_accuracy": [1.0] * 61}
    reliability_diagram(calibration, tmp_path / "a.png")
    prior_dial({**calibration, "prior_strength": -0.0001}, tmp_path / "b.png")
    assert all(drawn(tmp_path / name).size for name in ("a.png", "b.png"))


@pytest.mark.parametrize(("draw_one", "key"), [(reliability_diagram, "reliability"), (prior_dial, "prior_dial")])
def test_calibration_without_what_is_drawn_is_refused(draw_one, key, calibration, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    del calibration[key]
    with pytest.raises(ValueError, match=rf"has no `{key}`: received .*make calibration.json again"):
        draw_one(calibration, tmp_path / "a.png")


def test_run_that_is_calibrated_gets_its_pictures(
    metrics: dict[str, Any], history: pd.DataFrame, calibration: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    history.to_csv(tmp_path / "history.csv", index=False)
    (tmp_path / "calibration.json").write_text(json.dumps(calibration))
    names = [path.name for path in draw(tmp_path)]
    assert names[-2:] == ["reliability.png", "prior_dial.png"]
    assert all((tmp_path / "figures" / name).stat().st_size > 5000 for name in names)


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
