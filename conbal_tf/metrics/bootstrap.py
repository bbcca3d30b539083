"""How far a number would move on other images of the same kind: bootstrap resamples of groups, and intervals of them.

Images of one lesion or patient are answered alike, so whole groups are drawn, not images; and each class keeps its
number of groups, as a test part that is split by class does.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 2000
LEVEL = 0.95
# Draws in memory at a time: 16 MB.
CHUNK_DRAWS = 2_000_000
# Of a larger part, several groups are left out together: a jackknife of every single one would take hours.
MOST_LEFT_OUT = 4000


@dataclass(frozen=True)
class Interval:
    """Where a number probably lies, from two methods."""

    percentile: tuple[float, float]
    """From one quantile of the resamples to another: simple, and shifted where resampling itself shifts the number."""
    bca: tuple[float, float]
    """Bias-corrected and accelerated; NaN where the correction has nothing to go by: all resamples on one side."""


def resample(
    groups: ArrayLike, strata: ArrayLike | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> NDArray[np.int16]:
    """Returns how often each image is drawn in each resample: its weight [(resamples, n) int16].

    In each stratum as many groups are drawn as it has, with replacement; all images of a group come with it. So a class
    keeps its number of groups, and its number of images where all groups are equally large. A class with a single group
    stays as it is: what other groups of it would say, nobody knows.

    The order of the images changes nothing: permuted images get the same weights, permuted.

    Args:
        groups: the group of each image, such as its lesion; an empty one makes the image a group of its own [(n,) str].
        strata: the class of each image; a group of several classes belongs to the one that most of its images have, of
            equally many to the first. None draws from all groups alike [(n,) int].
        resamples: how many.
        seed: the same one draws the same resamples.

    Raises:
        ValueError: The arrays are empty or differ in length, or there is no resample to draw.
    """
    group_of, stratum_of = _numbered(groups, strata)
    if resamples < 1:
        raise ValueError(
            f"There is nothing to draw: received {resamples} resamples. Allowed is 1 or more; "
            f"{RESAMPLES} is the default."
        )
    random = np.random.default_rng(seed)
    drawn = np.zeros((resamples, len(stratum_of)), np.int16)
    for stratum in np.unique(stratum_of):
        members = np.flatnonzero(stratum_of == stratum)
        rows = max(1, CHUNK_DRAWS // len(members))
        for first in range(0, resamples, rows):
            count = min(rows, resamples - first)
            draws = random.integers(len(members), size=(count, len(members)))
            draws += np.arange(count)[:, None] * len(members)
            times = np.bincount(draws.ravel(), minlength=draws.size)
            drawn[first : first + count, members] = times.reshape(count, -1)
    return drawn[:, group_of]


def leave_one_out(groups: ArrayLike, strata: ArrayLike | None = None) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Returns the images without one group, for each group in turn: the weights of the jackknife that BCa needs.

    With more than `MOST_LEFT_OUT` groups, several of a stratum are left out together.

    Args:
        groups: as for `resample` [(n,) str].
        strata: as for `resample` [(n,) int].

    Returns:
        Which images stay [(m, n) bool], and the stratum of what is left out [(m,) int].

    Raises:
        ValueError: The arrays are empty or differ in length.
    """
    group_of, stratum_of = _numbered(groups, strata)
    together = -(-len(stratum_of) // MOST_LEFT_OUT)
    set_of = np.empty_like(stratum_of)
    sets: list[int] = []
    for stratum in np.unique(stratum_of):
        members = np.flatnonzero(stratum_of == stratum)
        # Dealt out like cards. Groups are in the order of their names, which says nothing.
        count = -(-len(members) // together)
        set_of[members] = len(sets) + np.arange(len(members)) % count
        sets += [int(stratum)] * count
    return set_of[group_of] != np.arange(len(sets))[:, None], np.array(sets)


def interval(
    values: ArrayLike, point: float, jackknife: ArrayLike, strata: ArrayLike | None = None, *, level: float = LEVEL
) -> Interval:
    """Returns the percentile and the BCa interval of a number.

    Resamples in which the number is undefined (NaN) are left out; where it is undefined itself, so are the intervals.

    Args:
        values: the number on each resample [(resamples,) float].
        point: the number on the images as they are.
        jackknife: the number with each group left out in turn [(m,) float].
        strata: the stratum of what is left out, as from `leave_one_out`; None where nothing is stratified [(m,) int].
        level: the share of intervals that is to hold the true number, within 0 and 1.

    Reference:
        Efron (1987), better bootstrap confidence intervals; Davison, Hinkley (1997), equation 5.22 for strata.

    >>> interval([1.0, 2.0, 3.0, 4.0, 5.0], 3.0, [2.5, 3.0, 3.5], level=0.5).percentile
    (2.0, 4.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"`level` is {level}; allowed is a share between 0 and 1, such as {LEVEL}.")
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    if not np.isfinite(point) or not values.size:
        return Interval((np.nan, np.nan), (np.nan, np.nan))
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = np.quantile(values, tails)
    return Interval((float(low), float(high)), _bca(values, point, _acceleration(jackknife, strata), tails))


def _bca(
    values: NDArray[np.float64], point: float, acceleration: float, tails: tuple[float, float]
) -> tuple[float, float]:
    if np.ptp(values) == 0 and values[0] == point:
        return (point, point)
    # Ties count half, as in SciPy: numbers of few images take few values.
    below = float(np.mean(values < point) + np.mean(values <= point)) / 2
    if not 0 < below < 1:
        return (np.nan, np.nan)
    normal = NormalDist()
    bias = normal.inv_cdf(below)
    shifted = [bias + normal.inv_cdf(tail) for tail in tails]
    if any(acceleration * z >= 1 for z in shifted):
        return (np.nan, np.nan)
    corrected = [normal.cdf(bias + z / (1 - acceleration * z)) for z in shifted]
    low, high = np.quantile(values, corrected)
    return (float(low), float(high))


def _acceleration(jackknife: ArrayLike, strata: ArrayLike | None) -> float:
    """Returns how fast the number's spread changes with the number, from what each group contributes to it."""
    jackknife = np.asarray(jackknife, np.float64)
    strata = np.zeros(len(jackknife), np.int64) if strata is None else np.asarray(strata)
    cubes = squares = 0.0
    for stratum in np.unique(strata):
        without = jackknife[strata == stratum]
        # Without its only group a class is gone, and the number is another one.
        without = without[np.isfinite(without)] if len(without) > 1 else without[:0]
        if without.size:
            influences = (len(without) - 1) / len(without) * (without.mean() - without)
            cubes += float((influences**3).sum())
            squares += float((influences**2).sum())
    return cubes / (6 * squares**1.5) if squares > 0 else 0.0


def _numbered(groups: ArrayLike, strata: ArrayLike | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the group of each image [(n,) int] and the stratum of each group [(n_groups,) int], as numbers from 0."""
    groups = np.asarray(groups).astype(str)
    strata = np.zeros(groups.shape, np.int64) if strata is None else np.asarray(strata)
    if groups.ndim != 1 or groups.shape != strata.shape or groups.size == 0:
        raise ValueError(
            f"Groups and strata do not match: received shapes {groups.shape} and {strata.shape}. "
            "Allowed are one dimension, equal lengths, at least one image; give both of each image."
        )
    _, group_of = np.unique(groups, return_inverse=True)
    alone = groups == ""
    group_of[alone] = group_of.max() + 1 + np.arange(alone.sum())
    _, group_of = np.unique(group_of, return_inverse=True)
    _, stratum_of = np.unique(strata, return_inverse=True)
    images = np.zeros((group_of.max() + 1, stratum_of.max() + 1), np.int64)
    np.add.at(images, (group_of, stratum_of), 1)
    return group_of, images.argmax(axis=1)
