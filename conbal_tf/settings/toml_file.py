"""A TOML file of settings, read, and said as flags would say it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conbal_tf.settings.shipped import CONFIGS, meant


def read_toml(path: Path) -> dict[str, Any]:
    """Returns the tables of a file of settings.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no TOML.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"No settings file {str(path)!r}; {meant(path)} Give the path of a TOML file, or the name of one that "
            "comes with the package, such as isic2018_small."
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # Both of a syntax error and of bytes that are no UTF-8.
        raise ValueError(
            f"{str(path)!r} is no TOML file: {error}. Correct it; the files in {CONFIGS} show the form."
        ) from error


def as_flags(table: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Returns a table of TOML as the flags that say the same, so that mistakes read alike in files and flags."""
    flags: list[str] = []
    for key, value in table.items():
        flag = f"--{prefix}{key}"
        if isinstance(value, Mapping):
            flags += as_flags(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            flags += [flag, *map(str, value)]
        else:
            # A value that begins with a dash would be taken for a flag of its own.
            flags += [f"{flag}={value}"] if str(value).startswith("-") else [flag, str(value)]
    return flags
