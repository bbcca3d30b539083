"""Classes by the nearest neighbours in a bank of embeddings: a classifier without training, to watch stage 1 with."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Of a rare class the bank may hold a handful of images: many more neighbours than that belong to other classes,
# however well it is separated; with one neighbour a single odd image decides. Tried on pixels: long-tailed digits
# (rarest class: 6 images) gave a balanced accuracy of .90, .85, .81 and .67 with 1, 5, 10, 50 neighbours, skin images
# (73 of each class) .32, .33, .28 and .30.
DEFAULT_NEIGHBOURS = 5
# Similarities are compared in millionths: finer differences are float32 rounding, which changes with the bank's order.
SIMILARITY_STEPS = 1_000_000
# Similarities in memory at a time: about 60 MB with the arrays that sorting them takes.
CHUNK_SIMILARITIES = 2_000_000


def nearest_neighbour_labels(
    embeddings: ArrayLike, labels: ArrayLike, queries: ArrayLike, k: int = DEFAULT_NEIGHBOURS
) -> NDArray[np.integer]:
    """Returns the class that the k most similar embeddings of the bank vote for, for each query.

    Similarity is the cosine, and a neighbour's vote weighs as much as its similarity (nothing, where that is negative).
    Of classes with equal votes the one with the nearest neighbour wins; of equally near neighbours the one that comes
    first in the bank. A large class has more chances to be near, so a bank that is to find rare classes holds equally
    many embeddings of each; a copy of an embedding is a further vote.

    Args:
        embeddings: the bank, vectors of any length [(n, d) float]. One of zeros is like nothing (cosine 0).
        labels: the bank's classes [(n,) int].
        queries: embeddings to classify [(m, d) float].
        k: how many neighbours vote, 1 or more; the whole bank where it is smaller. With many more than the default,
            5, a class of few images is outvoted by others; with fewer, single images decide.

    Returns:
        Predicted classes [(m,), dtype of labels].

    Raises:
        ValueError: If the bank is empty, shapes do not match, k is below 1 or a value is not finite.

    >>> nearest_neighbour_labels([[1.0, 0.0], [0.0, 1.0]], [4, 7], [[0.2, 0.9]], k=1)
    array([7])
    """
    bank, labels, queries = np.asarray(embeddings, np.float32), np.asarray(labels), np.asarray(queries, np.float32)
    _check(bank, labels, queries, k)
    bank, queries = _unit_vectors(bank), _unit_vectors(queries)
    classes, bank_classes = np.unique(labels, return_inverse=True)
    rows = max(1, CHUNK_SIMILARITIES // len(bank))
    winners = [
        _vote(queries[i : i + rows] @ bank.T, bank_classes, min(k, len(bank))) for i in range(0, len(queries), rows)
    ]
    return classes[np.concatenate(winners)] if winners else classes[:0]


def nearest(bank: ArrayLike, queries: ArrayLike, k: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Returns the k most similar embeddings of a bank for each query, the nearest first, and their cosines.

    Of equally near ones the one that comes first in the bank is nearer.

    Args:
        bank: vectors of any length [(n, d) float]. One of zeros is like nothing (cosine 0).
        queries: such vectors [(m, d) float].
        k: how many, 1 or more; the whole bank where it is smaller.

    Returns:
        Positions in the bank [(m, min(k, n)) int] and similarities [(m, min(k, n)) float32].

    Raises:
        ValueError: As `nearest_neighbour_labels`.

    >>> nearest([[1.0, 0.0], [0.0, 1.0]], [[0.0, 2.0]], k=1)
    (array([[1]]), array([[1.]], dtype=float32))
    """
    bank, queries = np.asarray(bank, np.float32), np.asarray(queries, np.float32)
    _check(bank, np.zeros(len(bank), int), queries, k)
    bank, queries, k = _unit_vectors(bank), _unit_vectors(queries), min(k, len(bank))
    found, similarities = np.zeros((len(queries), k), np.intp), np.zeros((len(queries), k), np.float32)
    rows = max(1, CHUNK_SIMILARITIES // len(bank))
    for i in range(0, len(queries), rows):
        cosines = queries[i : i + rows] @ bank.T
        ranks = np.sort(np.partition(_ranks(cosines), k - 1, axis=1)[:, :k], axis=1)
        found[i : i + rows] = ranks % len(bank)
        similarities[i : i + rows] = np.take_along_axis(cosines, found[i : i + rows], axis=1)
    return found, similarities


def _ranks(similarities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Returns whole numbers that order each row of cosines, nearest first; a rank modulo n is its position [(m, n)]."""
    # The position in the bank is part of the rank, so that no two ranks are equal and a partition leaves nothing to
    # chance.
    n = similarities.shape[1]
    return np.rint((1.0 - similarities) * SIMILARITY_STEPS).astype(np.int64) * n + np.arange(n)


def _vote(similarities: NDArray[np.float32], bank_classes: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Returns the winning class of each query [(m,) int].

    Args:
        similarities: cosines of queries and bank [(m, n) float32].
        bank_classes: the bank's classes, 0 to C - 1 [(n,) int].
        k: how many neighbours vote, at most n.
    """
    n = len(bank_classes)
    # Whole numbers throughout: sums of votes are exact, so that ties are ties.
    nearest_ranks = np.sort(np.partition(_ranks(similarities), k - 1, axis=1)[:, :k], axis=1)
    neighbour_classes = bank_classes[nearest_ranks % n]
    weights = np.maximum(SIMILARITY_STEPS - nearest_ranks // n, 0)
    queries = np.arange(len(similarities))[:, None]
    votes = np.zeros((len(similarities), bank_classes.max() + 1), np.int64)
    np.add.at(votes, (queries, neighbour_classes), weights)
    is_winner = votes[queries, neighbour_classes] == votes.max(axis=1, keepdims=True)
    return neighbour_classes[queries[:, 0], is_winner.argmax(axis=1)]


def _unit_vectors(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the rows scaled to length 1 [(n, d) float32], rows of zeros as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def _check(bank: NDArray[np.float32], labels: NDArray[np.integer], queries: NDArray[np.float32], k: int) -> None:
    """Raises ValueError where no vote is possible."""
    if bank.ndim != 2 or len(bank) == 0 or labels.shape != bank.shape[:1]:
        raise ValueError(
            f"The bank has no label for each embedding: received embeddings {bank.shape} and labels {labels.shape}. "
            "Allowed are (n, d) and (n,) with n of at least 1; pass the labels of the same images."
        )
    if queries.ndim != 2 or queries.shape[1] != bank.shape[1]:
        raise ValueError(
            f"Queries are not comparable to the bank: received queries {queries.shape} for a bank {bank.shape}. "
            f"Allowed are (m, {bank.shape[1]}); embed both with the same network."
        )
    if k < 1:
        raise ValueError(
            f"No neighbour would vote: received k = {k}. Allowed is 1 or more; {DEFAULT_NEIGHBOURS} is the default."
        )
    for name, values in (("embeddings", bank), ("queries", queries)):
        if not np.isfinite(values).all():
            bad = int((~np.isfinite(values)).any(axis=1).sum())
            raise ValueError(
                f"`{name}` are not finite: received NaN or infinity in {bad} of {len(values)} rows. Only finite "
                "numbers are allowed; training has probably diverged: lower the learning rate or lengthen the warm-up."
            )
