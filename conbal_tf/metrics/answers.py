"""What a classifier answers about a set of images, with the truth: what every metric is computed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# Softmax in float32, written as decimal text: sums of probabilities are off by some millionths.
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Answers:
    """Probabilities of n images and C classes, beside the truth.

    Raises:
        ValueError: If shapes do not match, a label is no class, or a row is no distribution over the classes.
    """

    labels: NDArray[np.integer]
    """True classes, 0 to C - 1 [(n,) int]."""
    probabilities: NDArray[np.float64]
    """[(n, C) float], each row of sum 1."""
    class_names: tuple[str, ...]
    """In label order."""
    groups: NDArray[np.str_]
    """Of images of one lesion or one patient, or copies of each other [(n,) str]: they say one thing twice."""
    class_groups: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] = ((), (), ())
    """Names of the major, the middle and the minor classes; empty where not known."""
    ordered: bool = False
    """Whether the order of the classes is known to mean something, as that of grades does."""

    def __post_init__(self) -> None:
        _check(self.labels, self.probabilities, self.groups, self.class_names)

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """The most probable class of each image; of equal ones the first [(n,) int]."""
        return self.probabilities.argmax(axis=1)

    @property
    def n_classes(self) -> int:
        """C."""
        return len(self.class_names)

    def __len__(self) -> int:
        return len(self.labels)


def _check(labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray, class_names: Sequence[str]) -> None:
    n, n_classes = len(labels), len(class_names)
    if n == 0 or labels.shape != (n,) or probabilities.shape != (n, n_classes) or groups.shape != (n,):
        raise ValueError(
            f"Labels, probabilities and groups do not match: received shapes {labels.shape}, {probabilities.shape} and "
            f"{groups.shape} for {n_classes} classes. Allowed are (n,), (n, {n_classes}) and (n,), n of at least 1; "
            "give all three of the same images."
        )
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(
            f"Labels hold an unknown class: received {labels.min()} to {labels.max()}. Allowed are 0 to "
            f"{n_classes - 1}; check that labels and class names are of the same data set."
        )
    sums = probabilities.sum(axis=1)
    # Written so that NaN is wrong, too.
    right = (probabilities.min(axis=1) >= 0) & (np.abs(sums - 1) <= TOLERANCE)
    if not right.all():
        row = int(np.argmin(right))
        raise ValueError(
            f"Row {row} is no distribution over classes ({int((~right).sum())} of {n} rows are none): received "
            f"{np.round(probabilities[row], 4).tolist()}. Allowed are numbers of at least 0 with sum 1; give "
            "probabilities, not logits."
        )
