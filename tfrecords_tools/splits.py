"""Which image belongs to which part: the splits themselves, each a function of labels and a seed."""

from collections.abc import Callable

import numpy as np

from tfrecords_tools.assignment import assign
from tfrecords_tools.groups import conflicting, joined_groups
from tfrecords_tools.records import Labels

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
        conflicts: a name of `CONFLICTS`: what becomes of copies with different labels.

    Returns:
        One of `PARTS` for each record, "" for what is left out [(N,) object].

    Raises:
        ValueError: A class has too few groups to be in every part.
    """
    parts, groups = _no_parts(labels), joined_groups(labels.groups, labels.pixel_hashes)
    free, kept_in_train = _settled(labels, groups, conflicts)
    begun = _begun(labels, kept_in_train, len(SHARES))
    parts[free] = np.array(PARTS)[assign(groups[free], labels.labels[free], SHARES, seed, begun)]
    parts[kept_in_train] = "train"
    _check_every_class(labels, parts, "grouped", groups)
    return parts


def split_fold(labels: Labels, seed: int, conflicts: str, fold: tuple[int, int]) -> np.ndarray:
    """Returns one of several splits whose test parts together are the whole data set, whole groups left together.

    Args:
        labels: as for `split_grouped`.
        seed: of the order in which groups are dealt out; all folds of one seed belong together.
        conflicts: a name of `CONFLICTS`. What is kept in train is in no fold's test part.
        fold: the number of the fold, from 1, and how many there are.

    Returns:
        One of `PARTS` for each record, "" for what is left out [(N,) object]; a tenth of what is not tested validates.

    Raises:
        ValueError: A class has too few groups to be in every part.
    """
    number, folds = fold
    parts, groups = _no_parts(labels), joined_groups(labels.groups, labels.pixel_hashes)
    free, kept_in_train = _settled(labels, groups, conflicts)
    tested = np.zeros(len(parts), bool)
    tested[free] = assign(groups[free], labels.labels[free], [1 / folds] * folds, seed) == number - 1
    rest = free & ~tested
    shares, begun = (1 - VALIDATION_SHARE, VALIDATION_SHARE), _begun(labels, kept_in_train, 2)
    parts[rest] = np.array(PARTS[:2])[assign(groups[rest], labels.labels[rest], shares, seed, begun)]
    parts[tested], parts[kept_in_train] = "test", "train"
    _check_every_class(labels, parts, f"fold_{number}_of_{folds}", groups)
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
    _check_every_class(labels, parts, "official", labels.groups)
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
    kept_in_train = usable & np.isin(groups, groups[usable][disputed])
    return usable & ~kept_in_train, kept_in_train


def _begun(labels: Labels, kept_in_train: np.ndarray, parts: int) -> np.ndarray:
    begun = np.zeros((parts, len(labels.class_names)), np.int64)
    begun[0] = np.bincount(labels.labels[kept_in_train], minlength=len(labels.class_names))
    return begun


def _none_left_out(labels: Labels) -> np.ndarray:
    return np.zeros(len(labels.ids), bool)


def _all_left_out(labels: Labels) -> np.ndarray:
    return conflicting(labels.labels, labels.pixel_hashes)


def _outvoted(labels: Labels) -> np.ndarray:
    """Returns the copies whose label is not that of more than half of them."""
    _, image = np.unique(labels.pixel_hashes, return_inverse=True)
    votes = np.zeros((image.max(initial=-1) + 1, len(labels.class_names)), np.int64)
    np.add.at(votes, (image, labels.labels), 1)
    return 2 * votes[image, labels.labels] <= votes.sum(axis=1)[image]


def _check_every_class(labels: Labels, parts: np.ndarray, protocol: str, groups: np.ndarray) -> None:
    for number, name in enumerate(labels.class_names):
        of_class = labels.labels == number
        absent = [part for part in PARTS if not (of_class & (parts == part)).any()]
        if absent:
            count, independent = int(of_class.sum()), len(np.unique(groups[of_class]))
            raise ValueError(
                f"Class {name!r} has {count} images in {independent} groups, too few for protocol {protocol!r}: none "
                f"is left for {' and '.join(absent)}. Every part needs a group of its own: add images of this class, "
                "leave the class out, or choose another protocol."
            )


# Copies with different labels: which of them are left out. What is left and still disputed is kept in train.
CONFLICTS: dict[str, Callable[[Labels], np.ndarray]] = {
    "train": _none_left_out,
    "majority": _outvoted,
    "leave_out": _all_left_out,
}
