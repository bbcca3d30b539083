"""Metrics of decisions, for many confusion matrices at once: the numbers behind intervals.

A confusion matrix here is [(..., C, C) float]: rows true, columns predicted, each image counted as often as its weight.
A score is 0 where it is undefined, as in scikit-learn with zero_division=0, but for the recall of a class without true
images, which is NaN.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def confusion_matrices(labels: np.ndarray, predicted: np.ndarray, weights: np.ndarray, n_classes: int) -> Array:
    """Returns a confusion matrix for each row of weights [(resamples, C, C) float64].

    Args:
        labels: true classes [(n,) int].
        predicted: predicted classes [(n,) int].
        weights: how often each image counts [(resamples, n)].
        n_classes: C.
    """
    cells = labels * n_classes + predicted
    # Sorted by cell, a sum for each cell is one pass over the weights.
    order = np.argsort(cells, kind="stable")
    there, starts = np.unique(cells[order], return_index=True)
    matrices = np.zeros((len(weights), n_classes * n_classes))
    matrices[:, there] = np.add.reduceat(np.asarray(weights, np.float64)[:, order], starts, axis=1)
    return matrices.reshape(-1, n_classes, n_classes)


def accuracy(confusion: Array) -> Array:
    """Returns the share of right decisions [(...)]."""
    return _right(confusion).sum(axis=-1) / confusion.sum(axis=(-2, -1))


def precision(confusion: Array) -> Array:
    """Returns how much of what is called a class is of it [(..., C)]."""
    return _divide(_right(confusion), confusion.sum(axis=-2), undefined=0.0)


def recall(confusion: Array) -> Array:
    """Returns how much of a class is called so, its sensitivity; NaN for a class without images [(..., C)]."""
    return _divide(_right(confusion), confusion.sum(axis=-1), undefined=np.nan)


def specificity(confusion: Array) -> Array:
    """Returns how much of the other classes is not called this one; NaN where there is no other [(..., C)]."""
    others = confusion.sum(axis=(-2, -1))[..., None] - confusion.sum(axis=-1)
    wrongly = confusion.sum(axis=-2) - _right(confusion)
    return _divide(others - wrongly, others, undefined=np.nan)


def f1(confusion: Array) -> Array:
    """Returns the F1 of each class [(..., C)]."""
    return _divide(2 * _right(confusion), confusion.sum(axis=-1) + confusion.sum(axis=-2), undefined=0.0)


def balanced_accuracy(confusion: Array) -> Array:
    """Returns the mean recall of the classes that have images [(...)]."""
    return np.nanmean(recall(confusion), axis=-1)


def quadratic_weighted_kappa(confusion: Array) -> Array:
    """Returns Cohen's kappa with squared distances as weights; 0 where one class is all there is [(...)].

    Reference:
        Cohen (1968), weighted kappa.
    """
    grades = np.arange(confusion.shape[-1])
    distances = (grades[:, None] - grades) ** 2
    true, predicted = confusion.sum(axis=-1), confusion.sum(axis=-2)
    found = (confusion * distances).sum(axis=(-2, -1))
    # What the two margins give where they have nothing to do with one another.
    by_chance = np.einsum("...i,ij,...j->...", true, distances, predicted) / confusion.sum(axis=(-2, -1))
    return np.where(by_chance > 0, 1 - _divide(found, by_chance, undefined=0.0), 0.0)


def _right(confusion: Array) -> Array:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _divide(part: Array, whole: Array, *, undefined: float) -> Array:
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, undefined), where=whole > 0)
