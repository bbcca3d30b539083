"""Leaks of a split: test images of which training knows a relative. Tables alone; imports no TensorFlow."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

DEVELOPMENT = ("train", "validation")


@dataclass(frozen=True)
class Leaks:
    """How many test images share their group with an image of development (train or validation), by class."""

    leaking: dict[str, int]
    """Class name to the number of its test images that leak."""
    tested: dict[str, int]
    """Class name to the number of its test images."""
    groups: int
    """Groups that lie on both sides."""

    @property
    def share(self) -> float:
        """The share of all test images that leak, 0-1; 0 where nothing is tested."""
        return sum(self.leaking.values()) / max(1, sum(self.tested.values()))

    def as_dict(self) -> dict[str, Any]:
        """Returns the same, ready for JSON, with `share`."""
        return asdict(self) | {"share": self.share}


def is_leaking(parts: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Returns which images are test images whose group has images in development, too [(n,) bool].

    >>> is_leaking(np.array(["train", "test", "test"]), np.array(["a", "a", "b"])).tolist()
    [False, True, False]

    Args:
        parts: the part of each image [(n,) str]; "" for none.
        groups: its group [(n,) str], copies joined (`groups.joined_groups`).
    """
    return (parts == "test") & np.isin(groups, groups[np.isin(parts, DEVELOPMENT)])


def find_leaks(parts: np.ndarray, groups: np.ndarray, labels: np.ndarray, class_names: Sequence[str]) -> Leaks:
    """Returns the leaks of a split, by class.

    Args:
        parts: the part of each image [(n,) str]; "" for none.
        groups: its group [(n,) str], copies joined.
        labels: its class [(n,) int].
        class_names: the names of the classes.
    """
    leaking, tested = is_leaking(parts, groups), parts == "test"

    def counts(chosen: np.ndarray) -> dict[str, int]:
        found = np.bincount(labels[chosen], minlength=len(class_names))
        return {name: int(count) for name, count in zip(class_names, found, strict=True)}

    return Leaks(counts(leaking), counts(tested), len(np.unique(groups[leaking])))


def leak_report(leaks: Leaks) -> str:
    """Returns the leaks in one line, the classes that leak most first.

    >>> leak_report(Leaks({"NV": 0, "MEL": 1}, {"NV": 4, "MEL": 2}, 1))
    '1 of 6 test images (17 %) share their group with images of train or validation: MEL 1 of 2 (50 %).'
    """
    tested = sum(leaks.tested.values())
    if not any(leaks.leaking.values()):
        return f"No leaks: none of {tested} test images shares its group with images of train or validation."
    shares = {name: leaks.leaking[name] / leaks.tested[name] for name in leaks.leaking if leaks.leaking[name]}
    classes = ", ".join(
        f"{name} {leaks.leaking[name]} of {leaks.tested[name]} ({100 * shares[name]:.0f} %)"
        for name in sorted(shares, key=lambda name: -shares[name])
    )
    return (
        f"{sum(leaks.leaking.values())} of {tested} test images ({100 * leaks.share:.0f} %) share their group with "
        f"images of train or validation: {classes}."
    )
