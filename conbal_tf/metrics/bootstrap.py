"""Intervals of metrics by the bootstrap: whole groups of images are drawn, from each class by itself or from all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from conbal_tf.metrics.resampling import draws, left_out_together, numbered, without_each

Array = NDArray[np.float64]
Measures = Callable[[NDArray], Mapping[str, Array]]

RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Distribution:
    """A metric, or one for each class, with how it varies with the images at hand."""

    point: Array
    """Its value on all images [(...)]."""
    resampled: Array
    """Its value on each resample [(resamples, ...)]."""
    left_out: Array
    """Its value without each group in turn, or without several of a class [(left out, ...)]."""
    strata: NDArray[np.int64] | None = None
    """Class of what is left out; None: all are of one [(left out,) int]."""

    def __sub__(self, other: "Distribution") -> "Distribution":
        """Returns the difference of two metrics of the same images, drawn together."""
        return Distribution(
            self.point - other.point,
            self.resampled - other.resampled,
            self.left_out - other.left_out,
            self.strata if other.strata is None else other.strata,
        )

    def percentile(self, level: float = LEVEL) -> Array:
        """Returns the ends of the percentile interval, NaN where the metric is [(2, ...)]."""
        tail = (1 - level) / 2
        ends = np.stack([np.full_like(self.point, tail), np.full_like(self.point, 1 - tail)])
        return np.where(np.isnan(self.point), np.nan, _quantiles(self.resampled, ends))

    def bca(self, level: float = LEVEL) -> Array:
        """Returns the ends of the bias-corrected and accelerated interval [(2, ...)].

        NaN where the metric is, and where all resamples lie on one side of it: then the bias has no number. A
        calibration error can be such a metric, since drawing images twice adds to it.

        Reference:
            Efron (1987), "Better bootstrap confidence intervals"; the acceleration is the jackknife's, over groups,
            by class as in Davison, Hinkley (1997), "Bootstrap methods and their application", section 5.3.
        """
        resampled = self.resampled
        # Ties count half, as in SciPy: a metric of few images takes few values. Undefined resamples do not count.
        there = np.maximum((~np.isnan(resampled)).sum(axis=0), 1)
        below = ((resampled < self.point).sum(axis=0) + (resampled <= self.point).sum(axis=0)) / (2 * there)
        bias = norm.ppf(np.where((below > 0) & (below < 1), below, 0.5))
        # Efron's Phi(z0 + (z0 + z) / (1 - a (z0 + z))): `bias` is z0, `ends` z0 + z, and `slowed` the denominator.
        ends = bias + norm.ppf((1 + np.array([-level, level])) / 2).reshape(2, *[1] * bias.ndim)
        slowed = 1 - self._acceleration() * ends
        known = (below > 0) & (below < 1) & (slowed > 0).all(axis=0)
        adjusted = norm.cdf(bias + ends / np.where(slowed > 0, slowed, 1.0))
        return np.where(known, _quantiles(resampled, adjusted), np.nan)

    def _acceleration(self) -> Array:
        """Returns how fast the spread changes with the metric, from what each group adds to it [(...)]."""
        strata = np.zeros(len(self.left_out), np.int64) if self.strata is None else self.strata
        cubes, squares = np.zeros_like(self.point), np.zeros_like(self.point)
        for stratum in np.unique(strata):
            without = self.left_out[strata == stratum]
            there = ~np.isnan(without)
            n = np.maximum(there.sum(axis=0), 1)
            deviations = np.where(there, np.where(there, without, 0.0).sum(axis=0) / n - without, 0.0)
            # (n - 1) times a deviation is a group's influence: sums of its cube over n^3, and of its square over n^2.
            cubes = cubes + ((n - 1) / n) ** 3 * (deviations**3).sum(axis=0)
            squares = squares + ((n - 1) / n) ** 2 * (deviations**2).sum(axis=0)
        return np.divide(cubes, 6 * squares**1.5, out=np.zeros_like(cubes), where=squares > 0)


def bootstrap(
    measures: Measures, groups: np.ndarray, strata: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Distribution]:
    """Returns how metrics vary with the images: over resamples of groups, and without each group.

    Args:
        measures: from weights [(k, n)] to metrics [(k, ...)], such as `measures.measure`.
        groups: of images that belong together [(n,) str]; they are drawn together. An empty one makes an image a group
            of its own.
        strata: within which groups are drawn, by their first image [(n,) int]; `strata_of` makes them. Where they are
            classes, every resample has as many groups of each, and the only group of a class is in every one as it is:
            what another one would say, nobody knows.
        resamples: how many, 1 or more.
        seed: of the draws. Equal groups, strata and seed give equal draws, so that two models can be compared on them.
    """
    group_of, stratum_of = numbered(groups, strata)
    point = {name: values[0] for name, values in measures(np.ones((1, len(group_of)), np.int32)).items()}
    drawn = resampled(measures, groups, strata, resamples=resamples, seed=seed)
    set_of, of_sets = left_out_together(stratum_of)
    left_out = _measured(measures, without_each(set_of[group_of], of_sets))
    return {name: Distribution(point[name], drawn[name], left_out[name], of_sets) for name in point}


def resampled(
    measures: Measures, groups: np.ndarray, strata: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Array]:
    """Returns metrics on resamples alone, which variances and covariances need no more than [(resamples, ...)].

    Args:
        measures: as for `bootstrap`, and so are the others.
        groups: [(n,) str].
        strata: [(n,) int].
        resamples: how many, 1 or more.
        seed: of the draws.
    """
    return _measured(measures, draws(*numbered(groups, strata), resamples, seed))


def _measured(measures: Measures, blocks: Iterable[NDArray]) -> dict[str, Array]:
    measured = [measures(weights) for weights in blocks]
    return {name: np.concatenate([block[name] for block in measured]) for name in measured[0]}


def _quantiles(values: Array, at: Array) -> Array:
    """Returns quantiles of each column without its NaNs, at places of its own [(2, ...)]."""
    flat, places = values.reshape(len(values), -1), at.reshape(2, -1)
    ends = np.full(places.shape, np.nan)
    for column in range(flat.shape[1]):
        there = flat[~np.isnan(flat[:, column]), column]
        if there.size:
            ends[:, column] = np.quantile(there, places[:, column])
    return ends.reshape(at.shape)
