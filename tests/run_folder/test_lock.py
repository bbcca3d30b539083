"""One command at a time in a run folder."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conbal_tf.run_folder import lock
from conbal_tf.run_folder.lock import HOLDER, LOCK, contents, held, user_of, was_kept_out

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys, time
from pathlib import Path
from conbal_tf.run_folder.lock import held
with held(Path(sys.argv[1]), "python -m a.b", lasts=sys.argv[2] == "lasts", create=True):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(run: Path, kind: str = "lasts") -> Iterator[subprocess.Popen[str]]:
    """Gives a process that holds a run folder until its standard input ends."""
    command = [sys.executable, "-c", SCRIPT, str(run), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process


def test_folder_is_made_held_and_left_as_it_was(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "a"
    with held(run, "train", create=True):
        assert json.loads((run / HOLDER).read_text(encoding="utf-8"))["process"] == os.getpid()
        assert contents(run) == []
    assert list(tmp_path.iterdir()) == []
    with held(run, "train", create=True):
        (run / "settings.toml").touch()
    assert [path.name for path in run.iterdir()] == ["settings.toml"]


def test_folder_that_is_not_there_is_not_made_for_who_reads_it(tmp_path: Path) -> None:
    with held(tmp_path / "nowhere", "evaluate"):
        assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("lasts", [True, False])
def test_second_command_names_the_first_at_once_and_touches_nothing(lasts: bool, tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        began = time.monotonic()
        told = (
            rf"{tmp_path.name} is in use by python -m a.b \(process {first.pid} on .*, since 2.*name another run folder"
        )
        with pytest.raises(ValueError, match=told), held(tmp_path, "second", lasts=lasts):
            pytest.fail("both are in the folder")
        assert time.monotonic() - began < 5
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_command_of_seconds_waits_for_another_but_training_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with holder(tmp_path, "short") as first:
        with pytest.raises(ValueError, match=r"in use by python -m a\.b"), held(tmp_path, "train", lasts=True):
            pytest.fail("both are in the folder")
        assert first.stdin is not None
        threading.Timer(0.5, first.stdin.close).start()
        with held(tmp_path, "second"):
            assert json.loads((tmp_path / HOLDER).read_text(encoding="utf-8"))["command"] == "second"
        assert capsys.readouterr().err.startswith(f"Waiting for python -m a.b (process {first.pid} on ")


def test_patience_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with holder(tmp_path, "short"), pytest.raises(ValueError, match="in use by"), held(tmp_path, "second"):
        pytest.fail("both are in the folder")


def test_killed_command_stands_in_nobodys_way(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        os.kill(first.pid, signal.SIGKILL)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([LOCK, HOLDER])
    with held(tmp_path, "second", lasts=True, create=True):
        assert json.loads((tmp_path / HOLDER).read_text(encoding="utf-8"))["command"] == "second"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"process": 1}'])
def test_holder_that_says_nothing_sensible_keeps_others_out_all_the_same(text: str, tmp_path: Path) -> None:
    with holder(tmp_path):
        (tmp_path / HOLDER).write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="in use by"), held(tmp_path, "second", lasts=True):
            pytest.fail("both are in the folder")


def test_many_at_once_take_turns(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom conbal_tf.run_folder.lock import held\n"
        "for _ in range(10):\n"
        "    with held(Path(sys.argv[1]), 'x'):\n"
        "        number = Path(sys.argv[1]) / 'number'\n"
        "        number.write_text(str(int(number.read_text()) + 1))\n"
    )
    (tmp_path / "number").write_text("0")
    command = [sys.executable, "-c", script, str(tmp_path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert (tmp_path / "number").read_text() == "30"


def test_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ValueError, match=r"Cannot write the run folder .*file/run: .*Choose another with --run"),
        held(tmp_path / "file" / "run", "train", create=True),
    ):
        pytest.fail("there is no folder")


def test_user_of_a_folder_is_named_while_it_lives_and_what_it_left_when_killed_is_removed(tmp_path: Path) -> None:
    assert user_of(tmp_path / "nowhere") is None
    with holder(tmp_path) as first:
        user = user_of(tmp_path)
        assert user is not None and user.startswith(f"python -m a.b (process {first.pid} on ")
        os.kill(first.pid, signal.SIGKILL)
    assert (tmp_path / HOLDER).exists()
    assert user_of(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_sentence_of_who_is_kept_out_is_that_of_the_lock_about_this_folder(tmp_path: Path) -> None:
    with (
        holder(tmp_path),
        pytest.raises(ValueError, match="is in use by") as kept_out,
        held(tmp_path, "second", lasts=True),
    ):
        pytest.fail("both are in the folder")
    assert was_kept_out(str(kept_out.value), tmp_path)
    assert not was_kept_out(str(kept_out.value), tmp_path / "other")
    assert not was_kept_out(f"OSError: the GPU is in use by process 7, which trains {tmp_path}.", tmp_path)
