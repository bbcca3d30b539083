"""A threshold for calling an image positive, and what it finds."""

import numpy as np


def threshold_at(scores: np.ndarray, positive: np.ndarray, specificity: float) -> float:
    """Returns the least threshold that leaves at least that share of the negatives below it.

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool], with at least one negative.
        specificity: wanted share of negatives that are called so, above 0 and at most 1.

    Returns:
        A score of one of the images, or infinity where only calling nothing positive is specific enough. An image is
        called positive with a score of at least the threshold.

    >>> threshold_at(np.array([0.1, 0.2, 0.3, 0.9]), np.array([False, False, False, True]), 0.66)
    0.3
    """
    negatives = np.sort(scores[~positive])
    candidates = np.unique(scores)
    # Strictly below: a negative at the threshold itself is called positive.
    below = np.searchsorted(negatives, candidates, side="left") / len(negatives)
    enough = candidates[below >= specificity]
    return float(enough[0]) if len(enough) else np.inf


def rates(scores: np.ndarray, positive: np.ndarray, threshold: float, weights: np.ndarray) -> np.ndarray:
    """Returns sensitivity and specificity at a threshold [(resamples, 2) float64]; NaN without positives or negatives.

    Args:
        scores: the higher, the more likely positive [(n,) float].
        positive: the truth [(n,) bool].
        threshold: at least this much is called positive.
        weights: how often each image counts [(resamples, n)].
    """
    called = scores >= threshold
    shares = []
    for members, right in ((positive, called), (~positive, ~called)):
        there = np.asarray(weights, np.float64) @ members
        hits = np.asarray(weights, np.float64) @ (members & right)
        shares.append(np.divide(hits, there, out=np.full(len(weights), np.nan), where=there > 0))
    return np.stack(shares, axis=1)
