"""GlobalMean on one replica: by hand, against plain means, and where nothing weighs anything."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.losses.classification import cross_entropy, known
from conbal_tf.training.global_mean import GlobalMean


def first_logit(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    return logits[:, 0]


def weight_of_label(labels: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    return tf.gather([1.0, 3.0], labels)


def loss_and_gradient(loss: keras.losses.Loss, labels: np.ndarray, logits: np.ndarray) -> tuple[float, np.ndarray]:
    logits = tf.constant(logits, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(labels, logits)
    return float(value), tape.gradient(value, logits).numpy()


def test_weighted_mean_by_hand() -> None:
    loss = GlobalMean(first_logit, weight_of_label)
    value, gradient = loss_and_gradient(loss, np.array([0, 1, 1]), np.array([[5.0], [1.0], [2.0]]))
    assert value == pytest.approx((1 * 5 + 3 * 1 + 3 * 2) / 7)
    np.testing.assert_allclose(gradient[:, 0], [1 / 7, 3 / 7, 3 / 7], rtol=1e-6)


def test_weights_made_of_the_values_have_no_gradient_of_their_own() -> None:
    loss = GlobalMean(first_logit, lambda labels, values: values)
    value, gradient = loss_and_gradient(loss, np.array([0, 0]), np.array([[1.0], [3.0]]))
    assert value == pytest.approx((1 * 1 + 3 * 3) / 4)
    np.testing.assert_allclose(gradient[:, 0], [1 / 4, 3 / 4])


def test_without_any_weight_the_loss_is_zero_and_its_gradient_finite() -> None:
    loss = GlobalMean(cross_entropy, lambda labels, values: known(labels))
    value, gradient = loss_and_gradient(loss, np.array([-1, -1]), np.array([[2.0, -1.0], [0.0, 1.0]]))
    assert value == 0.0
    np.testing.assert_array_equal(gradient, np.zeros((2, 2)))


def test_unknown_labels_are_left_out_of_the_mean() -> None:
    logits = np.array([[2.0, -1.0], [0.0, 1.0], [0.5, 0.5]])
    masked = GlobalMean(cross_entropy, lambda labels, values: known(labels))
    value, gradient = loss_and_gradient(masked, np.array([0, -1, 1]), logits)
    alone, _ = loss_and_gradient(GlobalMean(cross_entropy), np.array([0, 1]), logits[[0, 2]])
    assert value == pytest.approx(alone)
    np.testing.assert_array_equal(gradient[1], [0.0, 0.0])


@settings(max_examples=25)
@given(rows=st.integers(1, 20), classes=st.integers(2, 6), seed=st.integers(0, 2**16))
def test_of_equal_weights_it_is_the_mean_of_keras_cross_entropy(rows: int, classes: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    labels, logits = random.integers(0, classes, rows), random.normal(size=(rows, classes))
    ours = loss_and_gradient(GlobalMean(cross_entropy), labels, logits)
    theirs = loss_and_gradient(keras.losses.SparseCategoricalCrossentropy(from_logits=True), labels, logits)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    np.testing.assert_allclose(ours[1], theirs[1], atol=1e-6)


@settings(max_examples=25)
@given(rows=st.integers(1, 20), seed=st.integers(0, 2**16))
def test_agrees_with_the_weighted_average_of_numpy_and_permuting_changes_nothing(rows: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    labels, logits = random.integers(0, 2, rows), random.normal(size=(rows, 1)).astype(np.float32)
    loss, order = GlobalMean(first_logit, weight_of_label), random.permutation(rows)
    expected = np.average(logits[:, 0], weights=np.array([1.0, 3.0])[labels])
    assert float(loss(labels, logits)) == pytest.approx(expected, abs=1e-5)
    assert float(loss(labels[order], logits[order])) == pytest.approx(expected, abs=1e-5)


def test_labels_may_stand_in_a_column_and_half_precision_is_averaged_in_float32() -> None:
    labels, logits = np.array([[0], [1]]), np.array([[4.0, 1.0], [0.5, 1.5]], np.float16)
    value = GlobalMean(cross_entropy)(labels, logits)
    assert value.dtype == tf.float32
    assert float(value) == pytest.approx(float(GlobalMean(cross_entropy)(labels[:, 0], logits.astype(np.float32))))
