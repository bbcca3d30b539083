"""What a data set says about its images, before any image is read: one frozen table of examples."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

NAMES_SHOWN = 5


@dataclass(frozen=True, eq=False)  # pixels cannot be compared with ==
class Example:
    """One labelled image."""

    id: str
    """Name of the image, unique in its data set."""
    group: str
    """Images of one group (a lesion, a patient) are not independent of each other. The id, where nothing is known."""
    label: int
    """Position in the table's class names."""
    source: Path | np.ndarray
    """An image file, or pixels in RGB [(height, width, 3) uint8]."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What else is known; every example of a table has the same keys."""
    official_part: str = ""
    """The part that the data set's owners gave it to: train, validation or test. Empty where they named none."""


@dataclass(frozen=True)
class LabelTable:
    """All labelled images of a data set.

    Raises:
        ValueError: A class has no image, or an id stands twice.
    """

    name: str
    class_names: tuple[str, ...]
    examples: tuple[Example, ...]
    imbalance_ratio: float = 1.0
    """Where above 1, protocols thin the train part to an exponential profile: largest class over smallest."""

    def __post_init__(self) -> None:
        """Refuses tables that no records can be made of."""
        counts = self.class_counts
        missing = [name for name, count in counts.items() if count == 0]
        if missing:
            raise ValueError(
                f"Data set {self.name!r} has no image of class {', '.join(missing)}; images found: {counts}. "
                "Every class needs images: is the label table complete?"
            )
        times = Counter(example.id for example in self.examples)
        repeated = sorted(name for name, count in times.items() if count > 1)
        if repeated:
            raise ValueError(
                f"Data set {self.name!r} names images more than once: {some(repeated)}. "
                "An id may stand once: remove the other rows."
            )

    @property
    def class_counts(self) -> dict[str, int]:
        """The number of images of each class, in the order of the classes."""
        counts = dict.fromkeys(self.class_names, 0)
        for example in self.examples:
            counts[self.class_names[example.label]] += 1
        return counts

    @property
    def fingerprint(self) -> str:
        """SHA-256 over id, class name and group of all images, whatever their order: what records are stale against."""
        rows = sorted((example.id, self.class_names[example.label], example.group) for example in self.examples)
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def some(names: Sequence[str], shown: int = NAMES_SHOWN) -> str:
    """Returns how many names there are, and the first few.

    >>> some(["a", "b", "c"], shown=2)
    '3 (a, b, ...)'
    """
    return f"{len(names)} ({', '.join(names[:shown])}{', ...' if len(names) > shown else ''})"
