"""The difference of two methods, each trained with several seeds and tested on the same images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from conbal_tf.metrics.bootstrap import LEVEL

Array = NDArray[np.float64]

LEAST_SEEDS = 2


@dataclass(frozen=True)
class DifferenceOfMethods:
    """A metric of two methods, or one for each class; everything is [(...) float64] but for the interval."""

    a: Array
    """Mean over the seeds of A."""
    b: Array
    """Mean over the seeds of B."""
    deviation_a: Array
    """Standard deviation over the seeds of A."""
    deviation_b: Array
    """Standard deviation over the seeds of B."""
    difference: Array
    """B - A."""
    interval: Array
    """Its ends [(2, ...) float64]; NaN where nothing varies that could be told."""
    p: Array
    """Two-sided, of no difference between the methods."""
    of_seeds: Array
    """Share of the variance of the difference that comes from the seeds; the rest is of the images."""
    degrees_of_freedom: Array


def difference_of_methods(
    of_a: np.ndarray, of_b: np.ndarray, resampled_a: np.ndarray, resampled_b: np.ndarray, units: np.ndarray
) -> DifferenceOfMethods:
    """Returns the difference of the means over seeds, with an interval that carries seeds and test images.

    The seeds' own variance comes from the values of the seeds, that of the images from resamples of them: by how much
    the values of two seeds of a method move together, less by how much those of two methods do. What a single network
    makes of a single image is in the first, and not counted twice. This is the analysis of radiologists who read the
    same cases: readers are seeds. A hierarchical bootstrap, drawing seeds and then images, has intervals that are too
    short where seeds matter and there are few, and too long where they do not (the tests simulate both).

    Args:
        of_a: metric of each seed of A [(seeds of A, ...) float], 2 seeds or more.
        of_b: metric of each seed of B [(seeds of B, ...) float], 2 seeds or more.
        resampled_a: the same on resamples of the images [(resamples, seeds of A, ...) float].
        resampled_b: those of B, on the same resamples [(resamples, seeds of B, ...) float].
        units: groups of images that the metric rests on [(...) int].

    Raises:
        ValueError: A method has one seed.

    Reference:
        Obuchowski and Rockette (1995), "Hypothesis testing of diagnostic accuracy for multiple readers and multiple
        tests", with readers of one test each. The degrees of freedom are Satterthwaite's, and not those of Hillis
        (2007), "A comparison of denominator degrees of freedom methods for multiple observer ROC analysis": he pools
        the readers and takes what the cases add for known. Ours are more cautious, never more than his: each method has
        a seed variance of its own, as in Welch's t-test, and what the images add is known by its groups alone.
    """
    if min(len(of_a), len(of_b)) < LEAST_SEEDS:
        raise ValueError(
            f"Methods are compared over seeds: received {len(of_a)} of A and {len(of_b)} of B. Allowed are "
            f"{LEAST_SEEDS} or more of each, since one seed does not tell how much seeds vary; train more."
        )
    seeds_a, seeds_b = of_a.var(axis=0, ddof=1) / len(of_a), of_b.var(axis=0, ddof=1) / len(of_b)
    images = _variance_of_images(resampled_a, resampled_b)
    variance = seeds_a + seeds_b + images
    known = variance > 0
    # Satterthwaite: the square of each part of the variance, over the part's own degrees of freedom.
    spread = seeds_a**2 / (len(of_a) - 1) + seeds_b**2 / (len(of_b) - 1) + images**2 / np.maximum(units - 1, 1)
    freedom = np.divide(variance**2, spread, out=np.full_like(variance, np.nan), where=known)
    difference = of_b.mean(axis=0) - of_a.mean(axis=0)
    error = np.sqrt(variance)
    half = student.ppf((1 + LEVEL) / 2, freedom) * error
    # Where nothing varies, neither seeds nor resamples, a difference of 0 is 0 and any other could be anything.
    fixed = np.where(difference == 0, 0.0, np.nan)
    statistic = np.divide(np.abs(difference), error, out=np.zeros_like(error), where=known)
    return DifferenceOfMethods(
        a=of_a.mean(axis=0),
        b=of_b.mean(axis=0),
        deviation_a=of_a.std(axis=0, ddof=1),
        deviation_b=of_b.std(axis=0, ddof=1),
        difference=difference,
        interval=np.where(known, np.stack([difference - half, difference + half]), np.stack([fixed, fixed])),
        p=np.where(known, 2 * student.sf(statistic, freedom), fixed + 1),
        of_seeds=np.divide(seeds_a + seeds_b, variance, out=np.full_like(variance, np.nan), where=known),
        degrees_of_freedom=freedom,
    )


def _variance_of_images(resampled_a: np.ndarray, resampled_b: np.ndarray) -> Array:
    """Returns what the difference of two methods of endless seeds would still vary by with the images [(...)]."""
    seeds_a, seeds_b = resampled_a.shape[1], resampled_b.shape[1]
    together = np.concatenate([resampled_a, resampled_b], axis=1)
    # A resample without the class in question says nothing of it.
    there = ~np.isnan(together).any(axis=1, keepdims=True)
    count = there.sum(axis=0)
    mean = np.where(there, together, 0.0).sum(axis=0) / np.maximum(count, 1)
    deviations = np.where(there, together - mean, 0.0)
    covariances = np.einsum("ri...,rj...->ij...", deviations, deviations) / np.maximum(count - 1, 1)

    # The mean covariance of two different seeds of a method; a seed with itself is left out.
    def within(block: Array) -> Array:
        seeds = len(block)
        return (block.sum(axis=(0, 1)) - np.einsum("ii...->...", block)) / (seeds * (seeds - 1))

    own = within(covariances[:seeds_a, :seeds_a]) + within(covariances[seeds_a:, seeds_a:])
    between = covariances[:seeds_a, seeds_a:].sum(axis=(0, 1)) / (seeds_a * seeds_b)
    # Obuchowski and Rockette's Cov2 of each method, less twice their Cov3; as an estimate, it may fall below 0.
    return np.maximum(own - 2 * between, 0.0)
