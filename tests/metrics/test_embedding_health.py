"""Tests of what tells healthy embeddings from collapsed ones."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from conbal_tf.metrics import embedding_health as module
from conbal_tf.metrics.embedding_health import (
    alignment,
    class_mean_cosine,
    effective_rank,
    embedding_health,
    uniformity,
)


@st.composite
def embeddings_of(draw: st.DrawFn) -> NDArray:
    """Draws a few different vectors, often with zeros among them, and repeats some: all alike or all 0 are possible."""
    shape = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    vectors = draw(arrays(np.float64, shape, elements=st.floats(-3, 3, width=32)))
    vectors[np.linalg.norm(vectors, axis=1) <= 0.1] = 0.0
    return vectors[draw(st.lists(st.integers(0, shape[0] - 1), min_size=2, max_size=20))]


def unit(rows: NDArray) -> NDArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(lengths > 0, rows / np.where(lengths > 0, lengths, 1), 0)


def alignment_by_loops(vectors: NDArray, labels: NDArray) -> float:
    of_anchor = []
    for i in range(len(vectors)):
        others = [j for j in range(len(vectors)) if j != i and labels[j] == labels[i]]
        if others:
            of_anchor.append(np.mean([sum((vectors[i] - vectors[j]) ** 2) for j in others]))
    return float(np.mean(of_anchor)) if of_anchor else math.nan


def uniformity_by_loops(vectors: NDArray) -> float:
    n = len(vectors)
    terms = [math.exp(-2 * sum((vectors[i] - vectors[j]) ** 2)) for i in range(n) for j in range(i)]
    return math.log(sum(terms) / len(terms))


def rank_by_eigenvalues(vectors: NDArray) -> float:
    values = np.sqrt(np.maximum(np.linalg.eigvalsh(vectors.T @ vectors), 0))
    shares = [value / max(values.sum(), 1e-300) for value in values]
    return math.exp(-sum(share * math.log(share) for share in shares if share > 0))


def class_mean_cosine_by_loops(vectors: NDArray, labels: NDArray) -> float:
    means = [vectors[labels == label].mean(axis=0) for label in sorted(set(labels.tolist()))]
    cosines = []
    for i, one in enumerate(means):
        for j, other in enumerate(means):
            if i != j:
                lengths = np.linalg.norm(one) * np.linalg.norm(other)
                cosines.append(one @ other / lengths if lengths > 1e-12 else 0.0)
    return float(np.mean(cosines)) if cosines else math.nan


@given(embeddings=embeddings_of(), seed=st.integers(0, 2**32 - 1))
def test_every_metric_equals_plain_loops(embeddings: NDArray, seed: int) -> None:
    labels, vectors = np.random.default_rng(seed).integers(0, 4, len(embeddings)), unit(embeddings)
    assert alignment(embeddings, labels) == pytest.approx(alignment_by_loops(vectors, labels), abs=1e-9, nan_ok=True)
    assert uniformity(embeddings) == pytest.approx(uniformity_by_loops(vectors), abs=1e-9)
    # Roots of eigenvalues know 8 digits; singular values, 16.
    assert effective_rank(embeddings) == pytest.approx(rank_by_eigenvalues(vectors), rel=1e-5)
    expected = class_mean_cosine_by_loops(vectors, labels)
    # A class mean near 0 has a direction that rounding decides.
    lengths = [np.linalg.norm(vectors[labels == label].mean(axis=0)) for label in labels]
    if all(length == 0 or length > 1e-6 for length in lengths):
        assert class_mean_cosine(embeddings, labels) == pytest.approx(expected, abs=1e-8, nan_ok=True)


@pytest.mark.parametrize("n", [2, 3, 50, 1000])
def test_zeros_alone_are_a_collapse_to_one_point(n: int) -> None:
    health = embedding_health(np.zeros((n, 3)), np.arange(n) % 2)
    # The class means have no direction, hence no cosine of 1.
    alignment_of_two = math.nan if n == 2 else 0.0
    expected = {"alignment": alignment_of_two, "uniformity": 0.0, "effective_rank": 1.0, "class_mean_cosine": 0.0}
    assert health == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_zero_vector_lies_at_distance_1_of_every_direction() -> None:
    embeddings, labels = [[0.0, 0.0], [3.0, 0.0], [0.0, 0.5]], [0, 0, 0]
    # Squared distances 1, 1 and 2.
    assert alignment(embeddings, labels) == pytest.approx(4 / 3)
    assert uniformity(embeddings) == pytest.approx(math.log((2 * math.exp(-2) + math.exp(-4)) / 3))
    assert uniformity([[0.0, 0.0], [0.0, 2.0]]) == pytest.approx(-2.0)


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e200])
def test_length_changes_nothing_however_small_or_large(scale: float) -> None:
    embeddings, labels = np.array([[3.0, 4.0], [4.0, -3.0], [1.0, 1.0], [0.0, 0.0]]), [0, 1, 0, 1]
    expected = embedding_health(embeddings, labels)
    assert embedding_health(embeddings * scale, labels) == pytest.approx(expected, rel=1e-9)


def test_values_of_four_embeddings_by_hand() -> None:
    square, labels = [[1, 0], [0, 1], [-1, 0], [0, -1]], [0, 0, 1, 1]
    assert alignment(square, labels) == pytest.approx(2.0)  # right angles
    # Of the 6 pairs, 4 have d^2 = 2 and 2 have d^2 = 4.
    assert uniformity(square) == pytest.approx(math.log((4 * math.exp(-4) + 2 * math.exp(-8)) / 6))
    assert effective_rank(square) == pytest.approx(2.0)
    assert class_mean_cosine(square, labels) == pytest.approx(-1.0)


def test_rank_by_hand_of_unequal_directions() -> None:
    # Singular values sqrt(9) and sqrt(1): shares 3/4 and 1/4.
    rows = [[1, 0]] * 9 + [[0, 1]]
    assert effective_rank(rows) == pytest.approx(math.exp(0.75 * math.log(4 / 3) + 0.25 * math.log(4)))


def test_collapsed_embeddings_have_rank_1_and_are_aligned_not_uniform_and_of_one_direction() -> None:
    one = np.random.default_rng(0).normal(size=16)
    health = embedding_health(np.tile(one, (50, 1)), np.arange(50) % 5)
    expected = {"alignment": 0.0, "uniformity": 0.0, "effective_rank": 1.0, "class_mean_cosine": 1.0}
    assert health == pytest.approx(expected, abs=1e-9)


def test_perfect_classes_are_aligned_and_as_uniform_and_as_far_apart_as_their_number_allows() -> None:
    classes = 5
    simplex = unit(np.eye(classes) - 1 / classes)
    labels = np.repeat(np.arange(classes), 40)
    health = embedding_health(simplex[labels], labels)
    assert health["alignment"] == pytest.approx(0.0, abs=1e-12)
    assert health["class_mean_cosine"] == pytest.approx(-1 / (classes - 1))
    assert health["effective_rank"] == pytest.approx(classes - 1)
    assert health["uniformity"] == pytest.approx(-math.log(classes), abs=0.1)


def test_two_perfect_classes_have_rank_1_too_and_are_told_from_a_collapse_by_their_cosine() -> None:
    health = embedding_health([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]], [0, 0, 1, 1])
    assert health["effective_rank"] == pytest.approx(1.0)
    assert health["class_mean_cosine"] == pytest.approx(-1.0)


def test_neither_rotation_nor_order_nor_length_nor_names_of_classes_matter() -> None:
    random = np.random.default_rng(0)
    embeddings, labels = random.normal(size=(60, 7)), random.integers(0, 4, 60)
    rotation, order = np.linalg.qr(random.normal(size=(7, 7)))[0], random.permutation(60)
    expected = embedding_health(embeddings, labels)
    assert embedding_health(embeddings @ rotation, labels) == pytest.approx(expected)
    assert embedding_health(embeddings[order], labels[order]) == pytest.approx(expected)
    assert embedding_health(embeddings * random.uniform(0.1, 9, (60, 1)), labels) == pytest.approx(expected)
    assert embedding_health(embeddings, 9 - labels) == pytest.approx(expected)


def test_every_image_once_more_leaves_rank_and_class_means_as_they_are() -> None:
    random = np.random.default_rng(0)
    embeddings, labels = random.normal(size=(30, 5)), np.arange(30) % 3
    twice, labels_twice = np.tile(embeddings, (2, 1)), np.tile(labels, 2)
    assert effective_rank(twice) == pytest.approx(effective_rank(embeddings))
    assert class_mean_cosine(twice, labels_twice) == pytest.approx(class_mean_cosine(embeddings, labels))


def test_classes_of_one_image_have_no_alignment_and_one_class_no_cosine() -> None:
    assert math.isnan(alignment(np.eye(3), [0, 1, 2]))
    assert math.isnan(class_mean_cosine(np.eye(3), [1, 1, 1]))


def test_opposite_embeddings_of_a_class_have_a_mean_without_direction() -> None:
    assert class_mean_cosine([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]], [0, 0, 1]) == 0.0


def test_rows_in_pieces_give_the_same_uniformity(monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings = np.random.default_rng(0).normal(size=(40, 3))
    expected = uniformity(embeddings)
    for size in (1, 41, 400):
        monkeypatch.setattr(module, "CHUNK_SIMILARITIES", size)
        assert uniformity(embeddings) == pytest.approx(expected)


def test_random_directions_have_the_values_of_theory() -> None:
    random = np.random.default_rng(0)
    embeddings, labels = random.normal(size=(1000, 128)).astype(np.float32), random.integers(0, 10, 1000)
    health = embedding_health(embeddings, labels)
    assert health["alignment"] == pytest.approx(2.0, abs=0.05)
    assert health["uniformity"] == pytest.approx(-4.0, abs=0.1)


@pytest.mark.parametrize(
    ("embeddings", "labels", "message"),
    [
        (np.ones((1, 2)), [0], r"no embeddings to compare: received \(1, 2\)"),
        (np.ones(3), [0, 1, 2], r"received \(3,\). Allowed are \(n, d\) with n of at least 2"),
        (np.ones((3, 2)), [0, 1], r"no label each: received 3 embeddings and labels \(2,\)"),
        ([[np.nan, 1.0], [1.0, 1.0]], [0, 1], r"not finite: .* 1 of 2 rows.*lower the learning rate"),
    ],
)
def test_wrong_input_is_refused(embeddings: NDArray, labels: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        embedding_health(embeddings, labels)
