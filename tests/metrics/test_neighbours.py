"""Tests of the nearest-neighbour classifier."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from conbal_tf.metrics import neighbours
from conbal_tf.metrics.neighbours import nearest, nearest_neighbour_labels


def vote_by_loops(embeddings: NDArray, labels: NDArray, queries: NDArray, k: int) -> list[int]:
    """The definition, query by query and neighbour by neighbour; similarities in whole millionths."""
    predicted = []
    for query in queries:
        similarities = []
        for embedding in embeddings:
            lengths = np.linalg.norm(query) * np.linalg.norm(embedding)
            similarities.append(round(1e6 * float(query @ embedding / lengths)) if lengths > 0 else 0)
        closest = sorted(range(len(embeddings)), key=lambda i: (-similarities[i], i))[:k]
        votes: dict[int, int] = defaultdict(int)
        for i in closest:
            votes[labels[i]] += max(similarities[i], 0)
        predicted.append(next(labels[i] for i in closest if votes[labels[i]] == max(votes.values())))
    return predicted


def grid(n: int, d: int, seed: int) -> NDArray[np.float64]:
    """Vectors of small whole numbers: zeros, copies and equal similarities are frequent, near misses are not."""
    return np.random.default_rng(seed).integers(-1, 2, (n, d)).astype(float)


@given(
    n=st.integers(1, 30),
    m=st.integers(0, 12),
    d=st.integers(1, 5),
    k=st.integers(1, 40),
    n_classes=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 2),
)
@settings(max_examples=150, deadline=None)
def test_vote_equals_plain_loops(n: int, m: int, d: int, k: int, n_classes: int, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, n_classes, n)
    embeddings, queries = grid(n, d, seed), grid(m, d, seed + 1)
    predicted = nearest_neighbour_labels(embeddings, labels, queries, k)
    assert predicted.shape == (m,)
    assert predicted.tolist() == vote_by_loops(embeddings, labels, queries, k)


@pytest.mark.parametrize("k", [1, 5, 10, 200])
def test_vote_equals_scikit_learn(k: int) -> None:
    random = np.random.default_rng(3)
    # All similarities are positive, where a vote of one minus scikit-learn's distance is ours.
    embeddings, queries = random.random((200, 8)), random.random((150, 8))
    labels = random.integers(0, 4, 200)
    classifier = KNeighborsClassifier(k, weights=lambda distances: 1 - distances, algorithm="brute", metric="cosine")
    expected = classifier.fit(embeddings, labels).predict(queries)
    assert nearest_neighbour_labels(embeddings, labels, queries, k).tolist() == expected.tolist()


def test_one_very_near_neighbour_is_outvoted_by_two_near_ones() -> None:
    bank, labels = [[1.0, 0.0], [0.8, 0.6], [0.8, -0.6]], [0, 1, 1]
    assert nearest_neighbour_labels(bank, labels, [[1.0, 0.0]], k=1).tolist() == [0]
    assert nearest_neighbour_labels(bank, labels, [[1.0, 0.0]], k=3).tolist() == [1]


def test_one_very_near_neighbour_wins_against_two_far_ones() -> None:
    bank, labels = [[1.0, 0.0], [0.1, 1.0], [0.1, -1.0]], [0, 1, 1]
    assert nearest_neighbour_labels(bank, labels, [[1.0, 0.0]], k=3).tolist() == [0]


def test_opposite_neighbours_have_no_vote() -> None:
    bank, labels = [[0.1, 1.0], [-1.0, 0.1], [-1.0, -0.1]], [5, 2, 2]
    assert nearest_neighbour_labels(bank, labels, [[1.0, 0.0]], k=3).tolist() == [5]


def test_nearest_wins_where_votes_are_equal() -> None:
    # Class 9: one neighbour at cosine 1. Class 4: two at 0.5 each.
    bank = [[0.5, 0.75**0.5], [0.5, -(0.75**0.5)], [1.0, 0.0]]
    assert nearest_neighbour_labels(bank, [4, 4, 9], [[1.0, 0.0]], k=3).tolist() == [9]


def test_first_in_the_bank_wins_where_neighbours_are_copies() -> None:
    copies = np.ones((6, 3))
    assert nearest_neighbour_labels(copies, [3, 1, 2, 1, 2, 0], np.ones((2, 3)), k=1).tolist() == [3, 3]
    assert nearest_neighbour_labels(copies, [3, 1, 2, 1, 2, 0], np.ones((2, 3)), k=5).tolist() == [1, 1]


def test_neither_length_nor_rotation_of_the_vectors_matters() -> None:
    random = np.random.default_rng(0)
    embeddings, labels, queries = random.normal(size=(80, 6)), random.integers(0, 3, 80), random.normal(size=(50, 6))
    rotation = np.linalg.qr(random.normal(size=(6, 6)))[0]
    stretch = random.uniform(0.1, 50, (80, 1))
    expected = nearest_neighbour_labels(embeddings, labels, queries)
    assert nearest_neighbour_labels(stretch * embeddings, labels, queries).tolist() == expected.tolist()
    assert nearest_neighbour_labels(embeddings @ rotation, labels, queries @ rotation).tolist() == expected.tolist()


def test_order_of_the_bank_does_not_matter_without_ties() -> None:
    random = np.random.default_rng(1)
    embeddings, labels, queries = random.normal(size=(90, 5)), random.integers(0, 4, 90), random.normal(size=(40, 5))
    order = random.permutation(90)
    expected = nearest_neighbour_labels(embeddings, labels, queries)
    assert nearest_neighbour_labels(embeddings[order], labels[order], queries).tolist() == expected.tolist()


def test_chunks_give_the_same_answer_as_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings, labels, queries = grid(40, 3, 0), np.arange(40) % 7, grid(33, 3, 1)
    expected = nearest_neighbour_labels(embeddings, labels, queries)
    for size in (1, 39, 40, 200):
        monkeypatch.setattr(neighbours, "CHUNK_SIMILARITIES", size)
        assert nearest_neighbour_labels(embeddings, labels, queries).tolist() == expected.tolist()


def test_half_precision_embeddings_are_accepted() -> None:
    bank = np.array([[300.0, 0.0], [0.0, 300.0]], np.float16)
    assert nearest_neighbour_labels(bank, [0, 1], bank, k=1).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("embeddings", "labels", "queries", "k", "message"),
    [
        (np.ones((0, 2)), [], np.ones((1, 2)), 1, r"no label for each embedding: received embeddings \(0, 2\)"),
        (np.ones((3, 2)), [0, 1], np.ones((1, 2)), 1, r"embeddings \(3, 2\) and labels \(2,\)"),
        (np.ones((2, 2)), [0, 1], np.ones((1, 3)), 1, r"received queries \(1, 3\) .*Allowed are \(m, 2\)"),
        (np.ones((2, 2)), [0, 1], np.ones((1, 2)), 0, r"received k = 0. Allowed is 1 or more"),
        ([[np.nan, 1.0], [1.0, 1.0]], [0, 1], np.ones((1, 2)), 1, r"`embeddings` are not finite: .* 1 of 2 rows"),
        (np.ones((2, 2)), [0, 1], [[np.inf, 1.0]], 1, r"`queries` are not finite: .*lower the learning rate"),
    ],
)
def test_wrong_input_is_refused(embeddings: NDArray, labels: list, queries: NDArray, k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nearest_neighbour_labels(embeddings, labels, queries, k)


def test_nearest_are_those_of_sorted_cosines_with_the_first_of_equals_first() -> None:
    bank, queries = grid(40, 3, 0), grid(9, 3, 1)
    found, similarities = nearest(bank, queries, 5)
    for query, own, cosines in zip(queries, found, similarities, strict=True):
        every = [
            float(query @ one / max(np.linalg.norm(query) * np.linalg.norm(one), 1e-9)) for one in bank
        ]  # fmt: skip
        assert own.tolist() == sorted(range(40), key=lambda i: (-round(1e6 * every[i]), i))[:5]
        np.testing.assert_allclose(cosines, [every[i] for i in own], atol=1e-6)


def test_nearest_of_a_small_bank_are_all_of_it_and_of_no_queries_there_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bank = grid(2, 3, 0)
    assert np.sort(nearest(bank, grid(7, 3, 1), 3)[0]).tolist() == [[0, 1]] * 7
    assert [one.shape for one in nearest(bank, grid(0, 3, 1), 3)] == [(0, 2), (0, 2)]
    whole = nearest(grid(50, 3, 0), grid(30, 3, 1), 3)
    monkeypatch.setattr(neighbours, "CHUNK_SIMILARITIES", 120)
    np.testing.assert_array_equal(whole[0], nearest(grid(50, 3, 0), grid(30, 3, 1), 3)[0])


def test_nearest_refuses_what_is_not_comparable() -> None:
    with pytest.raises(ValueError, match=r"received queries \(1, 3\)"):
        nearest(np.ones((2, 2)), np.ones((1, 3)), 1)
