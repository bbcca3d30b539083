"""Tests of the table on the terminal."""

from typing import Any

import pytest

from conbal_tf.reporting.table import metrics_table


def test_table_holds_every_number_in_its_place(metrics: dict[str, Any]) -> None:
    cells = [line.split() for line in metrics_table(metrics).splitlines()]
    assert cells[0] == ["class", "train", "test", "precision", "recall", "F1"]
    assert cells[2] == ["nevus", "4,224", "2,011", "0.900", "0.950", "0.924"]
    assert cells[3] == ["melanoma", "701", "334", "0.500", "0.250", "0.333"]
    assert cells[4] == ["dermatofibroma", "73", "34", "0.000", "0.000", "0.000"]
    assert cells[6:] == [["accuracy", "0.831"], ["macro", "F1", "0.419"], ["balanced", "accuracy", "0.400"]]


def test_columns_are_aligned_and_no_line_ends_in_a_space(metrics: dict[str, Any]) -> None:
    lines = metrics_table(metrics).splitlines()
    assert len({len(line) for line in lines}) == 1
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
