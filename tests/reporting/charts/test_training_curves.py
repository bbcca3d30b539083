"""Tests of the curves of training: which there are, and that they are drawn whatever a run looks like."""

import numpy as np
import pandas as pd
import pytest

from conbal_tf.reporting.charts.chart import Key
from conbal_tf.reporting.charts.training_curves import MARKED, scores_side_by_side, training_curves
from tests.reporting.charts.drawings import assert_no_text_is_cut_off_or_covered, elements, texts


def test_each_stage_has_a_chart_of_what_was_recorded_and_its_last_values(history: pd.DataFrame) -> None:
    curves = training_curves(history)
    assert list(curves) == ["Stage 1: backbone, contrastive", "Stage 2: classifier head"]
    first, second = curves.values()
    assert [chart.heading for chart in first] == ["Loss", "Scores", "Learning rate"]
    assert [[key.label for key in chart.keys] for chart in second] == [
        ["last 0.900"],
        ["training accuracy 0.600", "validation balanced 0.500"],
        ["last 0.500"],
    ]
    for chart in (*first, *second):
        assert_no_text_is_cut_off_or_covered(chart)


@pytest.mark.parametrize("epochs", [1, 3, 1000])
def test_few_epochs_are_marked(epochs: int) -> None:
    values = np.linspace(0.9, 0.1, epochs)
    history = pd.DataFrame({"stage": "cross_entropy", "epoch": range(epochs), "loss": values})
    (chart,) = training_curves(history)["Backbone and head, cross-entropy"]
    assert len(elements(chart, "circle")) == (epochs if epochs <= MARKED else 0)
    assert f"Over {epochs} epochs" in chart.description


def test_epoch_in_which_a_run_diverged_leaves_a_gap(history: pd.DataFrame) -> None:
    history.loc[1, "loss"] = np.inf
    history["val_balanced_accuracy"] = np.nan
    loss, *others = training_curves(history)["Stage 1: backbone, contrastive"]
    (path,) = elements(loss, "path", "line")
    assert path.get("d", "").count("M") == 2
    assert [chart.heading for chart in others] == ["Learning rate"]


def test_value_that_never_changes_has_a_scale_of_its_size_and_the_learning_rate_begins_at_0() -> None:
    history = pd.DataFrame({"stage": "contrastive", "epoch": range(3), "loss": 2000.0, "learning_rate": 0.0001})
    loss, rate = training_curves(history)["Stage 1: backbone, contrastive"]
    assert texts(loss, "tick")[:5] == ["1800", "1900", "2000", "2100", "2200"]
    assert texts(rate, "tick")[0] == "0"
    assert {circle.get("cy") for circle in elements(loss, "circle")} == {"75.0"}


def test_last_value_that_is_not_finite_is_told_and_a_small_one_not_rounded_away(history: pd.DataFrame) -> None:
    history.loc[2, "loss"] = np.inf
    history.loc[2, "learning_rate"] = 0.00004
    loss, _, rate = training_curves(history)["Stage 1: backbone, contrastive"]
    assert [loss.keys[0].label, rate.keys[0].label] == ["last not finite", "last 4e−05"]


def test_scores_of_runs_end_where_their_stage_does(history: pd.DataFrame) -> None:
    longer = pd.concat([history[:3], history[:3].assign(epoch=[3, 4, 5])])
    chart = scores_side_by_side([(Key(0, "A"), history), (Key(1, "B"), longer)])
    assert len(elements(chart, "path", "line")) == 2
    (circle,), (square,) = elements(chart, "circle", "s0"), elements(chart, "polygon", "s1")
    assert float(circle.get("cx") or 0) == chart.width - 26
    assert max(float(point.partition(",")[0]) for point in (square.get("points") or "").split()) > chart.width - 26
