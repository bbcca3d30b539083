"""The order of class names that are taken from the data."""

import re
from collections.abc import Iterable

from tfrecords_tools.tables import some


def ordered_class_names(names: Iterable[str], place: str) -> tuple[str, ...]:
    """Returns the different names, sorted; by their value where all are whole numbers.

    >>> ordered_class_names(["10", "9", "10"], "t.csv")
    ('9', '10')

    Args:
        names: one or more for each class.
        place: where they stand, for the message.

    Raises:
        ValueError: There are fewer than two, or two differ in capitals alone.
    """
    different = sorted(set(names))
    if all(re.fullmatch("-?[0-9]+", name) for name in different):
        different.sort(key=int)
    if len(different) < 2:
        raise ValueError(
            f"{place} names only one class, {', '.join(different)}. A classifier tells two or more apart: "
            "add the images of another class."
        )
    first: dict[str, str] = {}
    pairs = [(first.setdefault(name.casefold(), name), name) for name in different]
    alike = [f"{one} and {other}" for one, other in pairs if one != other]
    if alike:
        raise ValueError(
            f"{place} names classes that differ in capitals alone: {some(alike)}. "
            "Write one class in one way: rename the others."
        )
    return tuple(different)
