"""How well a score puts one class before the others, for many weightings of the images at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def areas(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> tuple[Array, Array]:
    """Returns the area under the ROC curve and the average precision, 0-1.

    The first is how often a positive scores above a negative, ties half; the second the precision at each threshold,
    weighted by the recall that it adds. Sums are of float64: in float32 they miss scikit-learn's by 1e-6.

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool].
        weights: how often each image counts [(resamples, n)].

    Returns:
        [(resamples,) float64 each], NaN where there is no positive; the first also where there is no negative.
    """
    if not positive.any():
        return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    order = np.argsort(-scores, kind="stable")
    # Equal scores are one threshold: the last image of each run of them.
    last = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)
    # A threshold that adds no positive adds to neither area: of a rare class, few are left.
    count = np.cumsum(positive[order])[last]
    adds = np.diff(count, prepend=0) > 0
    before, last, count = np.append(-1, last[:-1])[adds], last[adds], count[adds]
    # Images first: the running sums of all resamples then go along rows of memory, several times as fast.
    by_image = np.asarray(weights, np.float64).T[order]
    called = by_image.cumsum(axis=0)
    found = by_image[positive[order]].cumsum(axis=0)[count - 1]
    gained = np.diff(found, axis=0, prepend=0.0)
    above = (called[before] * (before >= 0)[:, None]) - (found - gained)
    negatives = called[-1] - found[-1]
    # Negatives that score above a positive, and half of those that score the same.
    wrong = (above + called[last] - found) / 2
    precision = np.divide(found, called[last], out=np.zeros_like(found), where=called[last] > 0)
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: a metric of no images
        roc = (gained * (negatives - wrong)).sum(axis=0) / (found[-1] * negatives)
        return roc, (gained * precision).sum(axis=0) / found[-1]


def found_and_alarms(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns how many positives and how many negatives score at least as high as each threshold [(k,) int each].

    Thresholds are the scores that differ, the highest first: what the curves of precision and of sensitivity are of.

    >>> [counts.tolist() for counts in found_and_alarms(np.array([0.9, 0.5, 0.5]), np.array([True, False, True]))]
    [[1, 2], [0, 1]]

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool].
    """
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)
    return np.cumsum(positive[order])[last], np.cumsum(~positive[order])[last]
