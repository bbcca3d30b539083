"""Folds: whole groups to test parts that together are everything, and the rest of each to train and validation."""

from collections.abc import Sequence

import numpy as np

from tfrecords_tools.splits.assignment import assign
from tfrecords_tools.splits.covering import NoCoveringError
from tfrecords_tools.splits.dealing import deal, deal_searched, tally

TRAIN, VALIDATION, TEST = range(3)


def deal_fold(
    groups: np.ndarray,
    labels: np.ndarray,
    fold: tuple[int, int],
    seed: int,
    begun: np.ndarray,
    *,
    shares: Sequence[float],
) -> np.ndarray:
    """Returns the part of each image in one fold, every part with every class.

    All folds of a seed are decided on together, whichever is wanted: those of `assign` where all of them can be had,
    else those of a search. Where not all can be had, a fold of `assign` that can be had by itself is given.

    Args:
        groups: the group of each image [(n,) str].
        labels: its class [(n,) int].
        fold: the number of the fold, from 1, and how many there are, 2 or more.
        seed: of the order of groups of one size.
        begun: images that train and validation have in every fold, by class [(2, classes) int].
        shares: of train and validation in what is not tested.

    Returns:
        `TRAIN`, `VALIDATION` or `TEST` for each image [(n,) int].

    Raises:
        NoCoveringError: There are no such folds, or none were found.
    """
    number, folds = fold

    def division(fold_of: np.ndarray, tested: int) -> np.ndarray:
        parts, rest = np.full(len(labels), TEST), fold_of != tested
        parts[rest] = deal(groups[rest], labels[rest], shares, seed, begun)
        return parts

    def can_be_had(fold_of: np.ndarray, tested: int) -> bool:
        try:
            return (tally(division(fold_of, tested), labels, (3, begun.shape[1]))[TEST] > 0).all()
        except NoCoveringError:
            return False

    fold_of = assign(groups, labels, [1 / folds] * folds, seed)
    counts = tally(fold_of, labels, (folds, begun.shape[1]))
    # Of three folds or more that have every class, one that is not tested can validate, and the others train.
    if not ((counts > 0).all() and (folds > 2 or all(can_be_had(fold_of, tested) for tested in range(folds)))):
        try:
            fold_of = _searched(groups, labels, folds, seed, begun, shares=shares)
        except NoCoveringError:
            if not can_be_had(fold_of, number - 1):
                raise
    return division(fold_of, number - 1)


def _searched(
    groups: np.ndarray, labels: np.ndarray, folds: int, seed: int, begun: np.ndarray, *, shares: Sequence[float]
) -> np.ndarray:
    """Returns the fold of each image [(n,) int].

    Two folds are searched for as four parts: what trains and what validates where the other fold is tested.
    """
    inside = shares if folds == 2 else (1.0,)
    begun = np.tile(begun if folds == 2 else np.zeros_like(begun[:1]), (folds, 1))
    of_all = [share / folds for _ in range(folds) for share in inside]
    # Of two folds, every two parts in a row are one.
    return deal_searched(groups, labels, of_all, seed, begun, needs=np.ones_like(begun, bool)) // len(inside)
