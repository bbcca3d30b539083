"""Which images the resamples of a bootstrap hold, and those of a jackknife: whole groups, stratum by stratum."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# Weights that are in memory at a time: with what metrics make of them, some 100 MB.
WEIGHTS_AT_ONCE = 1_000_000
# Of more groups, several of a class are left out together: each by itself would take hours.
MOST_LEFT_OUT = 4000
FIXED, VARIED = "fixed", "varied"


def strata_of(labels: np.ndarray, class_mix: str) -> NDArray[np.int64]:
    """Returns the strata within which groups are drawn [(n,) int].

    Args:
        labels: classes of the images [(n,) int].
        class_mix: `fixed` draws within each class: how a metric varies with other images of the same mix of classes.
            `varied` draws from all: the mix varies as it does where images come as they come.
    """
    return np.asarray(labels) if class_mix == FIXED else np.zeros(len(labels), np.int64)


def numbered(groups: np.ndarray, strata: np.ndarray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the number of each image's group [(n,) int], and the stratum of the first image of each [(groups,) int].

    Args:
        groups: an empty one makes an image a group of its own [(n,) str].
        strata: such as the classes [(n,) int].
    """
    names = np.asarray(groups).astype(str)
    _, numbers = np.unique(names, return_inverse=True)
    alone = names == ""
    numbers[alone] = numbers.max() + 1 + np.arange(alone.sum())
    # Once more, since images without a group have just got numbers of their own.
    _, first, group_of = np.unique(numbers, return_index=True, return_inverse=True)
    return group_of, np.asarray(strata)[first]


def draws(group_of: np.ndarray, stratum_of: np.ndarray, resamples: int, seed: int) -> Iterator[NDArray[np.int32]]:
    """Yields how often each image is drawn in each resample [(block, n) int32].

    Args:
        group_of: the number of each image's group [(n,) int].
        stratum_of: that of each group, within which it is drawn [(groups,) int].
        resamples: how many, over all blocks.
        seed: of the draws.
    """
    strata = [np.flatnonzero(stratum_of == label) for label in np.unique(stratum_of)]
    random = np.random.default_rng(seed)
    for block in _blocks(resamples, len(group_of)):
        counts = np.zeros((block, len(stratum_of)), np.int32)
        for stratum in strata:
            numbers = random.integers(len(stratum), size=(block, len(stratum)))
            # Numbered through the resamples of the block, so that one count does for all of them.
            places = numbers + len(stratum) * np.arange(block)[:, None]
            drawn = np.bincount(places.ravel(), minlength=block * len(stratum))
            counts[:, stratum] = drawn.reshape(block, len(stratum))
        yield counts[:, group_of]


def left_out_together(stratum_of: np.ndarray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the set in which each group is left out [(groups,) int], and the class of each set [(sets,) int].

    Args:
        stratum_of: class of each group [(groups,) int].
    """
    together = -(-len(stratum_of) // MOST_LEFT_OUT)
    set_of = np.empty(len(stratum_of), np.int64)
    strata: list[int] = []
    for stratum in np.unique(stratum_of):
        members = np.flatnonzero(stratum_of == stratum)
        count = -(-len(members) // together)
        set_of[members] = len(strata) + np.arange(len(members)) % count
        strata += [int(stratum)] * count
    return set_of, np.array(strata)


def without_each(set_of: np.ndarray, strata: np.ndarray) -> Iterator[NDArray[np.int32]]:
    """Yields weights of 1, and 0 for one set of groups in each row [(block, n) int32].

    Nothing is left out in the row of a class with a single set: without it the metric would be another one, and a
    class that is drawn without variation adds nothing to the acceleration.

    Args:
        set_of: the set of each image's group [(n,) int].
        strata: class of each set [(sets,) int].
    """
    sizes = dict(zip(*np.unique(strata, return_counts=True), strict=True))
    single = np.array([sizes[stratum] == 1 for stratum in strata])
    start = 0
    for block in _blocks(len(strata), len(set_of)):
        rows = np.arange(start, start + block)
        yield ((set_of != rows[:, None]) | single[rows][:, None]).astype(np.int32)
        start += block


def _blocks(rows: int, n: int) -> Iterator[int]:
    size = max(1, WEIGHTS_AT_ONCE // n)
    while rows > 0:
        yield min(size, rows)
        rows -= size
