"""Which images are not independent of each other: those of one group (a lesion, a patient), and copies of an image."""

import numpy as np


def joined_groups(groups: np.ndarray, pixel_hashes: np.ndarray) -> np.ndarray:
    """Returns the groups, those that share an image joined into one.

    Joined are chains, too: group a holds a copy of an image of b, and b one of an image of c.

    >>> joined_groups(np.array(["a", "a", "b", "c"]), np.array(["1", "2", "2", "3"])).tolist()
    ['a', 'a', 'a', 'c']

    Args:
        groups: the group of each image [(n,) str].
        pixel_hashes: equal for copies of an image [(n,) str].

    Returns:
        The first name, in alphabetical order, of the groups that were joined, for each image [(n,) str].
    """
    parent = {name: name for name in groups.tolist()}

    def root(name: str) -> str:
        while parent[name] != name:
            # Shortens the way for whoever asks next: without it, long chains take the square of their length.
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    first_of: dict[str, str] = {}
    for group, pixels in zip(groups.tolist(), pixel_hashes.tolist(), strict=True):
        one, other = sorted((root(group), root(first_of.setdefault(pixels, group))))
        parent[other] = one
    return np.array([root(name) for name in groups.tolist()], dtype=groups.dtype)


def conflicting(labels: np.ndarray, pixel_hashes: np.ndarray) -> np.ndarray:
    """Returns which images have a copy with another label [(n,) bool].

    >>> conflicting(np.array([0, 1, 1, 1]), np.array(["a", "a", "b", "b"])).tolist()
    [True, True, False, False]

    Args:
        labels: the class of each image [(n,) int].
        pixel_hashes: equal for copies of an image [(n,) str].
    """
    _, image = np.unique(pixel_hashes, return_inverse=True)
    least = np.full(image.max(initial=-1) + 1, np.iinfo(np.int64).max)
    most = np.full_like(least, -1)
    np.minimum.at(least, image, labels)
    np.maximum.at(most, image, labels)
    return (least != most)[image]
