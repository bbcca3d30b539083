"""Every metric of a classifier's answers, in two tables: one number each, and one for each class.

The same code gives a figure (all weights 1) and its interval (weights of resamples), so that they cannot differ.
"""

from collections.abc import Callable, Mapping
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
    def precision(self) -> Array:
        """How much of what is called a class is of it; NaN for one that a resample has not drawn [(resamples, C)]."""
        return self._of_drawn(confusion.precision(self.confusion))

    @property
    def f1(self) -> Array:
        """F1 of each class; NaN for one that a resample has not drawn [(resamples, C) float64]."""
        return self._of_drawn(confusion.f1(self.confusion))

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
        members = [self.answers.class_names.index(name) for name in self.answers.class_groups[place]]
        return _mean_of_classes(self.f1[:, members])

    def _of_drawn(self, values: Array) -> Array:
        """Returns values of classes without those of which there are images, none of them in the resample.

        Such a resample says nothing of the class, where 0 would say that it is never found. A class of which there is
        no image at all keeps its 0, as in scikit-learn.
        """
        there = np.bincount(self.answers.labels, minlength=self.answers.n_classes) > 0
        return np.where(there & (self.confusion.sum(axis=-1) == 0), np.nan, values)

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


@dataclass(frozen=True)
class Measure:
    """A metric: how it is computed, and how people call it."""

    of: Callable[[Weighted], Array]
    title: str
    """In tables and sentences, in the middle of one."""
    lower_is_better: bool = False
    needs_order: bool = False
    """Whether it weights a mistake by how far apart two classes are."""


def measure(answers: Answers, weights: NDArray | None = None) -> dict[str, Array]:
    """Returns every metric of `OVERALL` [(resamples,) float64] and of `PER_CLASS` [(resamples, C) float64].

    What needs an order is left out where the classes have none.

    Args:
        answers: of n images.
        weights: how often each image counts [(resamples, n)]; None: once, in one resample.
    """
    weighted = Weighted(answers, np.ones((1, len(answers))) if weights is None else weights)
    return {name: metric.of(weighted) for name, metric in said_of(answers, OVERALL | PER_CLASS).items()}


def said_of(answers: Answers, metrics: Mapping[str, Measure]) -> dict[str, Measure]:
    """Returns those metrics that say something of the answers: what needs an order only where there is one."""
    return {name: metric for name, metric in metrics.items() if answers.ordered or not metric.needs_order}


def _mean_of_classes(values: Array) -> Array:
    """Returns the mean over classes, without those of which the metric says nothing [(resamples,) float64]."""
    known = ~np.isnan(values)
    return np.divide(
        np.where(known, values, 0.0).sum(axis=1),
        known.sum(axis=1),
        out=np.full(len(values), np.nan),
        where=known.any(axis=1),
    )


# Adding a metric: one function of `Weighted`, one line in one of these tables. metrics.json, its intervals, the
# terminal and the page take it from here; docs/metrics.md says what it is.
OVERALL: dict[str, Measure] = {
    "accuracy": Measure(lambda weighted: confusion.accuracy(weighted.confusion), "accuracy"),
    "macro_f1": Measure(lambda weighted: _mean_of_classes(weighted.f1), "macro F1"),
    "balanced_accuracy": Measure(lambda weighted: confusion.balanced_accuracy(weighted.confusion), "balanced accuracy"),
    "quadratic_weighted_kappa": Measure(
        lambda weighted: confusion.quadratic_weighted_kappa(weighted.confusion),
        "quadratic weighted kappa",
        needs_order=True,
    ),
    "major_f1": Measure(lambda weighted: weighted.mean_f1(0), "major F1"),
    "middle_f1": Measure(lambda weighted: weighted.mean_f1(1), "middle F1"),
    "minor_f1": Measure(lambda weighted: weighted.mean_f1(2), "minor F1"),
    "macro_auc": Measure(lambda weighted: _mean_of_classes(weighted.auc), "macro AUC"),
    "macro_average_precision": Measure(
        lambda weighted: _mean_of_classes(weighted.average_precision), "macro average precision"
    ),
    "log_loss": Measure(
        lambda weighted: weighted.of_probabilities(probability.log_loss), "log loss", lower_is_better=True
    ),
    "brier": Measure(
        lambda weighted: weighted.of_probabilities(probability.brier), "Brier score", lower_is_better=True
    ),
    "ece": Measure(
        lambda weighted: weighted.of_probabilities(probability.expected_calibration_error),
        "calibration error",
        lower_is_better=True,
    ),
    "classwise_ece": Measure(
        lambda weighted: weighted.of_probabilities(probability.classwise_calibration_error),
        "class-wise calibration error",
        lower_is_better=True,
    ),
}
PER_CLASS: dict[str, Measure] = {
    "precision": Measure(lambda weighted: weighted.precision, "precision"),
    "recall": Measure(lambda weighted: confusion.recall(weighted.confusion), "recall"),
    "f1": Measure(lambda weighted: weighted.f1, "F1"),
    "specificity": Measure(lambda weighted: confusion.specificity(weighted.confusion), "specificity"),
    "auc": Measure(lambda weighted: weighted.auc, "AUC"),
    "average_precision": Measure(lambda weighted: weighted.average_precision, "average precision"),
}
