"""Says why the image files that a table names are not found, and what to do."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from tfrecords_tools.folders.image_files import UNREAD_SUFFIXES
from tfrecords_tools.folders.label_files import IMAGE_SUFFIXES
from tfrecords_tools.labels.name_texts import NAMES_SHOWN, listed, some
from tfrecords_tools.labels.names import canonical
from tfrecords_tools.labels.other_spellings import other_spelling
from tfrecords_tools.origins import Origin


def lost_files_error(
    lost: Sequence[str], ids: Sequence[str], images: Sequence[PurePosixPath], origin: Origin
) -> FileNotFoundError:
    """Returns the error that names the lost files, what they seem to be, and the remedy.

    Args:
        lost: the names that are no file's.
        ids: all names of the table.
        images: the files that are there, as paths from the folder of images on.
        origin: of the table and the folder.
    """
    first = lost[:NAMES_SHOWN]
    there = some([str(path) for path in images], shown=3, beside=first) if images else "none"
    stems = [name for path in images for name in (path.stem, path.with_suffix("").as_posix())]
    bare = [_without_suffix(name).as_posix() for name in lost]
    hint = _folders(lost, ids, images, origin) or other_spelling(bare, stems)
    if not hint and len(lost) == len(ids):
        hint = f"Is {origin.image_column!r} the column of the files, and {origin.images} their folder?"
    hint = hint or "Add the files, or remove their rows."
    named = listed(first, beside=map(str, images[:3])) + (", ..." if len(lost) > NAMES_SHOWN else "")
    return FileNotFoundError(
        f"{origin.labels} names {len(ids)} images, and {len(lost)} of them are not in {origin.images}: {named}. "
        f"Images there: {there}. Looked for as names of files and as paths from there on, with and without "
        f"{', '.join(IMAGE_SUFFIXES)}. {hint}"
    )


def _folders(lost: Sequence[str], ids: Sequence[str], images: Sequence[PurePosixPath], origin: Origin) -> str:
    """Returns what to do where the paths in the table begin with folders too many, or lack some; else nothing."""
    paths = [_path(name) for name in lost]
    known = {
        spelling for path in images for spelling in (_path(path.as_posix()), _path(path.as_posix()).with_suffix(""))
    }
    # Folders too many: is every file there once some are dropped?
    for dropped in range(1, min(len(path.parts) for path in paths)):
        rest = {PurePosixPath(*path.parts[dropped:]) for path in paths}
        if len(rest) == len(paths) and all(_in(path, known) for path in rest):
            return _without_folders(paths[0].parts[:dropped], len(lost) == len(ids), origin)
    # Folders too few: is there one below which every file is there?
    first = paths[0]
    for path in known:
        above = path.parts[: -len(first.parts)]
        if (
            above
            and path.parts[len(above) :] == first.parts
            and all(_in(PurePosixPath(*above) / path, known) for path in paths)
        ):
            return (
                f"All of these are there below {'/'.join(above)}: --images {origin.images.joinpath(*above)} finds them."
            )
    return ""


def _without_folders(dropped: Sequence[str], all_lost: bool, origin: Origin) -> str:
    folders = "/".join(dropped)
    words = "its first folder is" if len(dropped) == 1 else f"its first {len(dropped)} folders are"
    said = f"Every one of them is found once {words} dropped ({folders}, ...)."
    place = origin.images.resolve()
    above = place.parents[len(dropped) - 1] if len(place.parts) > len(dropped) else place
    if all_lost and tuple(map(canonical, place.parts[-len(dropped) :])) == tuple(dropped):
        return f"{said} Name the folder above: --images {above}."
    return f"{said} Write the names in column {origin.image_column!r} without."


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(canonical(name.replace("\\", "/")))


def _in(path: PurePosixPath, known: set[PurePosixPath]) -> bool:
    return path in known or _without_suffix(path.as_posix()) in known


def _without_suffix(name: str) -> PurePosixPath:
    path = _path(name)
    # What follows the point in 12345.0 is no suffix.
    return path.with_suffix("") if path.suffix.lower() in (*IMAGE_SUFFIXES, *UNREAD_SUFFIXES) else path
