"""How well a score puts one class before the others, for many weightings of the images at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def areas(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> tuple[Array, Array]:
    """Returns the area under the ROC curve and the average precision, 0-1.

    The first is how often a positive scores above a negative, ties half; the second the precision at each threshold,
    weighted by the recall that it adds.

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool].
        weights: how often each image counts [(resamples, n)].

    Returns:
        [(resamples,) float64 each], NaN where there is no positive; the first also where there is no negative.
    """
    positives, negatives = ranked(scores, positive, weights)
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: a metric of no images
        return _area_under_roc(positives, negatives), _average_precision(positives, negatives)


def ranked(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> tuple[Array, Array]:
    """Returns the weights of both classes at each distinct score, highest first.

    Args:
        scores: [(n,) float].
        positive: [(n,) bool].
        weights: [(resamples, n)].

    Returns:
        Weights of positives and of negatives [(resamples, distinct) float64 each].
    """
    order = np.argsort(-scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)
    sorted_weights = np.asarray(weights, np.float64)[:, order]
    of_positives = np.add.reduceat(sorted_weights * positive[order], starts, axis=1)
    return of_positives, np.add.reduceat(sorted_weights, starts, axis=1) - of_positives


def _area_under_roc(positives: Array, negatives: Array) -> Array:
    below = negatives.sum(axis=1, keepdims=True) - negatives.cumsum(axis=1)
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    return (positives * (below + negatives / 2)).sum(axis=1) / pairs


def _average_precision(positives: Array, negatives: Array) -> Array:
    found = positives.cumsum(axis=1)
    called = found + negatives.cumsum(axis=1)
    precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
    return (positives * precision).sum(axis=1) / positives.sum(axis=1)
