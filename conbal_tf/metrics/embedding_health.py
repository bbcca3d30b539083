"""Whether embeddings say anything: how near one another a class is, how spread all are, how many directions they use.

They tell a network that learns from one that has collapsed, long before a classifier is trained on it. Embeddings are
unit vectors here; what is not of length 1 is scaled to it. A vector of zeros has no direction to be scaled along: it
stays at the centre, at distance 1 from every unit vector and 0 from its like.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Similarities in memory at a time: about 16 MB.
CHUNK_SIMILARITIES = 2_000_000


def embedding_health(embeddings: ArrayLike, labels: ArrayLike) -> dict[str, float]:
    """Returns every metric of this module by its name.

    They are `alignment`, `uniformity`, `effective_rank` and `class_mean_cosine`.

    Args:
        embeddings: vectors [(n, d) float].
        labels: their classes [(n,) int].

    Raises:
        ValueError: If there are fewer than two embeddings, shapes do not match or a value is not finite.

    >>> embedding_health([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 0, 1])["alignment"]
    0.0
    """
    return {
        "alignment": alignment(embeddings, labels),
        "uniformity": uniformity(embeddings),
        "effective_rank": effective_rank(embeddings),
        "class_mean_cosine": class_mean_cosine(embeddings, labels),
    }


def alignment(embeddings: ArrayLike, labels: ArrayLike) -> float:
    """Returns the mean squared distance between embeddings of one class, 0 to 4; NaN where no two share one.

    The mean is over the others of an embedding's class, then over the embeddings that have any: as the contrastive loss
    weighs them. The distances of random directions are 2 on average.

    Args:
        embeddings: vectors [(n, d) float].
        labels: their classes [(n,) int].

    Raises:
        ValueError: If there are fewer than two embeddings, shapes do not match or a value is not finite.

    Reference:
        Wang and Isola (2020), "Understanding contrastive representation learning", alpha 2; their positive pairs are
        two views of an image, ours two images of a class.
    """
    vectors = _unit_vectors(embeddings)
    sums, squares, counts = _class_sums(vectors, _labels_of(embeddings, labels))
    several = counts > 1
    sums, squares, counts = sums[several], squares[several], counts[several]
    if not len(counts):
        return math.nan
    # sum_ij |z_i - z_j|^2 = 2 n sum_i |z_i|^2 - 2 |sum_i z_i|^2; each embedding has n - 1 others.
    of_class = 2 * (counts * squares - np.square(sums).sum(axis=1)) / (counts * (counts - 1))
    return float(max(np.average(of_class, weights=counts), 0.0))


def uniformity(embeddings: ArrayLike) -> float:
    """Returns log mean exp(-2 d^2) over all pairs, d being their distance: 0 where all are equal, lower if spread.

    Embeddings that are spread evenly over a sphere of many dimensions have about -4; C tight classes, equally many of
    each and far apart, have -log C.

    Args:
        embeddings: vectors [(n, d) float].

    Raises:
        ValueError: If there are fewer than two embeddings or a value is not finite.

    Reference:
        Wang and Isola (2020), "Understanding contrastive representation learning", t 2.
    """
    vectors = _unit_vectors(embeddings)
    n, rows, total = len(vectors), max(1, CHUNK_SIMILARITIES // len(vectors)), 0.0
    squares = np.square(vectors).sum(axis=1)
    for start in range(0, n, rows):
        chunk = vectors[start : start + rows]
        distances = squares[start : start + rows, None] + squares - 2 * (chunk @ vectors.T)
        # An embedding is no pair with itself.
        distances[np.arange(len(chunk)), start + np.arange(len(chunk))] = np.inf
        total += float(np.exp(-2 * distances).sum())
    return min(math.log(total / (n * (n - 1))), 0.0)


def effective_rank(embeddings: ArrayLike) -> float:
    """Returns how many directions the embeddings use: exp of the entropy of their singular values.

    From 1, where all lie on one line or are 0, to min(n, d). The embeddings are not centred: so one point, which is
    what a collapsed network makes of all images, has 1, where centred it would have 0/0. The singular values are not
    squared: a little noise around one point already counts for much.

    Args:
        embeddings: vectors [(n, d) float].

    Raises:
        ValueError: If there are fewer than two embeddings or a value is not finite.

    Reference:
        Roy and Vetterli (2007), "The effective rank".
    """
    values = np.linalg.svd(_unit_vectors(embeddings), compute_uv=False)
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def class_mean_cosine(embeddings: ArrayLike, labels: ArrayLike) -> float:
    """Returns the mean cosine between the means of different classes, -1 to 1; NaN for one class.

    1 where the classes lie on one another; -1 / (C - 1) where C classes are as far apart as they can be. A class whose
    mean is 0 has no direction, and the cosine 0.

    Args:
        embeddings: vectors [(n, d) float].
        labels: their classes [(n,) int].

    Raises:
        ValueError: If there are fewer than two embeddings, shapes do not match or a value is not finite.
    """
    sums, _, counts = _class_sums(_unit_vectors(embeddings), _labels_of(embeddings, labels))
    classes = len(counts)
    if classes == 1:
        return math.nan
    means = sums / counts[:, None]
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    # Below this, a mean is the rounding error of opposite vectors.
    directions = np.where(lengths > 1e-12, means / np.maximum(lengths, 1e-12), 0.0)
    cosines = directions @ directions.T
    return float((cosines.sum() - np.trace(cosines)) / (classes * (classes - 1)))


def _class_sums(
    vectors: NDArray[np.float64], labels: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Returns the sum of each class's vectors [(classes, d) float64], that of their squared lengths, and their number.

    The second and the third are [(classes,) float64] and [(classes,) int64].
    """
    _, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    sums, squares = np.zeros((len(counts), vectors.shape[1])), np.zeros(len(counts))
    np.add.at(sums, places, vectors)
    np.add.at(squares, places, np.square(vectors).sum(axis=1))
    return sums, squares, counts


