"""The order of class names that are taken from the data."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from tfrecords_tools.labels.name_checks import check_classes
from tfrecords_tools.labels.name_texts import apart, listed, some
from tfrecords_tools.labels.names import canonical, number


def ordered_class_names(
    names: Iterable[str], place: str, stated: Sequence[str] | None = None
) -> tuple[tuple[str, ...], bool]:
    """Returns the different names in their order, and whether this order means something.

    It does where the user states it, and where all names are numbers, whole or decimal; they are sorted by their value
    then. Other names are sorted as text.

    >>> ordered_class_names(["10.0", "9.5", "10.0"], "t.csv")
    (('9.5', '10.0'), True)
    >>> ordered_class_names(["mild", "none"], "t.csv", ["none", "mild"])
    (('none', 'mild'), True)

    Args:
        names: of the class of each image.
        place: where they stand, for the message.
        stated: all classes, in the order that the user says they have.

    Raises:
        ValueError: There are fewer than two, one cannot be written, two are alike or the same number, or those stated
            are others.
    """
    counts = Counter(names)
    different = sorted(counts)
    check_classes(different, counts, place)
    if len(different) < 2:
        raise ValueError(
            f"{place} names only one class, {listed(different)}. A classifier tells two or more "
            "apart: add the images of another class."
        )
    if stated is not None:
        return _as_stated(different, place, stated), True
    values = [number(name) for name in different]
    if None in values:
        return tuple(different), False
    by_value = sorted(zip(values, different, strict=True))
    pairs = itertools.pairwise(by_value)
    equal = [" and ".join(apart((one, other))) for (value, one), (same, other) in pairs if value == same]
    if equal:
        raise ValueError(
            f"{place} names classes that are one number: {some(equal)}. Write one class in one way: rename the others."
        )
    return tuple(name for _, name in by_value), True


def _as_stated(names: Sequence[str], place: str, stated: Sequence[str]) -> tuple[str, ...]:
    """Returns the names in the order that was stated, as they are written in the data."""
    written = {canonical(name): name for name in names}
    wanted = [canonical(name) for name in stated]
    lacking = [name for name in written if name not in wanted]
    strange = [name for name in wanted if name not in written]
    faults = [
        f"does not name {_listed(lacking, (*names, *stated))}" if lacking else "",
        f"names {_listed(strange, (*names, *stated))}, of which there is no image" if strange else "",
        "names a class twice" if len(set(wanted)) < len(wanted) else "",
    ]
    if any(faults):
        raise ValueError(
            f"class_order {' and '.join(filter(None, faults))}. Received: {_listed(stated, names)}; {place} has: "
            f"{_listed(written, stated)}. Name each of them once, in their order, or leave --class_order out."
        )
    return tuple(written[name] for name in wanted)


def _listed(names: Iterable[str], beside: Iterable[str]) -> str:
    """Returns names, as they can be told apart from others in the same message."""
    told = list(names)
    return ", ".join(apart((*told, *beside))[: len(told)])
