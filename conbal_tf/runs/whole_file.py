"""Text files that appear under their names only when they are whole."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Writes a text file; until it is whole, what was there before stays.

    Args:
        path: the file, in a folder that is there.
        text: all of it.
    """
    unfinished = path.with_name(f"unfinished_{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
