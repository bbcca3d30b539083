"""The supervised contrastive loss against a plain double loop, its invariances and its edges."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.losses.contrastive import supervised_contrastive
from tests import reference
from tests.losses.embeddings import unit_vectors


def over_batch(z: np.ndarray, labels: np.ndarray, temperature: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    labels = np.asarray(labels)
    values, has_positive = supervised_contrastive(
        z, labels, z, labels, anchor_indices=np.arange(len(labels)), temperature=temperature
    )
    return keras.ops.convert_to_numpy(values), keras.ops.convert_to_numpy(has_positive)


def test_value_by_hand() -> None:
    z = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    values, has_positive = over_batch(z, np.array([0, 0, 1]), temperature=1.0)
    # Anchor 0: its positive lies at similarity 0, the other contrast at 1.
    assert values[0] == pytest.approx(math.log(math.e + 1.0))
    assert values[1] == pytest.approx(math.log(2.0))
    assert has_positive.tolist() == [True, True, False]


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 24), dimensions=st.integers(2, 9), classes=st.integers(1, 6),
    temperature=st.sampled_from([0.01, 0.05, 0.5, 1.0]), seed=st.integers(0, 2**16),
)  # fmt: skip
def test_agrees_with_the_double_loop(rows: int, dimensions: int, classes: int, temperature: float, seed: int) -> None:
    z = unit_vectors(rows, dimensions, seed)
    labels = np.random.default_rng(seed).integers(0, classes, rows)
    values, has_positive = over_batch(z, labels, temperature)
    expected = reference.supervised_contrastive(z, labels, temperature)
    assert has_positive.tolist() == [value is not None for value in expected]
    np.testing.assert_allclose(values, [value or 0.0 for value in expected], rtol=2e-4, atol=2e-4)


def test_anchors_may_be_a_part_of_the_contrasts() -> None:
    z, labels = unit_vectors(12, 5, 0), np.arange(12) % 3
    whole, _ = over_batch(z, labels)
    part, _ = supervised_contrastive(
        z[4:8], labels[4:8], z, labels, anchor_indices=np.arange(4, 8), temperature=0.1
    )  # fmt: skip
    np.testing.assert_allclose(part, whole[4:8], rtol=1e-6)


def test_anchor_without_positive_has_no_loss_and_says_so() -> None:
    values, has_positive = over_batch(unit_vectors(4, 3, 0), np.array([0, 1, 2, 2]))
    assert values[:2].tolist() == [0.0, 0.0]
    assert has_positive.tolist() == [False, False, True, True]


def test_collapsed_embeddings_give_log_of_the_number_of_others() -> None:
    values, _ = over_batch(np.tile(unit_vectors(1, 4, 0), (192, 1)), np.arange(192) % 7, 0.05)
    np.testing.assert_allclose(values, math.log(191), rtol=1e-5)


def test_perfect_clusters_give_about_log_of_the_number_of_positives() -> None:
    labels = np.arange(30) % 3
    values, _ = over_batch(np.eye(3, dtype=np.float32)[labels], labels, 0.05)
    np.testing.assert_allclose(values, math.log(9), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("temperature", [0.005, 0.01, 0.05])
def test_loss_and_gradient_are_finite_at_small_temperatures(dtype: str, temperature: float) -> None:
    z = tf.Variable(unit_vectors(16, 4, 3).astype(dtype))
    labels = np.array([0] * 15 + [1])
    with tf.GradientTape() as tape:
        values, _ = supervised_contrastive(z, labels, z, labels, anchor_indices=np.arange(16), temperature=temperature)
        total = tf.reduce_sum(values)
    gradient = tape.gradient(total, z)
    assert values.dtype == tf.float32
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0


def test_single_image_has_loss_zero_and_finite_gradient() -> None:
    values, has_positive = over_batch(unit_vectors(1, 3, 0), np.array([0]))
    assert values.tolist() == [0.0]
    assert not has_positive.any()
