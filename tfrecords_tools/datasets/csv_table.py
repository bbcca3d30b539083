"""One's own images with a table of labels: a CSV file with one row for each image."""

import sys
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from tfrecords_tools.folders.image_files import find_files, note_others, require_images_folder
from tfrecords_tools.folders.label_files import read_table
from tfrecords_tools.folders.table_files import find_named
from tfrecords_tools.labels.class_names import ordered_class_names
from tfrecords_tools.labels.name_texts import listed, some
from tfrecords_tools.labels.names import canonical
from tfrecords_tools.labels.several_labels import refuse_several
from tfrecords_tools.labels.spreadsheets import REMEDY, SHORTENED, is_shortened
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import Example, LabelTable

NEEDS = ("images", "labels", "image_column", "label_column")
TAKES = ("group_column", "class_order", "keep_missing", "name", "bits")


def read_labels(origin: Origin) -> LabelTable:
    """Returns the images that a table names, with its classes and groups.

    The table names an image by its path from the folder on, or by its file's name, with or without suffix. What stands
    there is the id. Groups are those of the group column; without one, or where it is empty, an image is its own group.

    Args:
        origin: with the folder of images, the table and its columns.

    Raises:
        FileNotFoundError: The folder, the table or images are missing.
        ValueError: The table is not as expected.
    """
    images, labels = origin.images, _table_file(origin)
    image_column, label_column = str(origin.image_column), str(origin.label_column)
    _refuse_one_column(origin)
    require_images_folder(images)
    table = read_table(labels, (image_column, label_column), [origin.group_column] if origin.group_column else [])
    ids, classes = table[image_column].tolist(), table[label_column].tolist()
    place = f"Column {label_column!r} of {labels}"
    # First, since several labels in a cell would pass for one more class.
    refuse_several(Counter(classes), place)
    names, ordered = ordered_class_names(classes, place, origin.class_order)
    number = {name: label for label, name in enumerate(names)}
    found = find_files(images)
    files = find_named(ids, found, origin)
    groups = _groups(table[origin.group_column].tolist(), ids, origin) if origin.group_column else [""] * len(ids)
    note_others(images, found)
    examples = [
        Example(id=name, group=group, label=number[label], source=images / files[name])
        for name, label, group in zip(ids, classes, groups, strict=True)
    ]
    called = origin.name or images.resolve().name
    return LabelTable(called, names, tuple(examples), ordered=ordered, keep_missing=origin.keep_missing)


def _refuse_one_column(origin: Origin) -> None:
    told = {name: getattr(origin, name) for name in ("image_column", "label_column", "group_column")}
    columns = [canonical(column) for column in told.values() if column]
    if len(set(columns)) < len(columns):
        said = ", ".join(f"--{name} {column!r}" for name, column in told.items() if column)
        raise ValueError(f"One column has two meanings: {said}. Allowed are different ones: correct one of them.")


def _table_file(origin: Origin) -> Path:
    """Returns the table's file, or says which one may be meant."""
    labels = Path(str(origin.labels))
    if labels.is_file():
        return labels
    if labels.is_dir():
        raise ValueError(f"{labels} is a folder; the table of labels is a file. Name it with --labels.")
    there = [path for folder in (labels.parent, origin.images) if folder.is_dir() for path in folder.glob("*.[ct]sv")]
    nearest = get_close_matches(labels.name, [path.name for path in there], n=1)
    meant = [str(path) for path in there if path.name in nearest][:1] or [str(path) for path in there[:1]]
    hint = f" Did you mean {listed(meant, beside=[str(labels)])}?" if meant else ""
    lost = listed([str(labels)], beside=meant)
    raise FileNotFoundError(f"There is no table of labels {lost}.{hint} Name the CSV file with --labels.")


def _groups(groups: Sequence[str], ids: Sequence[str], origin: Origin) -> Sequence[str]:
    """Returns the groups; says of how many images the table names none, and refuses what a spreadsheet has joined."""
    place = f"Column {origin.group_column!r} of {origin.labels}"
    shortened = [group for group in groups if is_shortened(group)]
    if shortened:
        raise ValueError(f"{place} names groups such as {shortened[0]!r}, {len(shortened)} times. {SHORTENED} {REMEDY}")
    alone = [name for name, group in zip(ids, groups, strict=True) if not group]
    if alone:
        print(
            f"Note: {place[0].lower()}{place[1:]} is empty for {some(alone)} of {len(ids)} images, so each of them is "
            "its own group.",
            file=sys.stderr,
        )
    return groups
