"""Intervals of metrics by the bootstrap: whole groups of images are drawn, each class as often as it is there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Array = NDArray[np.float64]
Measures = Callable[[NDArray], Mapping[str, Array]]

RESAMPLES = 2000
LEVEL = 0.95
# Weights that are in memory at a time: with what metrics make of them, some 100 MB.
WEIGHTS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Distribution:
    """A metric, or one for each class, with how it varies with the images at hand."""

    point: Array
    """Its value on all images [(...)]."""
    resampled: Array
    """Its value on each resample [(resamples, ...)]."""
    left_out: Array
    """Its value without each group in turn [(groups, ...)]."""

    def __sub__(self, other: "Distribution") -> "Distribution":
        """Returns the difference of two metrics of the same images, drawn together."""
        return Distribution(self.point - other.point, self.resampled - other.resampled, self.left_out - other.left_out)

    def percentile(self, level: float = LEVEL) -> Array:
        """Returns the ends of the percentile interval, NaN where the metric is [(2, ...)]."""
        tail = (1 - level) / 2
        return _quantiles(
            self.resampled, np.stack([np.full_like(self.point, tail), np.full_like(self.point, 1 - tail)])
        )

    def bca(self, level: float = LEVEL) -> Array:
        """Returns the ends of the bias-corrected and accelerated interval [(2, ...)].

        NaN where the metric is, and where all resamples lie on one side of it: then the bias has no number. A
        calibration error can be such a metric, since drawing images twice adds to it.

        Reference:
            Efron (1987), "Better bootstrap confidence intervals"; the acceleration is the jackknife's, over groups.
        """
        resampled = self.resampled
        # Ties count half, as in SciPy: a metric of few images takes few values.
        below = ((resampled < self.point).mean(axis=0) + (resampled <= self.point).mean(axis=0)) / 2
        known = (below > 0) & (below < 1)
        bias = norm.ppf(np.where(known, below, 0.5))
        deviations = self.left_out.mean(axis=0) - self.left_out
        spread = (deviations**2).sum(axis=0)
        acceleration = np.divide(
            (deviations**3).sum(axis=0), 6 * spread**1.5, out=np.zeros_like(spread), where=spread > 0
        )
        ends = bias + norm.ppf((1 + np.array([-level, level])) / 2).reshape(2, *[1] * bias.ndim)
        adjusted = norm.cdf(bias + ends / (1 - acceleration * ends))
        return np.where(known, _quantiles(resampled, adjusted), np.nan)


def bootstrap(
    measures: Measures, groups: np.ndarray, labels: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Distribution]:
    """Returns how metrics vary with the images: over resamples of groups, and without each group.

    Args:
        measures: from weights [(k, n)] to metrics [(k, ...)], such as `measures.measure`.
        groups: of images that belong together [(n,) str]; they are drawn together.
        labels: classes of the images [(n,) int]. Groups are drawn within the class of their first image, so that no
            resample is without a rare class.
        resamples: how many, 1 or more.
        seed: of the draws. Equal groups, labels and seed give equal draws, so that two models can be compared on them.
    """
    point = {name: values[0] for name, values in measures(np.ones((1, len(groups)), np.int32)).items()}
    drawn = resampled(measures, groups, labels, resamples=resamples, seed=seed)
    left_out = _measured(measures, _without_each_group(groups))
    return {name: Distribution(point[name], drawn[name], left_out[name]) for name in point}


def resampled(
    measures: Measures, groups: np.ndarray, labels: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Array]:
    """Returns metrics on resamples alone, which variances and covariances need no more than [(resamples, ...)].

    Args:
        measures: as for `bootstrap`, and so are the others.
        groups: [(n,) str].
        labels: [(n,) int].
        resamples: how many, 1 or more.
        seed: of the draws.
    """
    return _measured(measures, _resamples(groups, labels, resamples, seed))


def _measured(measures: Measures, blocks: Iterator[NDArray]) -> dict[str, Array]:
    measured = [measures(weights) for weights in blocks]
    return {name: np.concatenate([block[name] for block in measured]) for name in measured[0]}


def _resamples(groups: np.ndarray, labels: np.ndarray, resamples: int, seed: int) -> Iterator[NDArray[np.int32]]:
    """Yields how often each image is drawn in each resample [(block, n) int32]."""
    _, first, members = np.unique(groups, return_index=True, return_inverse=True)
    strata = [np.flatnonzero(labels[first] == label) for label in np.unique(labels[first])]
    random = np.random.default_rng(seed)
    for block in _blocks(resamples, len(groups)):
        counts = np.zeros((block, len(first)), np.int32)
        for stratum in strata:
            draws = random.integers(len(stratum), size=(block, len(stratum)))
            places = draws + len(stratum) * np.arange(block)[:, None]
            drawn = np.bincount(places.ravel(), minlength=block * len(stratum))
            counts[:, stratum] = drawn.reshape(block, len(stratum))
        yield counts[:, members]


def _without_each_group(groups: np.ndarray) -> Iterator[NDArray[np.int32]]:
    """Yields weights of 1, and 0 for one group in each row [(block, n) int32]."""
    _, members = np.unique(groups, return_inverse=True)
    start = 0
    for block in _blocks(int(members.max()) + 1, len(groups)):
        yield (members != np.arange(start, start + block)[:, None]).astype(np.int32)
        start += block


def _blocks(rows: int, n: int) -> Iterator[int]:
    size = max(1, WEIGHTS_AT_ONCE // n)
    while rows > 0:
        yield min(size, rows)
        rows -= size


def _quantiles(values: Array, at: Array) -> Array:
    """Returns quantiles of each column, at places of its own [(2, ...)]."""
    flat, places = values.reshape(len(values), -1), at.reshape(2, -1)
    ends = [np.quantile(column, place) for column, place in zip(flat.T, places.T, strict=True)]
    return np.array(ends).T.reshape(at.shape)
