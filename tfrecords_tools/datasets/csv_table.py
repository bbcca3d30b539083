"""One's own images with a table of labels: a CSV file with one row for each image."""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from tfrecords_tools.class_names import ordered_class_names
from tfrecords_tools.image_files import (
    UNREAD_SUFFIXES,
    FoundFiles,
    find_files,
    note_others,
    refuse_unread,
    require_images_folder,
)
from tfrecords_tools.label_files import IMAGE_SUFFIXES, read_table
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import NAMES_SHOWN, Example, LabelTable, some

NEEDS = ("images", "labels", "image_column", "label_column")
TAKES = ("group_column", "name")


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
    require_images_folder(images)
    table = read_table(labels, (image_column, label_column), [origin.group_column] if origin.group_column else [])
    ids = table[image_column].tolist()
    names = ordered_class_names(table[label_column], f"Column {label_column!r} of {labels}")
    number = {name: label for label, name in enumerate(names)}
    found = find_files(images)
    files = _find(ids, found, origin)
    groups = _groups(table[origin.group_column].tolist(), ids, origin) if origin.group_column else ids
    note_others(images, found)
    examples = [
        Example(id=name, group=group, label=number[label], source=images / files[name])
        for name, label, group in zip(ids, table[label_column], groups, strict=True)
    ]
    return LabelTable(origin.name or images.resolve().name, names, tuple(examples))


def _table_file(origin: Origin) -> Path:
    """Returns the table's file, or says which one may be meant."""
    labels = Path(str(origin.labels))
    if labels.is_file():
        return labels
    if labels.is_dir():
        raise ValueError(f"{labels} is a folder; the table of labels is a file. Name it with --labels.")
    there = [path for folder in (labels.parent, origin.images) if folder.is_dir() for path in folder.glob("*.[ct]sv")]
    nearest = get_close_matches(labels.name, [path.name for path in there], n=1)
    meant = [path for path in there if path.name in nearest] or there[:1]
    hint = f" Did you mean {meant[0]}?" if meant else ""
    raise FileNotFoundError(f"There is no table of labels {labels}.{hint} Name the CSV file with --labels.")


def _find(ids: Sequence[str], found: FoundFiles, origin: Origin) -> Mapping[str, PurePosixPath]:
    """Returns the file of each id, as its path from the folder of images on."""
    _refuse_outside(ids, origin)
    index = _index(found.images)
    candidates = {name: _matches(name, index) for name in ids}
    lost = [name for name, paths in candidates.items() if not paths]
    if lost:
        unread = _index(found.unread)
        refuse_unread(origin.images, sorted({path for name in lost for path in _matches(name, unread)}))
        _report_lost(lost, ids, found, origin)
    several = [f"{name} ({', '.join(map(str, paths))})" for name, paths in candidates.items() if len(paths) > 1]
    if several:
        raise ValueError(
            f"{origin.labels} names images that could be several files: {some(several, shown=2)}. "
            f"Write their paths from {origin.images} on, with suffix, into column {origin.image_column!r}."
        )
    files = {name: paths[0] for name, paths in candidates.items()}
    _refuse_named_twice(files, origin)
    unlabelled = sorted(set(found.images) - set(files.values()))
    if unlabelled:
        names = some([str(path) for path in unlabelled])
        print(
            f"Note: images in {origin.images} that {origin.labels} does not name are left out: {names}.",
            file=sys.stderr,
        )
    return files


def _index(paths: Sequence[PurePosixPath]) -> Mapping[str, list[PurePosixPath]]:
    """Returns how a table may name each file -> the files of that name: by path or name, with or without suffix."""
    index: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path in paths:
        for key in {path.as_posix(), path.with_suffix("").as_posix(), path.name, path.stem}:
            index[key].append(path)
    return index


def _matches(name: str, index: Mapping[str, list[PurePosixPath]]) -> Sequence[PurePosixPath]:
    """Returns the files that a name may mean: its path's, or else its name's, or those of another image suffix."""
    path = PurePosixPath(name.replace("\\", "/"))
    known = index.get(path.as_posix(), [])
    for files in ([file for file in known if file == path], [file for file in known if file.with_suffix("") == path]):
        if files:
            return files
    if known:
        return known
    # A table may still say a.tif where the files were converted to a.png.
    if path.suffix.lower() in (*IMAGE_SUFFIXES, *UNREAD_SUFFIXES):
        return index.get(path.with_suffix("").as_posix(), [])
    return []


def _refuse_outside(ids: Sequence[str], origin: Origin) -> None:
    paths = {name: PurePosixPath(name.replace("\\", "/")) for name in ids}
    outside = [name for name, path in paths.items() if path.is_absolute() or ".." in path.parts or name[1:2] == ":"]
    if outside:
        raise ValueError(
            f"{origin.labels} names files by absolute paths or with '..': {some(outside)}. Allowed are names of files "
            f"in {origin.images}, and paths from there on: shorten them, or name another folder with --images."
        )


def _report_lost(lost: Sequence[str], ids: Sequence[str], found: FoundFiles, origin: Origin) -> None:
    there = some([str(path) for path in found.images], shown=3) if found.images else "none"
    all_lost = len(lost) == len(ids)
    hint = f"Is {origin.image_column!r} the column of the files, and {origin.images} their folder? " if all_lost else ""
    raise FileNotFoundError(
        f"{origin.labels} names {len(ids)} images, and {len(lost)} of them are not in {origin.images}: "
        f"{', '.join(lost[:NAMES_SHOWN])}{', ...' if len(lost) > NAMES_SHOWN else ''}. Images there: {there}. {hint}"
        "Looked for as names of files and as paths from there on, with and without "
        f"{', '.join(IMAGE_SUFFIXES)}. Add the files, or remove their rows."
    )


def _refuse_named_twice(files: Mapping[str, PurePosixPath], origin: Origin) -> None:
    first: dict[PurePosixPath, str] = {}
    twice = [f"{first[path]} and {name}" for name, path in files.items() if first.setdefault(path, name) != name]
    if twice:
        raise ValueError(
            f"{origin.labels} has two rows for one image file: {some(twice)}. An image may have one row: remove the "
            "others."
        )


def _groups(groups: Sequence[str], ids: Sequence[str], origin: Origin) -> list[str]:
    """Returns the groups, an id where the table names none; says of how many."""
    alone = [name for name, group in zip(ids, groups, strict=True) if not group]
    if alone:
        print(
            f"Note: column {origin.group_column!r} of {origin.labels} is empty for {some(alone)} of {len(ids)} images, "
            "so each of them is its own group.",
            file=sys.stderr,
        )
    return [group or name for name, group in zip(ids, groups, strict=True)]
