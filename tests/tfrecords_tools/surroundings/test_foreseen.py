"""Which errors are a user's to mend, told in one line, and which are faults of the program."""

import errno
import importlib
import io
import json
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfrecords_tools.surroundings.foreseen import foreseen


def caught(action: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as raised:
        action()
    return raised.value


def test_error_of_the_system_names_its_file_and_what_to_do(tmp_path: Path) -> None:
    told = foreseen(caught(lambda: (tmp_path / "gone").read_text(encoding="utf-8")))
    assert told == f"No such file or directory: '{tmp_path / 'gone'}'."
    denied = PermissionError(errno.EACCES, "Permission denied", "a", None, "b")
    assert foreseen(denied) == (
        "Permission denied: 'a' -> 'b'. Choose another place, or ask its owner for the right to use this one."
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_place_that_takes_no_more_is_told_as_such_whoever_wraps_it(number: int) -> None:
    system = OSError(number, "Nothing fits", "file")
    assert str(foreseen(system)).startswith("Nothing fits: 'file'. Free some space")

    def wrap() -> None:
        try:
            raise system
        except OSError as inner:
            zlib.decompress(b"no")
            raise RuntimeError from inner

    assert str(foreseen(caught(wrap))).startswith("Cannot write: ")


def archive() -> io.BytesIO:
    stream = io.BytesIO()
    np.savez(stream, ids=np.arange(3))
    return stream


def hdf5(stream: io.BytesIO, mode: str) -> Any:
    return importlib.import_module("h5py").File(stream, mode)


READERS: dict[str, Callable[[], object]] = {
    "archive cut off": lambda: np.load(io.BytesIO(archive().getvalue()[:-30])),
    "array missing": lambda: np.load(io.BytesIO(archive().getvalue()))["features"],
    "no archive": lambda: zipfile.ZipFile(io.BytesIO(b"no archive")),
    "member missing": lambda: zipfile.ZipFile(io.BytesIO(archive().getvalue())).read("config.json"),
    "stream broken": lambda: zlib.decompress(b"no"),
    "no JSON": lambda: json.loads("{"),
    "JSON too deep": lambda: json.loads("[" * 100_000),
    "TOML too deep": lambda: tomllib.loads("a = " + "[" * 100_000),
    "HDF5 cut off": lambda: hdf5(io.BytesIO(b"\x89HDF\r\n\x1a\n"), "r"),
    "HDF5 without a part": lambda: hdf5(io.BytesIO(), "w")["layers"],
    "library missing": lambda: importlib.import_module("no_such_library"),
    "memory": lambda: np.empty(2**62, np.uint8),
}


@pytest.mark.parametrize("kind", READERS)
def test_error_of_a_library_that_reads_files_is_one_line(kind: str) -> None:
    told = foreseen(caught(lambda: READERS[kind]()))
    assert told and len(told.splitlines()) == 1


def test_long_texts_of_libraries_are_told_by_their_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_a_library() -> None:
        exec("raise ValueError('\\n\\x1b[1mIt is so\\x1b[0m\\n' + 'because\\n' * 40)", {"__name__": "keras.src.layers"})

    assert foreseen(caught(of_a_library)) == "It is so (--debug shows where this arose)"


def test_error_of_tensorflow_is_known_without_its_import() -> None:
    assert foreseen(RuntimeError("x")) is None
    tf = importlib.import_module("tensorflow")
    told = foreseen(caught(lambda: tf.io.read_file("no\nwhere")))
    assert told and told.startswith("NotFoundError: ") and "\n" not in told
    assert "tensorflow" in sys.modules


def test_mistake_that_the_project_tells_is_told_whole() -> None:
    def of_ours() -> None:
        names = {"__name__": "__main__", "__spec__": importlib.util.find_spec("conbal_tf.report")}
        exec("raise ValueError('seed is -1; allowed is 0 or more.\\nPlease correct it.')", names)

    assert foreseen(caught(of_ours)) == "seed is -1; allowed is 0 or more. Please correct it."


@pytest.mark.parametrize(
    "fault",
    [
        *(kind("x") for kind in (KeyError, TypeError, AttributeError, IndexError, AssertionError, ZeroDivisionError)),
        ImportError("cannot import name", name="conbal_tf.train"),
    ],
)
def test_fault_of_the_program_is_none_of_a_users_mistakes(fault: Exception) -> None:
    def of_ours() -> None:
        raise fault

    assert foreseen(caught(of_ours)) is None
