"""Training what is missing: each run once, whoever is killed, and whatever fails."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conbal_tf.run_folder.lock import user_of
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.progress import Progress, beside
from conbal_tf.tables.runner import train_missing
from tests.tables import stub_trainer
from tests.tables.planned import NAMES, runs

ROOT = Path(__file__).resolve().parents[2]
# A job in the background of a script, as these tests may be, ignores Ctrl-C.
DRIVER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from conbal_tf.tables.progress import Progress
from conbal_tf.tables.runner import train_missing
from tests.tables.planned import runs
progress = Progress(runs(Path(sys.argv[1]), int(sys.argv[2])))
train_missing(
    progress, print, lambda: None, trainer="tests.tables.stub_trainer", look_again=0.1
)
print(len(progress.finished()), "finished")
"""
Calls = Callable[[str], list[str]]
Drive = Callable[..., subprocess.Popen]


def train(folder: Path, progress: Progress | None = None) -> tuple[Progress, list[str]]:
    """Returns what has become of the runs after training what is missing, and the lines that were reported."""
    progress, lines = progress or Progress(runs(folder)), list[str]()
    train_missing(progress, lines.append, lambda: None, trainer=stub_trainer.NAME, look_again=0.1)
    return progress, lines


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Drive]:
    """Returns a function that starts a process, the leader of a group, that trains what is missing."""
    started: list[subprocess.Popen] = []

    def start(seeds: int = 1) -> subprocess.Popen:
        command = [sys.executable, "-u", "-c", DRIVER, str(tmp_path / "runs"), str(seeds)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with process:  # Closes its pipe, and waits.
            pass


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def names(found: list) -> list[str]:
    return [run.name for run in found]


def test_missing_runs_are_trained_in_their_order_and_never_again(tmp_path: Path, calls: Calls) -> None:
    folder = tmp_path / "runs"
    progress, lines = train(folder)
    assert names(progress.finished()) == calls("begin") == NAMES
    assert f"{NAMES[0]} · training · update 1/2 · {NAMES[0]} · 1 s left" in lines
    train(folder)
    assert calls("begin") == NAMES
    assert {file.suffix for file in folder.iterdir() if file.is_file()} == {".log"}


def test_each_run_is_trained_once_by_many_that_begin_at_once(calls: Calls, drive: Drive) -> None:
    processes = [drive(seeds=3) for _ in range(3)]
    printed = [process.communicate(timeout=60)[0] for process in processes]
    assert [text.splitlines()[-1] for text in printed] == ["9 finished"] * 3
    assert len(calls("begin")) == len(set(calls("begin"))) == 9
    assert sum(" begins." in text for text in printed) > 1


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("STUB_FAILS", "no such luck."),
        ("STUB_CRASHES", "a.b.OutOfLuckError: 13"),
        ("STUB_DIES", "It was killed by signal 9, as the system does when memory is full."),
        ("STUB_IDLES", "It ended without finishing the run."),
    ],
)
def test_failed_run_is_noted_stops_nothing_and_is_tried_again_by_the_next_call(
    how: str, reason: str, tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "runs"
    monkeypatch.setenv(how, "focal")
    progress, lines = train(folder)
    assert calls("begin") == NAMES
    assert names(progress.finished()) == [NAMES[0], NAMES[2]]
    assert [(run.name, progress.failure(run)) for run in progress.failed()] == [(NAMES[1], reason)]
    log = beside(progress.planned[1], "log")
    assert f"{NAMES[1]} failed: {reason} The whole log: {log}" in lines
    monkeypatch.delenv(how)
    progress, _ = train(folder)
    assert calls("begin") == [*NAMES, NAMES[1]]
    assert progress.failed() == []
    assert not beside(progress.planned[1], "failed").exists()
    assert log.read_text().count("== ") == 2


def test_run_that_failed_elsewhere_since_is_not_tried_again_whatever_the_clocks(tmp_path: Path, calls: Calls) -> None:
    mine, theirs = Progress(runs(tmp_path / "runs")), Progress(runs(tmp_path / "runs"))
    theirs.note_failure(theirs.planned[0], "no such luck")
    os.utime(beside(theirs.planned[0], "failed"), (0, 0))
    train(tmp_path / "runs", mine)
    assert calls("begin") == NAMES[1:]
    train(tmp_path / "runs")
    assert calls("begin") == [*NAMES[1:], NAMES[0]]


def test_training_goes_on_where_its_parent_is_killed_and_the_next_parent_waits_for_it(
    tmp_path: Path, calls: Calls, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    monkeypatch.setenv("STUB_GATE", str(gate))
    first = drive()
    wait_for(lambda: calls("begin"))
    first.kill()
    first.communicate()
    monkeypatch.delenv("STUB_GATE")
    progress, lines = Progress(runs(tmp_path / "runs")), list[str]()
    user = user_of(progress.planned[0].folder)
    assert user is not None and user.startswith("python -m conbal_tf.train (process ")

    def report(line: str) -> None:
        lines.append(line)
        if line == f"Waiting for 1 that others train: {NAMES[0]}, {user}.":
            gate.touch()

    train_missing(progress, report, lambda: None, trainer=stub_trainer.NAME, look_again=0.1)
    assert lines[0] == f"{NAMES[0]} is in use by {user}: left to it, and looked at again later."
    assert gate.exists()
    assert names(progress.finished()) == NAMES
    assert calls("begin") == NAMES
    assert calls("end")[-1] == NAMES[0]


@pytest.mark.parametrize("whom", ["parent", "group"])
def test_interruption_leaves_no_training_and_no_lock_behind(
    whom: str, tmp_path: Path, calls: Calls, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_GATE", str(tmp_path / "never"))
    parent = drive()
    wait_for(lambda: calls("begin"))
    os.kill(parent.pid if whom == "parent" else -parent.pid, signal.SIGINT)
    assert "finished" not in parent.communicate(timeout=30)[0]
    with pytest.raises(ProcessLookupError):  # The group is empty.
        os.kill(-parent.pid, 0)
    progress = Progress(runs(tmp_path / "runs"))
    assert sorted(file.name for file in progress.planned[0].folder.iterdir()) == ["checkpoints", "settings.toml"]
    assert progress.failed() == []


def test_run_begun_with_other_settings_is_refused(tmp_path: Path, calls: Calls) -> None:
    progress = Progress(runs(tmp_path / "runs"))
    other = progress.planned[2].folder
    (other / "logs").mkdir(parents=True)
    (other / "settings.toml").write_text(to_toml(Settings(seed=7)))
    message = rf"{NAMES[2]} holds a run with other settings: .*seed: 7 there, 0 here.* Choose another .* --runs"
    with pytest.raises(ValueError, match=message):
        Progress(runs(tmp_path / "runs"))
    (other / "finished.json").write_text("{}")  # By another process, since `progress` was made.
    with pytest.raises(ValueError, match=message):
        train(tmp_path / "runs", progress)
    assert calls("begin") == []
