"""The balanced contrastive loss against a plain loop over classes, its relation to the paper's loss and its edges."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.losses.balanced_contrastive import balanced_contrastive
from conbal_tf.losses.contrastive import supervised_contrastive
from tests import reference_losses
from tests.losses.embeddings import unit_vectors


def over_batch(
    z: np.ndarray, labels: np.ndarray, temperature: float = 0.1, prototypes: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the loss with every row an anchor, but for the prototypes, which stand last."""
    n = len(labels) - prototypes
    values, has_positive = balanced_contrastive(
        z[:n], labels[:n], z, labels, anchor_indices=np.arange(n), temperature=temperature
    )
    return keras.ops.convert_to_numpy(values), keras.ops.convert_to_numpy(has_positive)


def supervised(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    values, _ = supervised_contrastive(z, labels, z, labels, anchor_indices=np.arange(len(labels)), temperature=0.1)
    return keras.ops.convert_to_numpy(values)


def test_value_by_hand() -> None:
    z = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [-1, 0]], np.float32)
    values, has_positive = over_batch(z, np.array([0, 0, 1, 1, 1]), temperature=1.0)
    # Anchor 0: its positive lies at similarity 0, and the three of the other class at 1, 0 and -1.
    assert values[0] == pytest.approx(math.log(1 + (math.e + 1 + 1 / math.e) / 3))
    # Anchor 2: its positives lie at 0 and -1, the two of the other class at 1 and 0.
    assert values[2] == pytest.approx(0.5 + math.log((1 + 1 / math.e) / 2 + (math.e + 1) / 2))
    assert has_positive.all()


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 24), dimensions=st.integers(2, 9), classes=st.integers(1, 6), with_prototypes=st.booleans(),
    temperature=st.sampled_from([0.01, 0.05, 0.5, 1.0]), seed=st.integers(0, 2**16),
)  # fmt: skip
def test_agrees_with_the_loop_over_classes(
    rows: int, dimensions: int, classes: int, with_prototypes: bool, temperature: float, seed: int
) -> None:
    prototypes = classes if with_prototypes else 0
    z = unit_vectors(rows + prototypes, dimensions, seed)
    labels = np.concatenate([np.random.default_rng(seed).integers(0, classes, rows), np.arange(prototypes)])
    values, has_positive = over_batch(z, labels, temperature, prototypes)
    expected = reference_losses.balanced_contrastive(z, labels, rows, temperature)
    assert has_positive.tolist() == [value is not None for value in expected]
    np.testing.assert_allclose(values, [value or 0.0 for value in expected], rtol=2e-4, atol=2e-4)


def test_anchors_may_be_a_part_of_the_contrasts() -> None:
    z, labels = unit_vectors(12, 5, 0), np.arange(12) % 3
    whole, _ = over_batch(z, labels)
    part, _ = balanced_contrastive(z[4:8], labels[4:8], z, labels, anchor_indices=np.arange(4, 8), temperature=0.1)
    np.testing.assert_allclose(part, whole[4:8], rtol=1e-6)


def test_class_of_which_all_contrasts_stand_twice_weighs_the_same() -> None:
    z, labels = unit_vectors(9, 4, 0), np.arange(9) % 3
    others = labels == 2
    twice = np.concatenate([z, z[others]]), np.concatenate([labels, labels[others]])
    anchors_of_the_rest = np.flatnonzero(labels != 2)
    balanced = over_batch(z, labels)[0][anchors_of_the_rest]
    np.testing.assert_allclose(over_batch(*twice)[0][anchors_of_the_rest], balanced, rtol=1e-5)
    # The supervised loss counts it twice: what this loss is for.
    assert np.all(supervised(*twice)[anchors_of_the_rest] > supervised(z, labels)[anchors_of_the_rest] + 1e-3)


