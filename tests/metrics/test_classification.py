"""Tests of the classification metrics."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics as sk

from conbal_tf.metrics.classification import (
    METRICS,
    accuracy,
    balanced_accuracy,
    macro_f1,
    per_class_f1,
    quadratic_weighted_kappa,
    summarise,
)

# Class 0: 2 of 3 found, 2 of 2 right. Class 1: 1 of 1 found, 1 of 3 right. Class 2: 1 of 2 found, 1 of 1 right.
LABELS, PREDICTED = [0, 0, 0, 1, 2, 2], [0, 0, 1, 1, 2, 1]
NAMES = ["nevus", "melanoma", "vascular lesion"]
# The metrics that read classes as grades. Their lower bound is -1.
ORDINAL = {"quadratic_weighted_kappa": quadratic_weighted_kappa}
FUNCTIONS = {**METRICS, **ORDINAL}
IntArray = NDArray[np.int64]


@st.composite
def decisions(draw: st.DrawFn) -> tuple[IntArray, IntArray, int]:
    """Draws true classes, predicted classes and the number of classes, of which some may occur nowhere."""
    n_classes, n, seed = draw(st.integers(1, 9)), draw(st.integers(1, 60)), draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    return random.integers(0, n_classes, n), random.integers(0, n_classes, n), n_classes


def test_values_by_hand() -> None:
    assert accuracy(LABELS, PREDICTED, 3) == pytest.approx(4 / 6)
    assert per_class_f1(LABELS, PREDICTED, 3) == pytest.approx([4 / 5, 1 / 2, 2 / 3])
    assert macro_f1(LABELS, PREDICTED, 3) == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)
    assert balanced_accuracy(LABELS, PREDICTED, 3) == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    # The classes are true 3, 1, 2 times and predicted 2, 3, 1 times. Squared distances: found 1 + 1, by chance
    # (3·3·1 + 3·1·4 + 1·2·1 + 1·1·1 + 2·2·4 + 2·3·1) / 6.
    assert quadratic_weighted_kappa(LABELS, PREDICTED, 3) == pytest.approx(1 - 2 / (46 / 6))


def test_summary_by_hand() -> None:
    summary = summarise(LABELS, PREDICTED, NAMES)
    assert list(summary) == [
        *("accuracy", "macro_f1", "balanced_accuracy"),
        *("per_class", "confusion_matrix", "class_names"),
    ]
    assert summary["confusion_matrix"] == [[2, 1, 0], [0, 1, 0], [0, 1, 1]]
    assert summary["class_names"] == NAMES
    assert list(summary["per_class"]) == NAMES
    assert summary["per_class"]["melanoma"] == pytest.approx(
        {"precision": 1 / 3, "recall": 1, "f1": 1 / 2, "support": 1}
    )
    assert summary["per_class"]["nevus"] == pytest.approx({"precision": 1, "recall": 2 / 3, "f1": 4 / 5, "support": 3})


def test_summary_survives_json_unchanged() -> None:
    summary = summarise(np.array(LABELS, np.int32), np.array(PREDICTED, np.int64), tuple(NAMES))
    assert json.loads(json.dumps(summary)) == summary


@given(decisions())
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore:A single label was found:UserWarning")
def test_summary_equals_scikit_learn(drawn: tuple[IntArray, IntArray, int]) -> None:
    labels, predicted, n_classes = drawn
    names = [f"class {c}" for c in range(n_classes)]
    summary = summarise(labels, predicted, names)
    report = sk.classification_report(
        labels, predicted, labels=range(n_classes), target_names=names, output_dict=True, zero_division=0
    )
    assert summary["accuracy"] == pytest.approx(np.mean(labels == predicted), abs=1e-12)
    assert summary["macro_f1"] == pytest.approx(report["macro avg"]["f1-score"], abs=1e-12)
    for name in names:
        expected = dict(report[name])
        expected["f1"] = expected.pop("f1-score")
        assert summary["per_class"][name] == pytest.approx(expected, abs=1e-12)


@given(decisions())
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true:UserWarning")
@pytest.mark.filterwarnings("ignore:A single label was found:UserWarning")
def test_balanced_accuracy_equals_scikit_learn(drawn: tuple[IntArray, IntArray, int]) -> None:
    labels, predicted, n_classes = drawn
    expected = sk.balanced_accuracy_score(labels, predicted)
    assert balanced_accuracy(labels, predicted, n_classes) == pytest.approx(expected, abs=1e-12)


@given(decisions())
@settings(max_examples=60, deadline=None)
def test_kappa_equals_squared_distances_over_those_of_all_pairs(drawn: tuple[IntArray, IntArray, int]) -> None:
    labels, predicted, n_classes = drawn
    found = sum((int(t) - int(p)) ** 2 for t, p in zip(labels, predicted, strict=True)) / len(labels)
    by_chance = sum((int(t) - int(p)) ** 2 for t in labels for p in predicted) / len(labels) ** 2
    expected = 1 - found / by_chance if by_chance else 0.0
    assert quadratic_weighted_kappa(labels, predicted, n_classes) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(decisions())
@settings(max_examples=30, deadline=None)
def test_every_metric_is_within_its_bounds_and_ignores_the_order_of_examples(
    name: str, drawn: tuple[IntArray, IntArray, int]
) -> None:
    labels, predicted, n_classes = drawn
    value = FUNCTIONS[name](labels, predicted, n_classes)
    order = np.random.default_rng(0).permutation(len(labels))
    assert isinstance(value, float)
    assert (-1 if name in ORDINAL else 0) <= value <= 1
    assert FUNCTIONS[name](labels[order], predicted[order], n_classes) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(decisions())
@settings(max_examples=30, deadline=None)
def test_every_metric_ignores_the_order_of_classes_or_if_ordinal_their_direction(
    name: str, drawn: tuple[IntArray, IntArray, int]
) -> None:
    labels, predicted, n_classes = drawn
    renamed = np.random.default_rng(1).permutation(n_classes)
    if name in ORDINAL:
        renamed = np.arange(n_classes)[::-1]
    value = FUNCTIONS[name](labels, predicted, n_classes)
    assert FUNCTIONS[name](renamed[labels], renamed[predicted], n_classes) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_metric_is_1_for_perfect_predictions(name: str) -> None:
    assert FUNCTIONS[name](LABELS, LABELS, 3) == 1.0


def test_class_that_is_absent_everywhere_counts_as_0_in_macro_f1_but_not_in_balanced_accuracy() -> None:
    assert macro_f1([0, 1], [0, 1], 4) == 0.5
    assert balanced_accuracy([0, 1], [0, 1], 4) == 1.0
    assert summarise([0, 1], [0, 1], list("abcd"))["per_class"]["d"] == {
        "precision": 0.0,
        "recall": 0.0,
        "f1": 0.0,
        "support": 0,
    }


def test_class_that_is_predicted_but_never_true_gives_no_warning() -> None:
    assert balanced_accuracy([0, 0, 1, 1], [0, 2, 1, 1], 3) == pytest.approx((1 / 2 + 1) / 2)


def test_kappa_punishes_a_far_grade_more_than_a_near_one() -> None:
    assert quadratic_weighted_kappa([0, 1, 2, 3], [1, 1, 2, 3], 4) > quadratic_weighted_kappa(
        [0, 1, 2, 3], [3, 1, 2, 3], 4
    )
    assert quadratic_weighted_kappa([0, 3], [3, 0], 4) == -1.0


def test_grade_that_occurs_nowhere_keeps_its_place_in_kappa() -> None:
    labels, predicted = np.array([0, 0, 1, 1, 3, 3]), np.array([0, 1, 1, 0, 3, 1])
    without_gap = quadratic_weighted_kappa(np.minimum(labels, 2), np.minimum(predicted, 2), 3)
    assert quadratic_weighted_kappa(labels, predicted, 4) != pytest.approx(without_gap, abs=1e-3)


def test_kappa_is_0_by_chance_and_where_one_class_is_all_there_is() -> None:
    assert quadratic_weighted_kappa([0, 0, 1, 1], [0, 1, 0, 1], 2) == 0.0
    assert quadratic_weighted_kappa([0, 1, 2], [1, 1, 1], 3) == 0.0
    assert quadratic_weighted_kappa([2, 2], [2, 2], 3) == 0.0
    assert quadratic_weighted_kappa([0], [0], 1) == 0.0


@pytest.mark.parametrize("function", [summarise, *FUNCTIONS.values(), per_class_f1])
@pytest.mark.parametrize(
    ("labels", "predicted", "message"),
    [
        ([0, 1, 1], [0, 1], r"received shapes \(3,\) and \(2,\)"),
        ([], [], r"at least one example"),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], r"not its probabilities"),
        ([0, 3, 1], [0, 1, 1], r"`labels` hold an unknown class: received 3 \(1 of 3 .*Allowed are 0 to 2"),
        ([0, 1, 1], [0, -1, 1], r"`predicted` hold an unknown class: received -1"),
        ([0, 1, 1], [0.0, 1.0, 1.0], r"`predicted` are no classes: received float64. Allowed are integers"),
    ],
)
def test_wrong_input_is_refused(function: Callable, labels: list, predicted: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        function(labels, predicted, NAMES if function is summarise else 3)


def test_repeated_class_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'nevus' stands more than once"):
        summarise([0, 1], [0, 1], ["nevus", "nevus"])
