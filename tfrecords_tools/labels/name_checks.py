"""Refuses names of classes, groups and images that would make something silently wrong: where all data sets pass."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tfrecords_tools.labels.missing_words import is_missing
from tfrecords_tools.labels.name_texts import apart, some
from tfrecords_tools.labels.names import canonical, fault, spellings

KEEP = "--keep_missing True"


def check_classes(names: Sequence[str], counts: Mapping[str, int], place: str) -> None:
    """Raises ValueError where a class cannot be written, or is named in two spellings.

    Args:
        names: of the classes.
        counts: the images of each.
        place: where they stand, for the message.
    """
    _check_written(names, f"{place} has classes whose names")
    remedy = "Write one class in one way: rename the others."
    _check_spellings(counts, f"{place} has classes that are one class in several spellings", remedy)
    if len(set(names)) < len(names):
        raise ValueError(f"{place} names a class twice: {some(list(names))}. Give each its own name.")


def check_groups(counts: Mapping[str, int], place: str) -> None:
    """Raises ValueError where a group cannot be written, or is named in two spellings.

    Args:
        counts: the images of each group that the data set names; where an image is its own group, nobody spelled it.
        place: where they stand, for the message.
    """
    _check_written(map(canonical, counts), f"{place} has groups whose names")
    remedy = (
        "Images of one patient or lesion belong into one part: write each group in one way, or let the names of "
        "different ones differ in more."
    )
    _check_spellings(counts, f"{place} has groups that are one group in several spellings", remedy)


def check_missing(classes: Mapping[str, int], groups: Mapping[str, int], place: str, *, keep: bool) -> None:
    """Raises ValueError where a class or a group is called by a word for a missing value.

    Args:
        classes: the images of each class.
        groups: the images of each group that the data set names.
        place: where they stand, for the message.
        keep: whether such words are names here; then they are told on stderr.
    """
    remedies = {
        "classes": "Give these images their class, or leave them out; a class that is really called so is kept with "
        f"{KEEP}, or where --class_order names all classes",
        "groups": "All these images would be one patient or lesion. Leave the cell empty where it is not known: each "
        f"image is its own group then; a group that is really called so is kept with {KEEP}",
    }
    for what, counts in (("classes", classes), ("groups", groups)):
        told = [f"{name!a} ({count} images)" for name, count in counts.items() if is_missing(name)]
        said = f"{place} has {what} that are called by a word for a missing value: {some(told)}."
        if told and not keep:
            raise ValueError(f"{said} {remedies[what]}.")
        if told:
            print(f"Note: {said} They are kept as names.", file=sys.stderr)


def check_ids(ids: Iterable[str], place: str) -> None:
    """Raises ValueError where the name of an image cannot be written, or stands twice, however it is composed."""
    counts = Counter(ids)
    _check_written(map(canonical, counts), f"{place} has images whose names")
    written: dict[str, list[str]] = {}
    for name in counts:
        written.setdefault(canonical(name), []).append(name)
    several = {name: names for name, names in written.items() if sum(counts[one] for one in names) > 1}
    twice = [name if len(names) == 1 else " and ".join(apart(names)) for name, names in several.items()]
    if twice:
        raise ValueError(
            f"{place} names images more than once: {some(sorted(twice))}. "
            "An id may stand once, however its accents are composed: remove or rename the others."
        )


def _check_written(names: Iterable[str], what: str) -> None:
    faults = [f"{name!a} {reason}" for name in names if (reason := fault(name))]
    if faults:
        raise ValueError(
            f"{what} would not be read back as they are written: {some(faults)}. Allowed are names of one "
            "line, without control characters and without blanks around: rename them."
        )


def _check_spellings(counts: Mapping[str, int], what: str, remedy: str) -> None:
    told = [
        " and ".join(f"{text} ({counts[name]} images)" for name, text in zip(names, apart(names), strict=True))
        for names in spellings(counts)
    ]
    if told:
        raise ValueError(f"{what}: {some(told)}. {remedy}")
