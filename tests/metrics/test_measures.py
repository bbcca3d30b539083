"""Every metric against scikit-learn, with and without weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn import metrics as sk

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.classification import summarise
from conbal_tf.metrics.measures import OVERALL, PER_CLASS, measure
from conbal_tf.metrics.probability import BINS, bins_of
from conbal_tf.run_folder.class_order import NEED_ORDER
from conbal_tf.run_folder.forms import ALWAYS, LATER
from tests.metrics.made_answers import made_answers, weighted_answers
from tests.metrics.scikit_learn_says import from_scikit_learn


def close(expected: object) -> object:
    """Returns what equals `expected` to 1e-12, NaN included."""
    return pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)


# Of a: .6 and .4, right and wrong; of b: .9 and .5, right and right.
HAND = Answers(
    np.array([0, 0, 1, 1]),
    np.array([[0.6, 0.4], [0.4, 0.6], [0.1, 0.9], [0.5, 0.5]]),
    ("a", "b"),
    np.array(list("wxyz")),
    (("b",), (), ("a",)),
)


def taken(answers: Answers, places: np.ndarray) -> Answers:
    """Returns the answers to images at those places, which may repeat."""
    return replace(
        answers, labels=answers.labels[places], probabilities=answers.probabilities[places],
        groups=answers.groups[places],
    )  # fmt: skip


@given(weighted_answers())
@settings(deadline=None, max_examples=60)
def test_every_metric_equals_scikit_learns_with_weights(drawn: tuple[Answers, np.ndarray]) -> None:
    answers, weights = drawn
    measured = measure(answers, weights)
    for row, row_weights in enumerate(weights):
        for name, expected in from_scikit_learn(answers, row_weights).items():
            assert measured[name][row] == close(expected), name


def test_log_loss_and_brier_are_scikit_learns() -> None:
    answers = made_answers(200, 4, 0)
    softened = Answers(answers.labels, answers.probabilities * 0.9 + 0.025, answers.class_names, answers.groups)
    measured = measure(softened)
    assert measured["log_loss"][0] == close(sk.log_loss(softened.labels, softened.probabilities))
    assert measured["brier"][0] == close(
        sk.brier_score_loss(softened.labels, softened.probabilities, scale_by_half=False)
    )


@given(weighted_answers())
@settings(deadline=None, max_examples=30)
def test_weight_is_the_same_as_so_many_copies(drawn: tuple[Answers, np.ndarray]) -> None:
    answers, weights = drawn
    copies = np.repeat(np.arange(len(answers)), weights[1])
    copied = taken(answers, copies)
    weighted, plain = measure(answers, weights), measure(copied)
    # Without copies, a class of which there are images says nothing; one of which there are none counts 0.
    gone = set(answers.labels) != set(copied.labels)
    for name in set(OVERALL | PER_CLASS) - ({"precision", "f1", "macro_f1"} if gone else set()):
        assert weighted[name][1] == close(plain[name][0]), name


@given(weighted_answers())
@settings(deadline=None, max_examples=30)
def test_order_of_images_does_not_matter(drawn: tuple[Answers, np.ndarray]) -> None:
    answers, weights = drawn
    order = np.random.default_rng(0).permutation(len(answers))
    shuffled = taken(answers, order)
    before, after = measure(answers, weights), measure(shuffled, weights[:, order])
    for name in OVERALL | PER_CLASS:
        assert after[name] == close(before[name]), name


def test_figures_are_those_of_the_summary() -> None:
    answers = made_answers(300, 5, 1)
    summary, measured = summarise(answers.labels, answers.predicted, answers.class_names), measure(answers)
    for name in ("accuracy", "macro_f1", "balanced_accuracy"):
        assert measured[name][0] == close(summary[name])
    for name in ("precision", "recall", "f1"):
        expected = [scores[name] for scores in summary["per_class"].values()]
        assert measured[name][0] == close(expected)


def test_what_needs_an_order_is_left_out_where_the_classes_have_none() -> None:
    graded = made_answers(60, 3, 0)
    named = replace(graded, ordered=False)
    assert {name for name, of in OVERALL.items() if of.needs_order} == set(NEED_ORDER)
    assert set(measure(graded)) - set(measure(named)) == set(NEED_ORDER)
    assert set(ALWAYS) | set(LATER) == set(OVERALL) and not set(ALWAYS) & set(LATER)


def test_values_by_hand() -> None:
    measured = {name: values[0] for name, values in measure(HAND).items()}
    # The tie of the last image goes to the first class, so it is wrong.
    assert measured["accuracy"] == 0.5
    # True a, called a: 1; a called b: 1; b called a: 1; b called b: 1.
    assert measured["f1"].tolist() == [0.5, 0.5]
    assert (measured["major_f1"], measured["minor_f1"]) == (0.5, 0.5)
    assert np.isnan(measured["middle_f1"])
    assert measured["specificity"].tolist() == [0.5, 0.5]
    # Scores of b: .4 and .6 without, .9 and .5 with: of four pairs .5 > .4, .9 > .4, .9 > .6 are in order.
    assert measured["auc"].tolist() == pytest.approx([0.75, 0.75])
    # b ranked: .9 (b), .6 (a), .5 (b): 1/1 and 2/3. a ranked: .6 (a), .5 (b), .4 (a): 1/1 and 2/3.
    assert measured["average_precision"].tolist() == pytest.approx([5 / 6, 5 / 6])
    assert measured["log_loss"] == pytest.approx(-np.log([0.6, 0.4, 0.9, 0.5]).mean())
    assert measured["brier"] == pytest.approx(2 * (0.4**2 + 0.6**2 + 0.1**2 + 0.5**2) / 4)
    # Largest probabilities .6 (right), .6 (wrong), .9 (right), .5 (wrong); .6 and .6 share a bin.
    assert measured["ece"] == pytest.approx((abs(1.2 - 1) + abs(0.9 - 1) + abs(0.5 - 0)) / 4)
    # Of a: .6 true, .4 true, .1 false, .5 false, and as much of b.
    assert measured["classwise_ece"] == pytest.approx((0.4 + 0.6 + 0.1 + 0.5) / 4)


def test_calibration_error_is_that_of_a_plain_loop() -> None:
    answers = made_answers(500, 4, 2)
    confidence, right = answers.probabilities.max(axis=1), answers.predicted == answers.labels
    expected = 0.0
    for bin_number in range(BINS):
        inside = [i for i in range(500) if bin_number / BINS < confidence[i] <= (bin_number + 1) / BINS]
        if inside:
            expected += abs(confidence[inside].mean() - right[inside].mean()) * len(inside) / 500
    assert measure(answers)["ece"][0] == pytest.approx(expected)


def test_bins_hold_their_upper_edge_and_the_ends() -> None:
    assert bins_of(np.array([0.0, 1e-9, 1 / BINS, 1 / BINS + 1e-9, 1.0])).tolist() == [0, 0, 0, 1, BINS - 1]


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]], r"unknown class: received 0 to 2\. Allowed are 0 to 1"),
        (
            [0, 1],
            [[0.5, 0.5], [0.9, 0.5]],
            r"Row 1 is no distribution .*\(1 of 2 rows are none\): received \[0\.9, 0\.5\]",
        ),
        ([0, 1], [[0.5, 0.5], [np.nan, 0.5]], r"Row 1 is no distribution"),
        ([0, 1], [[0.5, 0.5], [1.5, -0.5]], r"Row 1 is no distribution"),
        ([0], [[0.5, 0.5], [0.5, 0.5]], r"do not match: received shapes \(1,\), \(2, 2\)"),
        ([], np.zeros((0, 2)), r"n of at least 1"),
    ],
)
def test_answers_that_are_none_are_refused(labels: list[int], probabilities: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Answers(np.array(labels, int), np.array(probabilities), ("a", "b"), np.array(["g"] * len(labels)))


def test_every_metric_has_a_title_of_its_own_and_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    for table in (OVERALL, PER_CLASS):
        assert len({metric.title for metric in table.values()}) == len(table)
        assert all(f"`{name}`" in page for name in table)


def test_better_answers_are_better_by_every_metric() -> None:
    good, bad = (measure(made_answers(2000, 4, 0, skill=skill)) for skill in (3.0, 1.0))
    known = {name: metric for name, metric in OVERALL.items() if not np.isnan(good[name][0])}
    # How well a classifier is calibrated has nothing to do with how good it is.
    for name in known.keys() - {"ece", "classwise_ece"}:
        assert (good[name][0] < bad[name][0]) == known[name].lower_is_better, name
