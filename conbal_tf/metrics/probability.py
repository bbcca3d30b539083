"""How far probabilities can be taken at their word, for many weightings of the images at once.

A metric takes `probabilities` [(n, C) float], `labels`, the true classes [(n,) int], and `weights`, how often each
image counts [(resamples, n)].
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# The number of bins of Guo et al.; with more, a part of some hundred images leaves single images in a bin.
BINS = 15
# The least probability that has a logarithm where answers are changed, as in calibration: what float32 tells from 0.
LEAST = float(np.finfo(np.float32).tiny)
# The least that the log loss counts with: scikit-learn's.
CLIP = float(np.finfo(np.float64).eps)


def log_loss(probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Array:
    """Returns the mean of -log p(true class), in nats [(resamples,) float64].

    A probability below `CLIP` counts as that, as in scikit-learn.
    """
    return _mean(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], CLIP)), weights)


def brier(probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Array:
    """Returns the mean squared distance to the truth, summed over classes: 0 to 2 [(resamples,) float64].

    Reference:
        Brier (1950), "Verification of forecasts expressed in terms of probability", with its sum over classes.
    """
    truth = np.eye(probabilities.shape[1])[labels]
    return _mean(((probabilities - truth) ** 2).sum(axis=1), weights)


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Array:
    """Returns by how much the largest probability misses its share of right answers, 0-1 [(resamples,) float64].

    Over `BINS` equal bins of the largest probability: |mean probability - share right|, weighted by the bin's images.

    Reference:
        Guo, Pleiss, Sun, Weinberger (2017), "On calibration of modern neural networks", equation 3.
    """
    right = probabilities.argmax(axis=1) == labels
    return _gaps(probabilities.max(axis=1), right, weights)


def classwise_calibration_error(probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Array:
    """Returns the mean over classes of the calibration error of its probability by itself [(resamples,) float64].

    Reference:
        Kull et al. (2019), "Beyond temperature scaling", section 3.
    """
    gaps = [_gaps(probabilities[:, c], labels == c, weights) for c in range(probabilities.shape[1])]
    return np.mean(gaps, axis=0)


def bins_of(confidence: np.ndarray) -> NDArray[np.intp]:
    """Returns the bin of each probability, 0 to BINS - 1; a bin holds its upper edge [(n,) int]."""
    return np.clip(np.ceil(np.asarray(confidence, np.float64) * BINS).astype(np.intp) - 1, 0, BINS - 1)


def _gaps(confidence: np.ndarray, right: np.ndarray, weights: np.ndarray) -> Array:
    # |sum of (confidence - right) in a bin| / n is the bin's gap, weighted by its share of the images.
    misses = np.zeros((len(confidence), BINS))
    misses[np.arange(len(confidence)), bins_of(confidence)] = confidence - right
    weights = np.asarray(weights, np.float64)
    return np.abs(weights @ misses).sum(axis=1) / weights.sum(axis=1)


def _mean(values: np.ndarray, weights: np.ndarray) -> Array:
    weights = np.asarray(weights, np.float64)
    return weights @ values / weights.sum(axis=1)