def test_where_all_classes_have_m_other_contrasts_it_is_the_supervised_loss_less_log_m() -> None:
    # Anchors of class 0 see 4 others of it, and 4 of each other class.
    z, labels = unit_vectors(13, 5, 0), np.array([0] * 5 + [1] * 4 + [2] * 4)
    difference = supervised(z, labels) - over_batch(z, labels)[0]
    np.testing.assert_allclose(difference[:5], math.log(4), rtol=1e-4)


def test_between_n_images_of_each_class_it_is_the_supervised_loss_less_log_n_or_a_little_less() -> None:
    # An anchor's own class has n - 1 others, so its terms are divided by n - 1, those of all other classes by n.
    z, labels = unit_vectors(20, 5, 0), np.arange(20) % 4
    difference = supervised(z, labels) - over_batch(z, labels)[0]
    assert np.all(difference > math.log(4))
    assert np.all(difference < math.log(5))
    terms = np.where(np.eye(20), 0.0, np.exp((z @ z.T).astype(float) / 0.1))
    own = (terms * (labels[:, None] == labels)).sum(axis=1) / terms.sum(axis=1)
    np.testing.assert_allclose(difference, -np.log(own / 4 + (1 - own) / 5), rtol=1e-4)


def test_collapsed_embeddings_give_log_of_the_number_of_classes_whatever_their_sizes() -> None:
    values, _ = over_batch(np.tile(unit_vectors(1, 4, 0), (192, 1)), np.array([0] * 150 + [1] * 40 + [2] * 2), 0.05)
    np.testing.assert_allclose(values, math.log(3), rtol=1e-4)


def test_perfect_clusters_give_about_zero() -> None:
    labels = np.array([0] * 20 + [1] * 7 + [2] * 3)
    values, _ = over_batch(np.eye(3, dtype=np.float32)[labels], labels, 0.05)
    np.testing.assert_allclose(values, 0.0, atol=1e-5)


def test_class_of_the_anchor_alone_is_left_out_of_the_denominator() -> None:
    z, labels = np.array([[1, 0], [0, 1], [1, 0]], np.float32), np.array([1, 1, 0])
    values, has_positive = over_batch(z, labels, temperature=1.0)
    assert values[2] == 0.0
    assert has_positive.tolist() == [True, True, False]
    gradient = gradient_of_sum(tf.constant(z), labels, 1.0)
    assert np.isfinite(gradient).all()


def test_prototype_gives_a_class_of_one_image_a_positive() -> None:
    z = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
    values, has_positive = over_batch(z, np.array([0, 1, 0, 1]), temperature=1.0, prototypes=2)
    # The prototype of its own class at similarity 1; of the other class, the image and the prototype at 0.
    np.testing.assert_allclose(values, math.log(math.e + 1) - 1, rtol=1e-6)
    assert has_positive.tolist() == [True, True]


def gradient_of_sum(z: tf.Tensor, labels: np.ndarray, temperature: float) -> np.ndarray:
    with tf.GradientTape() as tape:
        tape.watch(z)
        values, _ = balanced_contrastive(
            z, labels, z, labels, anchor_indices=np.arange(len(labels)), temperature=temperature
        )
        total = tf.reduce_sum(values)
    assert values.dtype == tf.float32
    assert np.isfinite(values).all()
    return tape.gradient(total, z).numpy()


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("temperature", [0.005, 0.01, 0.05])
def test_loss_and_gradient_are_finite_at_small_temperatures(dtype: str, temperature: float) -> None:
    z = tf.constant(unit_vectors(16, 4, 3).astype(dtype))
    gradient = gradient_of_sum(z, np.array([0] * 15 + [1]), temperature)
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0


def test_single_image_has_loss_zero_and_finite_gradient() -> None:
    z = unit_vectors(1, 3, 0)
    values, has_positive = over_batch(z, np.array([0]))
    assert values.tolist() == [0.0]
    assert not has_positive.any()
    assert gradient_of_sum(tf.constant(z), np.array([0]), 0.1).tolist() == [[0.0, 0.0, 0.0]]
