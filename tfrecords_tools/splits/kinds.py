"""Which image belongs to which part: the splits themselves, each a function of labels and a seed."""

import numpy as np

from tfrecords_tools.records import Labels
from tfrecords_tools.splits.conflicts import CONFLICTS
from tfrecords_tools.splits.covering import NoCoveringError
from tfrecords_tools.splits.dealing import deal
from tfrecords_tools.splits.folds import deal_fold
from tfrecords_tools.splits.groups import conflicting, joined_groups
from tfrecords_tools.splits.refusals import Demand, refusal

PARTS = ("train", "validation", "test")
# The paper's 7:3, a tenth of the 70 % kept for validation.
SHARES = (0.63, 0.07, 0.30)
VALIDATION_SHARE = 0.1


def split_paper(labels: Labels, seed: int) -> np.ndarray:
    """Returns the paper's stratified 7:3 split, with a tenth of the 70 % as validation part: 63/7/30 in every class.

    It goes by image: several images of one lesion may lie on both sides, as in the paper. Each class is permuted with
    its own generator, after sorting by id, so neither the order of the label table nor the other classes matter.

    Args:
        labels: the records' ids and labels, N of them.
        seed: of the permutations.

    Returns:
        One of `PARTS` for each record, "" for official validation and test images [(N,) object].

    Raises:
        ValueError: A class has too few images to be in every part.
    """
    parts = _no_parts(labels)
    for number, name in enumerate(labels.class_names):
        members = np.flatnonzero((labels.labels == number) & _development(labels))
        members = members[np.argsort(labels.ids[members])]
        count = len(members)
        # Whole-number arithmetic: 0.7 * 370 is 258.99... in floating point, and round() takes halves to even.
        developed = (7 * count + 5) // 10
        validation = max(1, (developed + 5) // 10)
        if developed - validation < 1 or count - developed < 1:
            raise ValueError(
                f"Class {name!r} has {count} images, too few for protocol 'paper': each of {', '.join(PARTS)} "
                "needs one, which takes 3 images. Add images of this class."
            )
        order = np.random.default_rng([seed, number]).permutation(members)
        parts[order[developed:]] = "test"
        parts[order[:validation]] = "validation"
        parts[order[validation:developed]] = "train"
    return parts


def split_grouped(labels: Labels, seed: int, conflicts: str) -> np.ndarray:
    """Returns a split in the paper's shares that leaves whole groups together, copies of an image among them.

    Args:
        labels: the records' ids, labels, groups and pixel hashes, N of them.
        seed: of the order in which groups are dealt out.
        conflicts: a name of `conflicts.CONFLICTS`: what becomes of copies with different labels.

    Returns:
        One of `PARTS` for each record, "" for what is left out [(N,) object].

    Raises:
        ValueError: No such split gives every part every class.
    """
    parts, groups = _no_parts(labels), joined_groups(labels.groups, labels.pixel_hashes)
    free, kept_in_train = _settled(labels, groups, conflicts)
    begun = _begun(labels, kept_in_train, len(SHARES))
    try:
        parts[free] = np.array(PARTS)[deal(groups[free], labels.labels[free], SHARES, seed, begun)]
    except NoCoveringError as error:
        raise refusal(error, _demand("grouped", begun), labels, groups, free) from error
    parts[kept_in_train] = "train"
    return parts


def split_fold(labels: Labels, seed: int, conflicts: str, fold: tuple[int, int]) -> np.ndarray:
    """Returns one of several splits whose test parts together are the whole data set, whole groups left together.

    Args:
        labels: as for `split_grouped`.
        seed: of the order in which groups are dealt out; all folds of one seed belong together.
        conflicts: a name of `conflicts.CONFLICTS`. What is kept in train is in no fold's test part.
        fold: the number of the fold, from 1, and how many there are.

    Returns:
        One of `PARTS` for each record, "" for what is left out [(N,) object]; a tenth of what is not tested validates.

    Raises:
        ValueError: No such folds give every part every class.
    """
    parts, groups = _no_parts(labels), joined_groups(labels.groups, labels.pixel_hashes)
    free, kept_in_train = _settled(labels, groups, conflicts)
    shares, begun = (1 - VALIDATION_SHARE, VALIDATION_SHARE), _begun(labels, kept_in_train, 2)
    try:
        dealt = deal_fold(groups[free], labels.labels[free], fold, seed, begun, shares=shares)
    except NoCoveringError as error:
        number, folds = fold
        demand = _demand(f"fold_{number}_of_{folds}", begun, folds)
        raise refusal(error, demand, labels, groups, free) from error
    parts[free], parts[kept_in_train] = np.array(PARTS)[dealt], "train"
    return parts


def split_official(labels: Labels) -> np.ndarray:
    """Returns the parts that the data set's owners named.

    Args:
        labels: the records' ids and official parts, N of them.

    Returns:
        One of `PARTS` for each record, "" where they named none [(N,) object].

    Raises:
        ValueError: A class has no image in a part.
    """
    parts = labels.official_parts.astype(object)
    there = [part for part in PARTS if (parts == part).any()]
    if len(there) < len(PARTS):
        raise ValueError(
            f"Protocol 'official' needs the owners' {', '.join(PARTS)} parts; these records have "
            f"{', '.join(there) or 'none'}. For isic2018, put the challenge's Validation and Test archives "
            "(Input and GroundTruth) beside the Training ones and make the records anew with --overwrite."
        )
    for number, name in enumerate(labels.class_names):
        absent = [part for part in PARTS if not ((labels.labels == number) & (parts == part)).any()]
        if absent:
            raise ValueError(
                f"The owners' {' and '.join(absent)} {'part has' if len(absent) == 1 else 'parts have'} no image of "
                f"class {name!r}, and protocol 'official' keeps to them. Every part needs one: complete the download, "
                "leave the class out, or choose another protocol."
            )
    return parts


def _no_parts(labels: Labels) -> np.ndarray:
    return np.full(len(labels.ids), "", dtype=object)


def _development(labels: Labels) -> np.ndarray:
    """Returns which images a split may use: official validation and test images belong to the official split alone."""
    return np.isin(labels.official_parts, ("", "train"))


def _settled(labels: Labels, groups: np.ndarray, conflicts: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns which images are dealt out, and which are kept in train, for the sake of copies with different labels."""
    usable = _development(labels) & ~CONFLICTS[conflicts](labels)
    disputed = conflicting(labels.labels[usable], labels.pixel_hashes[usable])
    # With the whole of their groups, which no split may divide.
    kept_in_train = usable & np.isin(groups, groups[usable][disputed])
    return usable & ~kept_in_train, kept_in_train


def _begun(labels: Labels, kept_in_train: np.ndarray, parts: int) -> np.ndarray:
    begun = np.zeros((parts, len(labels.class_names)), np.int64)
    begun[0] = np.bincount(labels.labels[kept_in_train], minlength=len(labels.class_names))
    return begun


def _demand(protocol: str, begun: np.ndarray, folds: int = 1) -> Demand:
    """Returns what a split asks, or all folds; two ask more than their test parts, as each trains what tests the other.

    Args:
        protocol: the name of the split.
        begun: images that the parts have already, train first [(2 or more, C) int].
        folds: how many there are.
    """
    if folds > 2:
        return Demand(protocol, [f"the test parts of {folds} folds"] * begun.shape[1], np.full(begun.shape[1], folds))
    is_begun = (begun[0] > 0).astype(int)
    parts = [", ".join(PARTS[place:]) + " of either fold" * (folds == 2) for place in is_begun]
    return Demand(protocol, parts, 4 - 2 * is_begun if folds == 2 else len(PARTS) - is_begun)
