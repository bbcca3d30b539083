"""A folder appears all at once, or not at all."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tfrecords_tools.publishing import FINISHED, REPLACED, published


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
        "from tfrecords_tools.publishing import published\n"
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
    ],
)
def test_full_disk_is_told_as_such_and_leaves_what_was_there(tmp_path: Path, error: Exception) -> None:
    publish(tmp_path / "records", "old")
    with (
        pytest.raises(ValueError, match=r"Cannot write records into .*: the disk is full.*--records"),
        published(tmp_path / "records"),
    ):
        try:
            raise error
        except Exception as inner:
            raise TypeError("TFDS wraps errors") from inner
    assert (tmp_path / "records" / "text").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["records"]


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="x"), published(tmp_path / "records"):
        raise KeyError("x")
