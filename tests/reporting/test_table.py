"""Tests of the table on the terminal."""

from typing import Any

import pytest

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.table import metrics_table


def test_table_holds_every_number_in_its_place(metrics: dict[str, Any]) -> None:
    metrics["per_class"]["melanoma"] |= {"specificity": 0.96, "auc": 0.875}
    metrics["log_loss"] = 1.25
    metrics["intervals"] = {
        "overall": {"macro_f1": {"bca": [0.4, 0.44]}, "accuracy": {"bca": [None, None]}},
        "per_class": {"melanoma": {"f1": {"bca": [0.3, 0.37], "percentile": [0.1, 0.9]}}},
    }
    cells = [line.split() for line in metrics_table(metrics).splitlines()]
    assert cells[0] == ["class", "train", "test", "precision", "recall", "specificity", "AUC", "F1", "95", "%"]
    assert cells[2] == ["nevus", "4,224", "2,011", "0.900", "0.950", "-", "-", "0.924"]
    assert cells[3] == ["melanoma", "701", "334", "0.500", "0.250", "0.960", "0.875", "0.333", "0.300-0.370"]
    assert cells[4] == ["dermatofibroma", "73", "34", "0.000", "0.000", "-", "-", "0.000"]
    assert cells[6:] == [
        ["accuracy", "0.831"],
        ["macro", "F1", "0.419", "0.400-0.440"],
        ["balanced", "accuracy", "0.400"],
        ["log", "loss", "1.250"],
    ]


def test_operating_point_is_a_sentence(metrics: dict[str, Any]) -> None:
    point = {"positive": ["a", "b"], "specificity": 0.9, "chosen_on": "validation", "achieved_specificity": 0.88}
    metrics["operating_points"] = [{**point, "sensitivity": 0.75}, {**point, "sensitivity": None}]
    metrics["intervals"] = {"operating_points": [{"sensitivity": {"bca": [0.7, 0.8]}}] * 2}
    assert metrics_table(metrics).splitlines()[-2:] == [
        "",
        "a or b: 0.750 (95 %: 0.700-0.800) found and 0.880 of the others left alone, "
        "at the threshold that leaves 0.9 of them alone on validation.",
    ]


def test_threshold_of_images_that_were_trained_on_is_called_so(metrics: dict[str, Any]) -> None:
    point = {"positive": ["a"], "specificity": 0.9, "chosen_on": "validation", "trained_on": True}
    metrics["operating_points"] = [{**point, "achieved_specificity": 0.7, "sensitivity": 0.75}]
    metrics["intervals"] = {"operating_points": [{"sensitivity": {"bca": [None, None]}}]}
    assert metrics_table(metrics).endswith("leaves 0.9 of them alone on validation, which was trained on.")


def test_columns_are_aligned_and_no_line_ends_in_a_space(metrics: dict[str, Any]) -> None:
    metrics["intervals"] = {"overall": {key: {"bca": [0.1, 0.2]} for key in OVERALL}}
    lines = metrics_table(metrics).splitlines()
    assert len({len(line) for line in lines[-3:]} | {len(lines[0])}) == 1
    assert {line.rindex(".") for line in lines[2:5]} == {line.index(".") for line in lines[-3:]}
    assert all(line == line.rstrip() for line in lines)


def test_table_fits_100_columns_whatever_the_names(metrics: dict[str, Any]) -> None:
    name = "a lesion with a name that is far too long for any table that anybody would like to read"
    for part in ("per_class", "train_counts"):
        metrics[part][name] = metrics[part].pop("nevus")
    metrics["class_names"] = [name, "melanoma", "dermatofibroma"]
    lines = metrics_table(metrics).splitlines()
    assert max(map(len, lines)) == 100
    assert lines[2].startswith("a lesion with a name")
    assert "…  " in lines[2]


@pytest.mark.parametrize("key", ["part", "accuracy", "macro_f1", "balanced_accuracy"])
def test_missing_number_is_named(metrics: dict[str, Any], key: str) -> None:
    del metrics[key]
    with pytest.raises(ValueError, match=f"have no `{key}`: received .*evaluate the run again"):
        metrics_table(metrics)
