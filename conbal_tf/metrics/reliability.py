"""How often a classifier is right where it is so and so sure: the numbers of a reliability diagram."""

import numpy as np
from numpy.typing import ArrayLike

BINS = 15


def reliability(labels: ArrayLike, probabilities: ArrayLike, bins: int = BINS) -> dict[str, list[float]]:
    """Returns mean `confidence`, `accuracy` and `count` of the images in each bin of confidence, empty bins left out.

    Confidence is the probability of the most probable class; bins are equally wide from 0 to 1, and hold their upper
    end. In a calibrated classifier accuracy equals confidence in each.

    Args:
        labels: true classes, 0 to n_classes - 1 [(n,) int].
        probabilities: [(n, n_classes) float].
        bins: how many.

    >>> reliability([0, 1], [[0.7, 0.3], [0.7, 0.3]], bins=10)
    {'confidence': [0.7], 'accuracy': [0.5], 'count': [2]}
    """
    p = np.asarray(probabilities, np.float64)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == np.asarray(labels)
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    full = counts > 0
    sums = (np.bincount(places, weights=values, minlength=bins)[full] for values in (confidence, right))
    means = [(total / counts[full]).tolist() for total in sums]
    return {"confidence": means[0], "accuracy": means[1], "count": counts[full].tolist()}
