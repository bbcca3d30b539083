"""Tests of the order and content of a run's classes."""

from typing import Any

import pytest

from conbal_tf.reporting.class_rows import ClassRow, class_rows


def test_classes_are_ordered_by_training_count(metrics: dict[str, Any]) -> None:
    rows = class_rows(metrics)
    assert [row.name for row in rows] == ["nevus", "melanoma", "dermatofibroma"]
    assert rows[1] == ClassRow("melanoma", train_count=701, support=334, precision=0.5, recall=0.25, f1=0.333)


def test_equal_counts_keep_the_order_of_the_data_set(metrics: dict[str, Any]) -> None:
    metrics["train_counts"] = dict.fromkeys(reversed(metrics["class_names"]), 10)
    assert [row.name for row in class_rows(metrics)] == metrics["class_names"]


@pytest.mark.parametrize("key", ["class_names", "per_class", "train_counts"])
def test_missing_key_is_named(metrics: dict[str, Any], key: str) -> None:
    del metrics[key]
    with pytest.raises(ValueError, match=f"have no `{key}`: received .*evaluate the run again"):
        class_rows(metrics)


@pytest.mark.parametrize("key", ["per_class", "train_counts"])
def test_missing_class_is_refused(metrics: dict[str, Any], key: str) -> None:
    del metrics[key]["nevus"]
    with pytest.raises(ValueError, match=f"`{key}` are not those of the run: received .*Allowed are .*nevus"):
        class_rows(metrics)
