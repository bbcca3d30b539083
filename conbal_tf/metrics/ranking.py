"""How well a score puts one class before the others, for many weightings of the images at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def roc_auc(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> Array:
    """Returns the area under the ROC curve, 0-1: how often a positive scores above a negative, ties half.

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool].
        weights: how often each image counts [(resamples, n)].

    Returns:
        [(resamples,) float64], NaN where there is no positive or no negative.
    """
    return _from_steps(scores, positive, weights, _area_under_roc)


def average_precision(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> Array:
    """Returns the average precision, 0-1: precision at each threshold, weighted by the recall that it adds.

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool].
        weights: how often each image counts [(resamples, n)].

    Returns:
        [(resamples,) float64], NaN where there is no positive.
    """
    return _from_steps(scores, positive, weights, _average_precision)


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


def _from_steps(
    scores: np.ndarray, positive: np.ndarray, weights: np.ndarray, area: Callable[[Array, Array], Array]
) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: a metric of no images
        return area(*ranked(scores, positive, weights))


def _area_under_roc(positives: Array, negatives: Array) -> Array:
    below = negatives.sum(axis=1, keepdims=True) - negatives.cumsum(axis=1)
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    return (positives * (below + negatives / 2)).sum(axis=1) / pairs


def _average_precision(positives: Array, negatives: Array) -> Array:
    found = positives.cumsum(axis=1)
    called = found + negatives.cumsum(axis=1)
    precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
    return (positives * precision).sum(axis=1) / positives.sum(axis=1)
