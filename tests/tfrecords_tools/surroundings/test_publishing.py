"""A folder appears all at once, or not at all."""

import contextlib
import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tfrecords_tools.splits.protocol_files import write_protocol
from tfrecords_tools.surroundings.publishing import FINISHED, REPLACED, published


def publish(folder: Path, text: str) -> None:
    with published(folder) as workplace:
        (workplace / FINISHED).mkdir()
        (workplace / FINISHED / "text").write_text(text)


def test_folder_appears_and_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    publish(tmp_path / "records", "old")
    publish(tmp_path / "records", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["records"]
    assert (tmp_path / "records" / "text").read_text() == "new"


def test_error_leaves_what_was_there(tmp_path: Path) -> None:
    publish(tmp_path / "records", "old")
    with pytest.raises(RuntimeError), published(tmp_path / "records") as workplace:
        (workplace / FINISHED).mkdir()
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["records"]
    assert (tmp_path / "records" / "text").read_text() == "old"


def test_killed_work_publishes_nothing_and_the_next_one_clears_up(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from tfrecords_tools.surroundings.publishing import published\n"
        "with published(pathlib.Path(sys.argv[1])) as workplace:\n"
        "    (workplace / 'finished').mkdir()\n"
        "    print('working', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "records")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "working\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not (tmp_path / "records").exists() and len(list(tmp_path.iterdir())) == 1
    publish(tmp_path / "records", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["records"]


def test_work_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    with published(tmp_path / "records") as workplace:
        publish(tmp_path / "records", "quicker")
        assert workplace.is_dir()
        (workplace / FINISHED).mkdir()


def test_kill_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    abandoned = tmp_path / ".unfinished_records_x"
    (abandoned / REPLACED).mkdir(parents=True)
    (abandoned / REPLACED / "text").write_text("old")
    with pytest.raises(RuntimeError), published(tmp_path / "records"):
        raise RuntimeError
    assert (tmp_path / "records" / "text").read_text() == "old"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("ResourceExhaustedError: x; No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EFBIG, "File too large"),
    ],
)
def test_full_disk_is_told_as_such_and_leaves_what_was_there(tmp_path: Path, error: Exception) -> None:
    publish(tmp_path / "records", "old")
    full = "(the disk is full|the quota is used up|a file would be larger)"
    told = pytest.raises(ValueError, match=rf"Cannot write records into .*: {full}.*--records")
    with told, published(tmp_path / "records"):
        try:
            raise error
        except Exception as inner:
            raise TypeError("TFDS wraps errors") from inner
    assert (tmp_path / "records" / "text").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["records"]


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="x"), published(tmp_path / "records"):
        raise KeyError("x")


def test_folder_that_is_not_to_be_replaced_stays_also_where_it_appears_meanwhile(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError), published(tmp_path / "1", replace=False) as workplace:
        (workplace / FINISHED).mkdir()
        publish(tmp_path / "1", "quicker")
    assert (tmp_path / "1" / "text").read_text() == "quicker"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_names_that_are_patterns_are_names(tmp_path: Path) -> None:
    folder, other = tmp_path / "audit [0.1]*", tmp_path / ".unfinished_audit 0"
    (tmp_path / ".unfinished_audit [0.1]*_x").mkdir()
    other.mkdir()
    publish(folder, "new")
    assert sorted(tmp_path.iterdir()) == sorted([folder, other])


def test_folders_that_were_made_for_nothing_are_removed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), published(tmp_path / "records" / "aptos" / "px8"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_many_at_once_publish_one_and_leave_nothing_else(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from tfrecords_tools.surroundings.publishing import published\n"
        "for number in range(30):\n"
        "    try:\n"
        "        with published(pathlib.Path(sys.argv[1]) / str(number), replace=False) as workplace:\n"
        "            (workplace / 'finished').mkdir()\n"
        "            (workplace / 'finished' / 'text').write_text('whole')\n"
        "    except FileExistsError:\n"
        "        pass\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(map(str, range(30)))
    assert {path.read_text() for path in tmp_path.glob("*/text")} == {"whole"}


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o007, 0o077])
def test_rights_are_those_that_the_umask_leaves(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        with published(tmp_path / "records") as workplace:
            (workplace / FINISHED / "variables").mkdir(parents=True)
            (workplace / FINISHED).chmod(0o700)
            (workplace / FINISHED / "variables").chmod(0o755 & ~umask)  # as TensorFlow does
        write_protocol(pd.DataFrame({"id": ["ä"], "part": ["train"], "group": ["a"]}), tmp_path / "p" / "grouped.csv")
    finally:
        os.umask(before)
    folders = (tmp_path / "records", tmp_path / "records" / "variables", tmp_path / "p")
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o777 & ~umask}
    assert (tmp_path / "p" / "grouped.csv").stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("replace", [True, False])
def test_folder_that_appears_at_the_last_moment_is_seen(
    replace: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists, folder = Path.exists, tmp_path / "1"
    looked: list[Path] = []

    def before_it_appeared(path: Path) -> bool:
        if path == folder and len(looked) < 1:
            looked.append(path)
            return False
        return exists(path)

    publish(folder, "quicker")
    outcome = contextlib.nullcontext() if replace else pytest.raises(FileExistsError)
    with outcome, published(folder, replace=replace) as workplace:
        (workplace / FINISHED).mkdir()
        (workplace / FINISHED / "text").write_text("slower")
        monkeypatch.setattr(Path, "exists", before_it_appeared)
    monkeypatch.undo()
    assert looked
    assert (folder / "text").read_text() == ("slower" if replace else "quicker")
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_workplace_that_is_taken_for_abandoned_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock
    removed: list[Path] = []

    def too_late(lock: int, operation: int) -> None:
        if not removed:
            removed.append(next(tmp_path.glob(".unfinished_*")))
            removed[0].rmdir()
        flock(lock, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)
    publish(tmp_path / "records", "new")
    assert removed and (tmp_path / "records" / "text").read_text() == "new"
