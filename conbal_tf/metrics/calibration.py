"""Probabilities that mean what they say: a temperature, and classes as frequent as they are, fitted by log loss."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from conbal_tf.metrics.probability import LEAST

# Outside of these a validation part is so small, or so well known, that it tells no temperature.
TEMPERATURES = (0.05, 20.0)
PRIOR_STRENGTHS = (-3.0, 3.0)
# What a class without a validation image counts as: less than one, but not never.
UNSEEN_IMAGES = 0.5
# Weight of the pull towards no change, in images. The log loss alone has no lowest point where all images are right
# (ever sharper is ever better) or all classes equally frequent; with hundreds of images it moves the fifth digit.
PULL = 0.01


@dataclass(frozen=True)
class Calibration:
    """A change of class probabilities p, to softmax(log p / temperature + offsets)."""

    temperature: float
    """Above 1 makes a classifier less sure, below 1 surer. By itself it never changes the most probable class."""
    offsets: tuple[float, ...]
    """What is added to the log-probability of each class."""

    def apply(self, probabilities: ArrayLike) -> NDArray[np.float64]:
        """Returns the changed probabilities [(n, n_classes) float64].

        Args:
            probabilities: as a classifier gives them [(n, n_classes) float]; 0 counts as `LEAST`, the least
                number that float32 tells from it.
        """
        return softmax(log_probabilities(probabilities) / self.temperature + np.array(self.offsets), axis=1)

    def elsewhere(self, prior: ArrayLike, there: ArrayLike) -> "Calibration":
        """Returns the change for a place where the classes are otherwise frequent and look the same.

        Args:
            prior: share of each class where this change was fitted [(n_classes,) float].
            there: share of each class in the other place, all above 0 [(n_classes,) float].
        """
        moved = np.array(self.offsets) + np.log(there) - np.log(prior)
        return replace(self, offsets=tuple(moved.tolist()))


def prior_offsets(prior: ArrayLike, strength: float) -> tuple[float, ...]:
    """Returns strength * log(prior * n_classes), which turns answers for equal classes into ones for `prior`.

    Args:
        prior: share of each class, all above 0 [(n_classes,) float].
        strength: 1 corrects in full, 0 not at all. A network that was trained on balanced classes without becoming
            quite blind to their frequency needs less than 1; one that knows the frequencies needs 0, and with -1 it
            answers as if all classes were equally frequent.

    Reference:
        Saerens, Latinne, Decaestecker (2002), "Adjusting the outputs of a classifier to new a priori probabilities",
        Eq. (2.4).

    >>> [round(offset, 3) for offset in prior_offsets([0.9, 0.1], 1.0)]
    [0.588, -1.609]
    """
    shares = np.asarray(prior, np.float64)
    return tuple((strength * np.log(shares * len(shares))).tolist())


def class_prior(labels: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Returns the share of each class [(n_classes,) float64], above 0 for a class that does not occur, too.

    A class without an image counts as half an image: else its probability would be 0 for ever, whatever is seen.

    Args:
        labels: true classes, 0 to n_classes - 1 [(n,) int].
        n_classes: how many classes there are.

    >>> class_prior([0, 0, 0, 1], 2)
    array([0.75, 0.25])
    """
    counts = np.maximum(np.bincount(np.asarray(labels), minlength=n_classes), UNSEEN_IMAGES)
    return counts / counts.sum()


def fit_temperature(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Returns the temperature with the lowest log loss, within `TEMPERATURES`.

    Args:
        labels: true classes, 0 to n_classes - 1 [(n,) int], of images that were not trained on.
        probabilities: a classifier's [(n, n_classes) float].

    Raises:
        ValueError: The two do not fit each other, or there are none.

    Reference:
        Guo, Pleiss, Sun, Weinberger (2017), "On calibration of modern neural networks", section 4.2.
    """
    (inverse,) = _fit(labels, [log_probabilities(probabilities)])
    return float(1 / inverse)


def fit_temperature_and_prior(labels: ArrayLike, probabilities: ArrayLike, prior: ArrayLike) -> tuple[float, float]:
    """Returns the temperature and the strength of the prior with the lowest log loss together.

    Args:
        labels: true classes, 0 to n_classes - 1 [(n,) int], of images that were not trained on.
        probabilities: a classifier's [(n, n_classes) float].
        prior: share of each class, all above 0 [(n_classes,) float].

    Returns:
        The temperature, within `TEMPERATURES`, and the strength, within `PRIOR_STRENGTHS`; for `prior_offsets`.

    Raises:
        ValueError: The labels and probabilities do not fit each other, or there are none.
    """
    logs = log_probabilities(probabilities)
    inverse, strength = _fit(labels, [logs, np.broadcast_to(prior_offsets(prior, 1.0), logs.shape)])
    return float(1 / inverse), float(strength)


def log_probabilities(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Returns their logarithms [(n, n_classes) float64], finite where a probability is 0, too."""
    return np.log(np.maximum(np.asarray(probabilities, np.float64), LEAST))


def _fit(labels: ArrayLike, terms: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Returns the weights of the terms whose sum, through a softmax, has the lowest log loss.

    The first weight is the inverse temperature: in it, unlike in the temperature, the loss is convex, so what is found
    is the lowest point there is. It begins at no change, so it never ends with a higher log loss than that.

    Args:
        labels: true classes [(n,) int].
        terms: log-probabilities, and what may be added to them [(n, n_classes) float64].
    """
    rows, truth, stacked = np.arange(len(terms[0])), _checked(labels, terms[0]), np.stack(terms)
    # An inverse temperature of 1, and nothing of the prior.
    no_change = np.eye(1, len(terms))[0]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_p = log_softmax(np.tensordot(weights, stacked, axes=1), axis=1)
        # The derivative of the log loss by the logits: p, less 1 at the true class.
        errors = np.exp(log_p)
        errors[rows, truth] -= 1
        pull, gradient = weights - no_change, np.tensordot(stacked, errors, axes=2)
        images = len(rows)
        value = -log_p[rows, truth].sum() + PULL * (pull**2).sum()
        return value / images, (gradient + 2 * PULL * pull) / images

    coldest, hottest = TEMPERATURES
    bounds = [(1 / hottest, 1 / coldest), PRIOR_STRENGTHS][: len(terms)]
    options = {"ftol": 1e-14, "gtol": 1e-10}
    return minimize(loss, no_change, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def _checked(labels: ArrayLike, probabilities: NDArray[np.float64]) -> NDArray[np.integer]:
    """Returns the labels as an array, having found a probability of each."""
    truth = np.asarray(labels)
    fits = probabilities.ndim == 2 and truth.shape == probabilities.shape[:1] and truth.size > 0
    if not fits or not np.isfinite(probabilities).all() or truth.min() < 0 or truth.max() >= probabilities.shape[1]:
        raise ValueError(
            f"Nothing can be fitted: received labels of shape {truth.shape} and probabilities of shape "
            f"{probabilities.shape}. Allowed are at least one image, its class from 0 on and a finite probability of "
            "each class; pass both of the same images."
        )
    return truth
