"""The JSON and TOML files of a run, read back: each is an object of its form, or one sentence says what is wrong."""

import json
import tomllib
from pathlib import Path
from typing import Any

from conbal_tf.run_folder.damage import damaged, shortened
from conbal_tf.run_folder.files import file_of
from conbal_tf.run_folder.forms import fault
from conbal_tf.run_folder.text import text_of


def read_object(run: Path, name: str) -> dict[str, Any]:
    """Returns what a JSON or TOML file holds.

    Args:
        run: the folder.
        name: of the file, a key of `forms.FORMS`.

    Raises:
        FileNotFoundError: It is not there.
        ValueError: It cannot be read, or does not have its form.
    """
    path = file_of(run, name)
    is_toml = path.suffix == ".toml"
    text = text_of(path)
    try:
        value = tomllib.loads(text) if is_toml else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(path, shortened(error), "TOML" if is_toml else "JSON") from error
    # JSON that is cut off is none; TOML may be.
    if is_toml and not text.endswith("\n"):
        raise damaged(path, f"a last line without an end, {text.splitlines()[-1]!r}", "a whole file")
    if wrong := fault(name, value):
        raise damaged(path, wrong.received, wrong.allowed)
    return value


def read_object_if_there(run: Path, name: str) -> dict[str, Any] | None:
    """Returns what a file holds that a run may lack, None where it is not there.

    Args:
        run: the folder.
        name: of the file, a key of `forms.FORMS`.

    Raises:
        ValueError: It cannot be read, or does not have its form.
    """
    return read_object(run, name) if (run / name).is_file() else None
