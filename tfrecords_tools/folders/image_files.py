"""Finds the image files of a folder and of all folders below it."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from tfrecords_tools.folders.label_files import IMAGE_SUFFIXES
from tfrecords_tools.folders.litter import files_below, is_litter, note_litter
from tfrecords_tools.labels.name_texts import listed
from tfrecords_tools.tables import some

UNREAD_SUFFIXES = (
    ".tif", ".tiff", ".webp", ".dcm", ".dicom", ".heic", ".heif", ".jp2", ".j2k", ".svg", ".avif",
    ".nii", ".mha", ".svs", ".jfif", ".jpe", ".psd", ".raw", ".dng",
)  # fmt: skip


@dataclass
class FoundFiles:
    """What lies in a folder, by its path from there; each list is sorted."""

    images: list[PurePosixPath] = field(default_factory=list)
    """Files that can be read, by their suffix (`label_files.IMAGE_SUFFIXES`, in any case)."""
    unread: list[PurePosixPath] = field(default_factory=list)
    """Images of other formats."""
    others: list[PurePosixPath] = field(default_factory=list)
    """Files that are no images."""
    folders: list[PurePosixPath] = field(default_factory=list)
    circular: list[PurePosixPath] = field(default_factory=list)
    """Links to a folder that they lie in; they were not followed."""
    litter: list[PurePosixPath] = field(default_factory=list)
    """Files of any kind that systems leave behind or hide."""


def find_files(folder: Path) -> FoundFiles:
    """Returns what lies in a folder and below; links are followed, what systems leave behind is left aside.

    Args:
        folder: where to look; it exists.

    Raises:
        ValueError: The name of a file is no UTF-8.
    """
    found = FoundFiles()
    _look_into(folder, PurePosixPath(), frozenset(), found)
    for paths in vars(found).values():
        paths.sort()
    broken = [repr(str(path)) for path in found.images if not _is_utf8(str(path))]
    if broken:
        raise ValueError(
            f"{folder} has image files whose names are no UTF-8: {some(broken)}. Rename them; an archive that was "
            "made on another system may have to be unpacked with its encoding."
        )
    return found


def refuse_unread(folder: Path, unread: Sequence[PurePosixPath]) -> None:
    """Raises ValueError if there are images of formats that are not read: left out, a class could be without images."""
    if unread:
        counts = Counter(path.suffix.lower() for path in unread)
        formats = ", ".join(f"{count} {suffix}" for suffix, count in sorted(counts.items()))
        raise ValueError(
            f"{folder} has images of formats that are not read: {formats}, such as {unread[0]}. Read are "
            f"{', '.join(IMAGE_SUFFIXES)}. Convert them to PNG, as with ImageMagick: magick mogrify -format png FILES "
            "(DICOM: dcmj2pnm, choosing the window); then move the originals out of the folder."
        )


def note_others(folder: Path, found: FoundFiles) -> None:
    """Says on stderr what was left aside."""
    note_litter(str(folder), found.litter)
    if found.others:
        names = some([str(path) for path in found.others], shown=3)
        print(f"Note: files in {folder} that are no images are left aside: {names}.", file=sys.stderr)
    if found.circular:
        names = some([str(path) for path in found.circular], shown=3)
        print(f"Note: links in {folder} to a folder that they lie in are not followed: {names}.", file=sys.stderr)


def require_images_folder(folder: Path) -> None:
    """Raises FileNotFoundError or ValueError unless `folder` is a folder; names the nearest one."""
    if folder.is_dir():
        return
    if folder.exists():
        raise ValueError(f"{folder} is a file, no folder. Name the folder that holds the images with --images.")
    parent = folder.parent
    there = sorted(path.name for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
    nearest = get_close_matches(folder.name, there, n=1)
    meant = [str(parent / name) for name in nearest]
    hint = f" Did you mean {listed(meant, beside=[str(folder)])}?" if meant else ""
    raise FileNotFoundError(
        f"There is no folder {listed([str(folder)], beside=meant)}.{hint} Name the folder that holds the images with "
        f"--images; it was looked for from {Path.cwd()}."
    )


def _look_into(place: Path, inside: PurePosixPath, above: frozenset[tuple[int, int]], found: FoundFiles) -> None:
    state = place.stat()
    within = above | {(state.st_dev, state.st_ino)}
    with os.scandir(place) as entries:
        for entry in entries:
            path = inside / entry.name
            # Path.is_dir, unlike the entry's, takes a link to itself for no folder instead of raising.
            is_folder = Path(entry).is_dir() if entry.is_symlink() else entry.is_dir()
            if is_litter(entry.name, is_folder):
                found.litter += files_below(place / entry.name, path) if is_folder else [path]
            elif not is_folder:
                _file_list(found, path.suffix.lower()).append(path)
            elif (entry.stat().st_dev, entry.stat().st_ino) in within:
                found.circular.append(path)
            else:
                found.folders.append(path)
                _look_into(place / entry.name, path, within, found)


def _file_list(found: FoundFiles, suffix: str) -> list[PurePosixPath]:
    if suffix in IMAGE_SUFFIXES:
        return found.images
    return found.unread if suffix in UNREAD_SUFFIXES else found.others


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
