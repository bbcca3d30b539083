"""The image files that the rows of a table name."""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from tfrecords_tools.folders.image_files import UNREAD_SUFFIXES, FoundFiles, refuse_unread
from tfrecords_tools.folders.label_files import IMAGE_SUFFIXES
from tfrecords_tools.folders.lost_files import lost_files_error
from tfrecords_tools.labels.name_texts import apart, some
from tfrecords_tools.labels.names import canonical
from tfrecords_tools.origins import Origin

Index = Mapping[str, list[PurePosixPath]]


def find_named(ids: Sequence[str], found: FoundFiles, origin: Origin) -> Mapping[str, PurePosixPath]:
    """Returns the file of each id, as its path from the folder of images on; names are matched in composed form.

    Args:
        ids: how the table names the images.
        found: what lies in the folder of images.
        origin: of the table, for messages.

    Raises:
        FileNotFoundError: Files are missing.
        ValueError: A name leads outside the folder, or could be several files, or a file is named twice or not read.
    """
    _refuse_outside(ids, origin)
    index = _index(found.images)
    candidates = {name: _matches(name, index) for name in ids}
    lost = [name for name, paths in candidates.items() if not paths]
    if lost:
        unread = _index(found.unread)
        refuse_unread(origin.images, sorted({path for name in lost for path in _matches(name, unread)}))
        _refuse_litter(lost, found, origin)
        raise lost_files_error(lost, ids, found.images, origin)
    several = [f"{name} ({', '.join(apart(map(str, paths)))})" for name, paths in candidates.items() if len(paths) > 1]
    if several:
        raise ValueError(
            f"{origin.labels} names images that could be several files: {some(several, shown=2)}. "
            f"Write their paths from {origin.images} on, with suffix, into column {origin.image_column!r}; of two "
            "files whose names differ in how accents are composed alone, rename one."
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


def _index(paths: Sequence[PurePosixPath]) -> Index:
    """Returns how a table may name each file -> the files of that name: by path or name, with or without suffix."""
    index: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path in paths:
        for key in {path.as_posix(), path.with_suffix("").as_posix(), path.name, path.stem}:
            index[canonical(key)].append(path)
    return index


def _matches(name: str, index: Index) -> Sequence[PurePosixPath]:
    """Returns the files that a name may mean: its path's, or else its name's, or those of another image suffix."""
    path = PurePosixPath(canonical(name.replace("\\", "/")))
    known = index.get(path.as_posix(), [])
    if len(known) > 1:
        composed = {file: PurePosixPath(canonical(file.as_posix())) for file in known}
        whole = [file for file in known if composed[file] == path]
        bare = [file for file in known if composed[file].with_suffix("") == path]
        return whole or bare or known
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


def _refuse_litter(lost: Sequence[str], found: FoundFiles, origin: Origin) -> None:
    index = _index(found.litter)
    named = [str(path) for name in lost for path in _matches(name, index)[:1]]
    if named:
        raise ValueError(
            f"{origin.labels} names files of {origin.images} that systems leave behind or hide, as thumbnails or in a "
            f"waste basket: {some(named)}. They are not read: remove their rows, or rename what is yours."
        )


def _refuse_named_twice(files: Mapping[str, PurePosixPath], origin: Origin) -> None:
    first: dict[PurePosixPath, str] = {}
    pairs = [(first.setdefault(path, name), name) for name, path in files.items()]
    twice = [" and ".join(apart(pair)) for pair in pairs if pair[0] != pair[1]]
    if twice:
        raise ValueError(
            f"{origin.labels} has two rows for one image file: {some(twice)}. An image may have one row: remove the "
            "others."
        )
