"""Paths as a user gives them: with ~ for the home folder, and such as TensorFlow can open."""

from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


def at_home(value: Value) -> Value:
    """Returns a path, or a tuple of them, with ~ expanded; anything else as it is.

    A shell expands `--images ~/photos`, but not `--images=~/photos`, and nobody expands what stands in a file.
    """
    if isinstance(value, tuple):
        return tuple(map(at_home, value))  # type: ignore[return-value]
    if not isinstance(value, Path):
        return value
    try:
        return value.expanduser()  # type: ignore[return-value]
    except RuntimeError:  # There is no such user: it is the name of a folder.
        return value


def check_encoding(path: Path | None, flag: str) -> None:
    """Refuses a path whose bytes are no UTF-8, which TensorFlow takes for the name of nothing.

    Args:
        path: it, if one is given.
        flag: which one names it.

    Raises:
        ValueError: It is none.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{flag} is {str(path)!r}; allowed are names in UTF-8, and this one was written in another encoding, such "
            "as of an old archive. Rename the folder."
        ) from error
