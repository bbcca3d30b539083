"""The metrics that two classifiers are compared by, and what many tests at once ask for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.measures import OVERALL, PER_CLASS, Weighted, said_of

Array = NDArray[np.float64]

# Of p-values, corrected for how many there are: goes with intervals of 95 %.
CLAIMED_BELOW = 0.05


def measure_compared(
    answers: Answers, weights: NDArray | None = None, *, without: Sequence[str] = ()
) -> dict[str, Array]:
    """Returns the metrics of `COMPARED` [(resamples,) float64] and of `COMPARED_PER_CLASS` [(resamples, C) float64].

    What needs an order is left out where the classes have none.

    Args:
        answers: of n images.
        weights: how often each image counts [(resamples, n)]; None: once, in one resample.
        without: metrics that are left out.
    """
    weighted = Weighted(answers, np.ones((1, len(answers))) if weights is None else weights)
    metrics = {name: OVERALL[name] for name in COMPARED} | {name: PER_CLASS[name] for name in COMPARED_PER_CLASS}
    return {name: metric.of(weighted) for name, metric in said_of(answers, metrics).items() if name not in without}


def holm(p_values: np.ndarray) -> Array:
    """Returns p-values that hold for all tests together: the chance of any false claim is at most the level.

    Args:
        p_values: [(tests,) float]. NaN is no test, and stays.

    Returns:
        [(tests,) float64], each at least as large as before.

    Reference:
        Holm (1979), "A simple sequentially rejective multiple test procedure".

    >>> holm(np.array([0.01, 0.04, 0.03])).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p_values, np.float64)
    adjusted = np.full(given.shape, np.nan)
    tests = np.flatnonzero(~np.isnan(given))
    order = tests[np.argsort(given[tests], kind="stable")]
    # The smallest of m p-values times m, the next times m - 1 and so on, and none below the one before.
    adjusted[order] = np.minimum(np.maximum.accumulate(given[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted


# Each further test makes the others harder to pass, so these are few: what metrics.json has beyond them says much the
# same.
COMPARED = (
    "accuracy",
    "macro_f1",
    "balanced_accuracy",
    "quadratic_weighted_kappa",
    "macro_auc",
    "log_loss",
    "ece",
)
COMPARED_PER_CLASS = ("recall", "f1")
