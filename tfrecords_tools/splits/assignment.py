"""Whole groups of images to parts, so that every part gets its share of every class."""

from collections.abc import Sequence

import numpy as np


def assign(
    groups: np.ndarray,
    labels: np.ndarray,
    shares: Sequence[float],
    seed: int,
    begun: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the part of each image; a group lies in one part, and each part has about its share of every class.

    Groups go one by one, those of rare classes first and large ones before small ones, to the part that has least of
    their class for its share; the single images, last, even out what the large groups left. A group of several classes
    counts as one of its rarest. If a class has as many groups as there are parts, every part gets one.

    The order of the images does not matter.

    Args:
        groups: the group of each image [(n,) str].
        labels: its class [(n,) int].
        shares: of each part, above 0; they add up to 1.
        seed: of the order of groups of one size.
        begun: images that the parts have already, by class [(parts, classes) int].

    Returns:
        The place in `shares` for each image [(n,) int].
    """
    _, member = np.unique(groups, return_inverse=True)
    classes = int(labels.max(initial=-1)) + 1 if begun is None else begun.shape[1]
    counts = np.zeros((member.max(initial=-1) + 1, classes), np.int64)
    np.add.at(counts, (member, labels), 1)
    filled = np.zeros((len(shares), classes), np.int64) if begun is None else begun.astype(np.int64)
    rarity = np.argsort(counts.sum(axis=0), kind="stable")
    # The first class, from the rarest on, of which the group has an image.
    rarest = rarity[np.argmax(counts[:, rarity] > 0, axis=1)]
    parts = np.full(len(counts), -1)
    for label in rarity:
        # With a generator of its own, so that no class's order hangs on how many groups another has.
        of_class = np.random.default_rng([seed, label]).permutation(np.flatnonzero(rarest == label))
        for group in of_class[np.argsort(-counts[of_class].sum(axis=1), kind="stable")]:
            # Webster's rule of apportionment: it leaves the smallest relative differences.
            part = int(np.argmin((2 * filled[:, label] + counts[group, label]) / np.asarray(shares)))
            parts[group] = part
            filled[part] += counts[group]
    for label in rarity:
        _give_to_empty_parts(parts, np.flatnonzero(rarest == label), counts, filled, label)
    return parts[member]


def _give_to_empty_parts(
    parts: np.ndarray, of_class: np.ndarray, counts: np.ndarray, filled: np.ndarray, label: int
) -> None:
    """Moves a small group of a class to each part that has no image of it, from the part that has most groups of it."""
    for empty in np.flatnonzero(filled[:, label] == 0):
        groups_in = np.bincount(parts[of_class], minlength=len(filled))
        giver = int(np.argmax(groups_in))
        if groups_in[giver] < 2:
            return
        candidates = of_class[parts[of_class] == giver]
        group = candidates[np.argmin(counts[candidates].sum(axis=1))]
        parts[group] = empty
        filled[giver] -= counts[group]
        filled[empty] += counts[group]
