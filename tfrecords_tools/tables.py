"""What a data set says about its images, before any image is read: one frozen table of examples."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tfrecords_tools.labels.name_checks import check_classes, check_groups, check_ids, check_missing
from tfrecords_tools.labels.name_texts import NAMES_SHOWN, some
from tfrecords_tools.labels.names import canonical

__all__ = ["NAMES_SHOWN", "Example", "LabelTable", "some"]


@dataclass(frozen=True, eq=False)  # pixels cannot be compared with ==
class Example:
    """One labelled image."""

    id: str
    """Name of the image, unique in its data set."""
    group: str
    """Images of one group (a lesion, a patient) are not independent of each other. Empty where nothing is known: in a
    label table, the image is its own group then, called by its id."""
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
    """All labelled images of a data set. Every data set passes here, so here names are checked and composed (NFC).

    Raises:
        ValueError: A class has no image, an id stands twice, or names of classes, groups or images are such that
            records would not say what was meant (`name_checks`).
    """

    name: str
    class_names: tuple[str, ...]
    examples: tuple[Example, ...]
    imbalance_ratio: float = 1.0
    """Where above 1, protocols thin the train part to an exponential profile: largest class over smallest."""
    ordered: bool = False
    """Whether the classes are known to have an order, such as grades: that of `class_names`."""
    keep_missing: bool = False
    """Whether words for a missing value (nan, unknown) are real names of classes and groups here."""

    def __post_init__(self) -> None:
        """Refuses tables that no records can be made of, and gives names their one form."""
        counts = self.class_counts
        missing = [name for name, count in counts.items() if count == 0]
        if missing:
            raise ValueError(
                f"Data set {self.name!r} has no image of class {', '.join(missing)}; images found: {counts}. "
                "Every class needs images: is the label table complete?"
            )
        place = f"Data set {self.name!r}"
        check_classes(self.class_names, counts, place)
        groups = Counter(example.group for example in self.examples if example.group)
        check_groups(groups, place)
        # Who knows the order of the classes has meant their names.
        check_missing({} if self.ordered else counts, groups, place, keep=self.keep_missing)
        check_ids([example.id for example in self.examples], place)
        object.__setattr__(self, "class_names", tuple(map(canonical, self.class_names)))
        object.__setattr__(self, "examples", tuple(map(_with_one_form, self.examples)))

    @property
    def class_counts(self) -> dict[str, int]:
        """The number of images of each class, in the order of the classes."""
        counts = dict.fromkeys(self.class_names, 0)
        for example in self.examples:
            counts[self.class_names[example.label]] += 1
        return counts

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the classes in order and id, class and group of all images: what records are stale against."""
        rows = sorted((example.id, self.class_names[example.label], example.group) for example in self.examples)
        return hashlib.sha256(json.dumps([self.class_names, self.ordered, rows]).encode()).hexdigest()


def _with_one_form(example: Example) -> Example:
    name, group = canonical(example.id), canonical(example.group)
    return replace(example, id=name, group=group or name)
