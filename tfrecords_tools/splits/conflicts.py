"""Copies of an image with different labels: which of them a split leaves out."""

from collections.abc import Callable

import numpy as np

from tfrecords_tools.records import Labels
from tfrecords_tools.splits.groups import conflicting


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


# Copies with different labels: which of them are left out. What is left and still disputed is kept in train.
CONFLICTS: dict[str, Callable[[Labels], np.ndarray]] = {
    "train": _none_left_out,
    "majority": _outvoted,
    "leave_out": _all_left_out,
}
