"""Whole groups to parts, one by one, or as a search finds where that leaves a part without a class."""

from collections.abc import Sequence

import numpy as np

from tfrecords_tools.splits.assignment import assign
from tfrecords_tools.splits.covering import cover


def deal(
    groups: np.ndarray,
    labels: np.ndarray,
    shares: Sequence[float],
    seed: int,
    begun: np.ndarray,
    *,
    needs: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the part of each image, every part with every class: that of `assign` wherever that does.

    Args:
        groups: as for `assign`, and so are the others [(n,) str].
        labels: [(n,) int].
        shares: of each part.
        seed: of the order of groups of one size, and of a search.
        begun: [(parts, classes) int].
        needs: whether a part needs an image of a class [(parts, classes) bool]; by default all do.

    Returns:
        The place in `shares` for each image [(n,) int].

    Raises:
        NoCoveringError: There is no such division, or none was found.
    """
    needs = np.ones_like(begun, bool) if needs is None else needs
    # First, and kept wherever it will do, so that a search changes no split that was valid (decision 0019).
    parts = assign(groups, labels, shares, seed, begun)
    if (begun + tally(parts, labels, begun.shape) > 0)[needs].all():
        return parts
    return deal_searched(groups, labels, shares, seed, begun, needs=needs)


def deal_searched(
    groups: np.ndarray,
    labels: np.ndarray,
    shares: Sequence[float],
    seed: int,
    begun: np.ndarray,
    *,
    needs: np.ndarray,
) -> np.ndarray:
    """Returns the part of each image as `deal`, whatever `assign` can do.

    Searched for are the few groups by which every part gets what it needs; the others are dealt out around them.
    """
    names, member = np.unique(groups, return_inverse=True)
    counts = tally(member, labels, (len(names), begun.shape[1]))
    parts = cover(counts, needs & (begun == 0), shares, seed)[member]
    is_left = parts < 0
    filled = begun + tally(parts[~is_left], labels[~is_left], begun.shape)
    parts[is_left] = assign(groups[is_left], labels[is_left], shares, seed, filled)
    return parts


def tally(places: np.ndarray, labels: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Returns how many images of each class [(n,) int] lie in each place [(n,) int], in an array of that shape."""
    counts = np.zeros(shape, np.int64)
    np.add.at(counts, (places, labels), 1)
    return counts
