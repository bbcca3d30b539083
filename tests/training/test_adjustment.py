"""Corrections of a trained head: tau by hand, the formula of the logit adjustment, and what is left alone."""

import keras
import numpy as np
import pytest

from conbal_tf.networks.heads import classifier_head
from conbal_tf.settings.methods import LogitAdjusted
from conbal_tf.training.adjustment import TAUS, normalise_weights, subtract_log_prior
from conbal_tf.training.learning import Task
from tests.training.made_stages import made_stage

COUNTS = np.array([70, 20, 10])


def head_with(kernel: list[list[float]], bias: list[float]) -> keras.Model:
    head = classifier_head(len(kernel), len(bias))
    head.get_layer("logits").set_weights([np.array(kernel, np.float32), np.array(bias, np.float32)])
    return head


def weights_of(head: keras.Model) -> list[np.ndarray]:
    return head.get_layer("logits").get_weights()


def task_of(counts: np.ndarray = COUNTS, visits: np.ndarray | None = None) -> Task:
    return Task(made_stage(counts, visits), int)


def made_up(seed: int, rows: int = 60) -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """Returns a head with random weights, features [(rows, 4) float32] and labels of three classes."""
    random = np.random.default_rng(seed)
    head = head_with(random.normal(size=(4, 3)).tolist(), random.normal(size=3).tolist())
    return head, random.normal(size=(rows, 4)).astype(np.float32), np.arange(rows) % 3


def test_smallest_tau_that_undoes_the_long_weights_of_a_frequent_class_is_chosen() -> None:
    head = head_with([[4.0, 0.0], [0.0, 1.0]], [0.5, 0.0])
    features, labels = np.array([[1.0, 0.9], [0.45, 1.0]], np.float32), np.array([0, 1])
    # The second is right where 4^(1 - tau) * 0.45 < 1: from tau 0.424 on, and 0.45 is the next of TAUS.
    chosen = normalise_weights(head, features, labels, task_of(np.array([90, 10])))
    assert chosen == {"tau": pytest.approx(0.45), "val_balanced_accuracy": 1.0}
    kernel, bias = weights_of(head)
    np.testing.assert_allclose(kernel, [[4**0.55, 0.0], [0.0, 1.0]], rtol=1e-6)
    assert bias.tolist() == [0.0, 0.0]
    assert np.argmax(head(features), axis=1).tolist() == [0, 1]


def test_tau_0_on_a_head_without_bias_changes_nothing() -> None:
    head = head_with([[4.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    before = weights_of(head)
    features, labels = np.eye(2, dtype=np.float32), np.array([0, 1])  # right from the start
    assert normalise_weights(head, features, labels, task_of(np.array([90, 10])))["tau"] == 0.0
    for old, new in zip(before, weights_of(head), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_tau_answers_better_than_the_chosen(seed: int) -> None:
    head, features, labels = made_up(seed)
    kernel, _ = weights_of(head)
    chosen = normalise_weights(head, features, labels, task_of())
    scores = []
    for tau in TAUS:
        answers = (features @ (kernel / np.linalg.norm(kernel, axis=0) ** tau)).argmax(axis=1)
        scores.append(np.mean([(answers[labels == label] == label).mean() for label in range(3)]))
    assert chosen["val_balanced_accuracy"] == pytest.approx(max(scores))
    assert chosen["tau"] == pytest.approx(TAUS[int(np.argmax(scores))])


def test_tau_leaves_the_direction_of_weights_and_stands_a_class_without_any() -> None:
    head = head_with([[4.0, 0.0, 1.0], [2.0, 0.0, 2.0]], [0.0, 0.0, 0.0])
    features, labels = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32), np.arange(30) % 3
    normalise_weights(head, features, labels, task_of())
    kernel, _ = weights_of(head)
    assert np.isfinite(kernel).all()
    assert kernel[:, 1].tolist() == [0.0, 0.0]
    assert kernel[0, 0] / kernel[1, 0] == pytest.approx(2.0, rel=1e-6)


@pytest.mark.parametrize("tau", [0.5, 1.0])
def test_post_hoc_adjustment_lowers_the_logits_by_tau_times_the_log_shares(tau: float) -> None:
    head, features, labels = made_up(1)
    kernel, bias = weights_of(head)
    chosen = subtract_log_prior(head, features, labels, task_of(), LogitAdjusted("post_hoc", tau))
    expected = features @ kernel + bias - tau * np.log([0.7, 0.2, 0.1])
    np.testing.assert_allclose(head(features), expected, rtol=1e-5, atol=1e-5)
    recalls = [(expected[labels == label].argmax(axis=1) == label).mean() for label in range(3)]
    assert chosen == {"tau": tau, "val_balanced_accuracy": pytest.approx(np.mean(recalls))}


def test_classes_that_are_shown_equally_often_keep_their_answers() -> None:
    head, features, labels = made_up(2)
    before = np.argmax(head(features), axis=1)
    subtract_log_prior(head, features, labels, task_of(visits=np.array([70, 70, 70])), LogitAdjusted())
    assert np.argmax(head(features), axis=1).tolist() == before.tolist()


def test_head_that_was_trained_with_the_adjustment_is_left_alone() -> None:
    head, features, labels = made_up(3)
    before, answers = weights_of(head), np.argmax(head(features), axis=1)
    chosen = subtract_log_prior(head, features, labels, task_of(), LogitAdjusted("loss", 1.0))
    for old, new in zip(before, weights_of(head), strict=True):
        np.testing.assert_array_equal(old, new)
    recalls = [(answers[labels == label] == label).mean() for label in range(3)]
    assert chosen["val_balanced_accuracy"] == pytest.approx(np.mean(recalls))
