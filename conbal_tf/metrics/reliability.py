"""How often a classifier is right where it is so and so sure: the numbers of a reliability diagram."""

import numpy as np

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.probability import BINS, bins_of


def reliability(answers: Answers) -> dict[str, list[float]]:
    """Returns mean `confidence`, `accuracy` and `count` of images, by bin; bins without images are left out.

    Confidence is the probability of the most probable class. In a calibrated classifier accuracy equals confidence in
    every bin; the mean distance of the two, weighted by count, is the expected calibration error.

    Args:
        answers: of at least one image. Bins are those of `metrics.probability`.

    Reference:
        Guo, Pleiss, Sun, Weinberger (2017), section 2, "Reliability diagrams".
    """
    confidence, right = answers.probabilities.max(axis=1), answers.predicted == answers.labels
    bins = bins_of(confidence)
    counts = np.bincount(bins, minlength=BINS)
    full = counts > 0
    sums = [np.bincount(bins, weights=values, minlength=BINS)[full] for values in (confidence, right)]
    return {
        "confidence": (sums[0] / counts[full]).tolist(),
        "accuracy": (sums[1] / counts[full]).tolist(),
        "count": counts[full].tolist(),
    }
