"""What systems leave in folders of images, told by its name: thumbnails, waste baskets, snapshots, indexes."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

MOST_COUNTED = 10_000
"""Files below a folder that is left aside: a file server's snapshots may hold every image a hundred times."""


def is_litter(name: str, is_folder: bool) -> bool:
    """Returns whether a name is one that systems give or hide, and so neither an image nor a class of a user's.

    >>> is_litter("@eaDir", True), is_litter("._scan.jpg", False), is_litter("#1", True)
    (True, True, False)
    """
    return any(fnmatchcase(name.casefold(), pattern) for pattern in (FOLDERS if is_folder else FILES))


def files_below(folder: Path, inside: PurePosixPath) -> list[PurePosixPath]:
    """Returns the files in a folder that is left aside and below, by their path with `inside` before it.

    Links are not followed, what cannot be opened is passed over, and counting ends at `MOST_COUNTED`.
    """
    if folder.is_symlink():
        return [inside]
    found: list[PurePosixPath] = []
    for place, _, names in os.walk(folder):
        found += [inside / PurePosixPath(Path(place).relative_to(folder).as_posix()) / name for name in names]
        if len(found) >= MOST_COUNTED:
            return found[:MOST_COUNTED]
    return found


def has_content(folder: Path) -> bool:
    """Returns whether there is something in a folder beside what systems leave there."""
    return any(not is_litter(entry.name, entry.is_dir()) for entry in folder.iterdir())


def note_litter(place: str, paths: Sequence[PurePosixPath]) -> None:
    """Says on stderr how many files were left aside, and under which names.

    Args:
        place: where, in words.
        paths: of the files, from there on.
    """
    if paths:
        counts = Counter(map(_name_of, paths))
        listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        more = " or more" if max(counts.values()) >= MOST_COUNTED else ""
        print(
            f"Note: {len(paths)}{more} files in {place} that systems leave behind or hide are left aside: {listed}.",
            file=sys.stderr,
        )


def _name_of(path: PurePosixPath) -> str:
    """Returns under which name a file was left aside: that of the folder, of the file, or the pattern of its name."""
    for folder in path.parts[:-1]:
        if is_litter(folder, True):
            return f"{_printable(folder)}/"
    pattern = next((pattern for pattern in FILES if fnmatchcase(path.name.casefold(), pattern)), "")
    return pattern if "*" in pattern else _printable(path.name)


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


# In lower case, as `fnmatch` takes them. A line is here only if no user would call a class or an image so.
FOLDERS = (
    ".*",  # hidden: .Trash-1000, .snapshot (NetApp), .@__thumb (QNAP), .AppleDouble, .ipynb_checkpoints
    "@*",  # @eaDir, @tmp (Synology); @Recycle, @Recently-Snapshot, @Transcode (QNAP); @GMT-2024.01.31-... (Samba)
    "#recycle", "#snapshot",  # Synology
    "~snapshot",  # NetApp
    "$*",  # Windows: $RECYCLE.BIN, $Extend, $WinREAgent
    "recycler", "recycle bin", "system volume information", "dfsrprivate", "found.[0-9][0-9][0-9]",  # Windows
    "_vti_*",  # web servers of Microsoft: a file of every image's name
    "__macosx", "network trash folder", "temporary items", "thevolumesettingsfolder",  # Apple
    "lost+found",  # Linux
    "_gsdata_",  # GoodSync: earlier versions
    "__pycache__",
)  # fmt: skip
FILES = (
    ".ds_store",
    "._*",  # Apple: what belongs to the file of that name
    ".*",
    ":2e*",  # the same, written by netatalk
    "icon\r", "icon\uf00d",  # Apple, and as SMB spells it
    "synophoto_*", "synofile_*", "synoindex_*", "*@synoeastream", "*@synoresource",  # Synology
    "thumbs.db", "thumbs.db:*", "ehthumbs*.db", "desktop.ini", "*:zone.identifier",  # Windows
    "albumart_{*", "albumartsmall.jpg",  # Windows Media Player
    "~$*",  # Office: somebody has the file open
    "picasa.ini",
)  # fmt: skip