def _unit_vectors(embeddings: ArrayLike) -> NDArray[np.float64]:
    """Returns the rows scaled to length 1, but for those of zeros [(n, d) float64], or raises."""
    vectors = np.asarray(embeddings, np.float64)
    if vectors.ndim != 2 or len(vectors) < 2:
        raise ValueError(
            f"There are no embeddings to compare: received {vectors.shape}. Allowed are (n, d) with n of at least 2; "
            "pass the embeddings of several images."
        )
    if not np.isfinite(vectors).all():
        bad = int((~np.isfinite(vectors)).any(axis=1).sum())
        raise ValueError(
            f"The embeddings are not finite: received NaN or infinity in {bad} of {len(vectors)} rows. Only finite "
            "numbers are allowed; training has probably diverged: lower the learning rate or lengthen the warm-up."
        )
    # First by the largest number: squares of very small ones would be 0, those of very large ones infinite.
    scaled = _divided(vectors, np.abs(vectors).max(axis=1, initial=0.0))
    return _divided(scaled, np.linalg.norm(scaled, axis=1))


def _divided(vectors: NDArray[np.float64], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the rows divided by their lengths, and zeros where a length is 0 [(n, d) float64]."""
    return np.divide(vectors, lengths[:, None], out=np.zeros_like(vectors), where=lengths[:, None] > 0)


def _labels_of(embeddings: ArrayLike, labels: ArrayLike) -> NDArray:
    """Returns the labels [(n,)], or raises."""
    labels, n = np.asarray(labels), len(np.asarray(embeddings))
    if labels.shape != (n,):
        raise ValueError(
            f"The embeddings have no label each: received {n} embeddings and labels {labels.shape}. "
            f"Allowed are ({n},); pass the labels of the same images."
        )
    return labels
