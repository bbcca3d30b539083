"""Files that are whole or not there."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.run_folder.whole_file import write_whole
from tests.small_files import small_files

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("contents", [("old", "neu, é"), (b"\x00old", memoryview(b"\xff\x00new"))])
def test_content_replaces_what_was_there_and_leaves_nothing_beside_it(contents: tuple, tmp_path: Path) -> None:
    for content in contents:
        write_whole(tmp_path / "file", content)
    expected = contents[-1].encode() if isinstance(contents[-1], str) else bytes(contents[-1])
    assert (tmp_path / "file").read_bytes() == expected
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    write_whole(tmp_path / "file.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "file.txt", "no text: \ud800")
    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "old"


def test_file_that_grows_too_large_is_one_error_with_its_name_and_leaves_the_old_one_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"old")
    with small_files(1000), pytest.raises(OSError, match=r"file") as raised:
        write_whole(tmp_path / "file", bytes(5000))
    assert (raised.value.errno, raised.value.filename) == (errno.EFBIG, str(tmp_path / "file"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


@pytest.mark.parametrize("full", ["write", "flush", "fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_disk_that_refuses_at_any_step_leaves_the_old_file_alone(
    full: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "file", b"old")

    def refuse(*arguments: object) -> None:
        raise OSError(number, "refused")

    if full == "fsync":
        monkeypatch.setattr("os.fsync", refuse)
    elif full == "replace":
        monkeypatch.setattr(Path, "replace", refuse)
    else:
        opened = Path.open

        class Full:
            def __init__(self, file: object) -> None:
                self.file = file

            def __getattr__(self, name: str) -> object:
                return refuse if name == full else getattr(self.file, name)

            def __enter__(self) -> "Full":
                return self

            def __exit__(self, *_: object) -> None:
                self.file.close()  # type: ignore[attr-defined]

        monkeypatch.setattr(Path, "open", lambda path, *mode: Full(opened(path, *mode)))
    with pytest.raises(OSError, match=r"refused.*file"):
        write_whole(tmp_path / "file", b"new")
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_process_that_is_killed_while_it_writes_leaves_the_old_file_whole(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom conbal_tf.run_folder.whole_file import write_whole\n"
        "os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_whole(Path(sys.argv[1]), 'new')\n"
    )
    write_whole(tmp_path / "file", "old")
    command = [sys.executable, "-c", script, str(tmp_path / "file")]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL
    assert (tmp_path / "file").read_text() == "old"
    write_whole(tmp_path / "file", "newer")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "newer"}
