"""Makes a balanced data set long-tailed: the protocol drops images of the train and validation parts."""

import numpy as np

from tfrecords_tools.records import Labels

FEWEST_VALIDATION = 3


def thin(labels: Labels, parts: np.ndarray, ratio: float, seed: int) -> np.ndarray:
    """Returns the parts with images dropped, so that class sizes fall exponentially: n_c = n_0 * ratio^(-c / (C - 1)).

    The train part falls by the whole ratio. Validation does too, but no class falls below 3 images (or what it has).
    The test part keeps all. Class 0 gives n_0, or less where another class has too few images for its place in the
    profile.

    Args:
        labels: the records' ids and labels, N of them.
        parts: the part of each record [(N,) str].
        ratio: largest class over smallest, above 1; reached up to rounding.
        seed: of the choice of images.

    Returns:
        The part of each record, "" for the dropped ones [(N,) object].
    """
    parts = parts.copy()
    classes = len(labels.class_names)
    profile = ratio ** (-np.arange(classes) / max(1, classes - 1))
    for part, fewest in (("train", 1), ("validation", FEWEST_VALIDATION)):
        members = [np.flatnonzero((labels.labels == number) & (parts == part)) for number in range(classes)]
        largest = min(len(found) / share for found, share in zip(members, profile, strict=True))
        for number, (found, share) in enumerate(zip(members, profile, strict=True)):
            order = np.random.default_rng([seed, number, classes]).permutation(found)
            parts[order[max(fewest, round(largest * share)) :]] = ""
    return parts
