"""Tells cells that hold several labels of one image, which a classifier of one class each cannot learn from."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tfrecords_tools.labels.name_texts import some
from tfrecords_tools.labels.names import canonical, number

# Marks that stand in hardly anybody's class name, and marks that do ("BCC, nodular").
_OF_LISTS, _OF_NAMES = ("|", ";"), (",", "/", "&")
_AROUND = " '\"[](){}"


def refuse_several(counts: Mapping[str, int], place: str) -> None:
    """Raises ValueError if labels are lists of labels.

    A cell is a list where it holds a bar, or looks like a list of Python's; with semicolons, where each part stands in
    another cell, too; with commas, slashes or ampersands, where each part is a label on its own.

    Args:
        counts: the images of each label.
        place: where the labels stand, for the message.
    """
    whole = {canonical(label.strip(_AROUND)) for label in counts}
    cells = Counter(part for label in counts for part in set(_parts(label, ";")))
    several = [label for label in counts if number(label) is None and _is_list(label, whole, cells)]
    if several:
        images = sum(counts[label] for label in several)
        raise ValueError(
            f"{place} has several labels in one cell: {some([repr(label) for label in several])}, of {images} images. "
            "Allowed is one class for each image, and tables of several are not for this classifier: choose one label, "
            "or leave these images out. Where such a name is one class, write it without the separator."
        )


def _is_list(label: str, whole: set[str], cells: Mapping[str, int]) -> bool:
    for mark in (*_OF_LISTS, *_OF_NAMES):
        parts = _parts(label, mark)
        if len(parts) < 2:
            continue
        if mark == "|" or (label[:1] + label[-1:] == "[]" and mark == ","):
            return True
        if mark == ";" and all(cells[part] > 1 for part in parts):
            return True
        if all(part in whole for part in parts):
            return True
    return False


def _parts(label: str, mark: str) -> Sequence[str]:
    parts = (canonical(part.strip(_AROUND)) for part in label.split(mark))
    return [part for part in parts if part]
