"""Every metric of a classifier's answers, in two tables: one number each, and one for each class.

The same code gives a figure (all weights 1) and its interval (weights of resamples), so that they cannot differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from conbal_tf.metrics import confusion, probability, ranking
from conbal_tf.metrics.answers import Answers

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Weighted:
    """Answers in which each image counts as often as its weight, for several weightings at once."""

    answers: Answers
    """n images, C classes."""
    weights: NDArray
    """[(resamples, n)], at least 0."""

    @cached_property
    def confusion(self) -> Array:
        """[(resamples, C, C) float64]."""
        answers = self.answers
        return confusion.confusion_matrices(answers.labels, answers.predicted, self.weights, answers.n_classes)

    @property
    def auc(self) -> Array:
        """One class against the others [(resamples, C) float64]."""
        return self._rankings[..., 0]

    @property
    def average_precision(self) -> Array:
        """One class against the others [(resamples, C) float64]."""
        return self._rankings[..., 1]

    def of_probabilities(self, metric: Callable[[np.ndarray, np.ndarray, np.ndarray], Array]) -> Array:
        """Returns a function of `metrics.probability` [(resamples,) float64]."""
        return metric(self.answers.probabilities, self.answers.labels, self.weights)

    def mean_f1(self, place: int) -> Array:
        """Returns the mean F1 of the major (0), middle (1) or minor (2) classes; NaN if none [(resamples,) float64]."""
        return self._mean_over(self.answers.class_groups[place])

    def _mean_over(self, names: Sequence[str]) -> Array:
        members = [self.answers.class_names.index(name) for name in names]
        if not members:
            return np.full(len(self.weights), np.nan)
        return confusion.f1(self.confusion)[:, members].mean(axis=1)

    @cached_property
    def _rankings(self) -> Array:
        """AUC and average precision of each class [(resamples, C, 2) float64]. Ranking is what takes the time: once."""
        answers, weights = self.answers, np.asarray(self.weights, np.float64)
        return np.stack(
            [
                np.stack(ranking.areas(answers.probabilities[:, c], answers.labels == c, weights), axis=1)
                for c in range(answers.n_classes)
            ],
            axis=1,
        )


def measure(answers: Answers, weights: NDArray | None = None) -> dict[str, Array]:
    """Returns every metric of `OVERALL` [(resamples,) float64] and of `PER_CLASS` [(resamples, C) float64].

    Args:
        answers: of n images.
        weights: how often each image counts [(resamples, n)]; None: once, in one resample.
    """
    weighted = Weighted(answers, np.ones((1, len(answers))) if weights is None else weights)
    return {name: metric(weighted) for name, metric in (OVERALL | PER_CLASS).items()}


def _mean_of_classes(values: Array) -> Array:
    """Returns the mean over classes, without those of which the metric says nothing [(resamples,) float64]."""
    known = ~np.isnan(values)
    return np.divide(
        np.where(known, values, 0.0).sum(axis=1),
        known.sum(axis=1),
        out=np.full(len(values), np.nan),
        where=known.any(axis=1),
    )


# Adding a metric: one function of `Weighted`, one line in one of these tables. All else follows: metrics.json, its
# intervals, the comparison of runs, the page. A metric over several numbers of a class is named as that of the class.
OVERALL: dict[str, Callable[[Weighted], Array]] = {
    "accuracy": lambda weighted: confusion.accuracy(weighted.confusion),
    "macro_f1": lambda weighted: confusion.f1(weighted.confusion).mean(axis=-1),
    "balanced_accuracy": lambda weighted: confusion.balanced_accuracy(weighted.confusion),
    "quadratic_weighted_kappa": lambda weighted: confusion.quadratic_weighted_kappa(weighted.confusion),
    "major_f1": lambda weighted: weighted.mean_f1(0),
    "middle_f1": lambda weighted: weighted.mean_f1(1),
    "minor_f1": lambda weighted: weighted.mean_f1(2),
    "macro_auc": lambda weighted: _mean_of_classes(weighted.auc),
    "macro_average_precision": lambda weighted: _mean_of_classes(weighted.average_precision),
    "log_loss": lambda weighted: weighted.of_probabilities(probability.log_loss),
    "brier": lambda weighted: weighted.of_probabilities(probability.brier),
    "ece": lambda weighted: weighted.of_probabilities(probability.expected_calibration_error),
    "classwise_ece": lambda weighted: weighted.of_probabilities(probability.classwise_calibration_error),
}
PER_CLASS: dict[str, Callable[[Weighted], Array]] = {
    "precision": lambda weighted: confusion.precision(weighted.confusion),
    "recall": lambda weighted: confusion.recall(weighted.confusion),
    "f1": lambda weighted: confusion.f1(weighted.confusion),
    "specificity": lambda weighted: confusion.specificity(weighted.confusion),
    "auc": lambda weighted: weighted.auc,
    "average_precision": lambda weighted: weighted.average_precision,
}
