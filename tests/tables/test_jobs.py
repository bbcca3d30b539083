"""The runs of a table as jobs for an engine that begins many at once."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.run_folder.lock import HOLDER, held
from conbal_tf.settings.schema import Settings
from conbal_tf.tables import runner
from conbal_tf.tables.expand import expand
from conbal_tf.tables.log import beginning, this_host
from conbal_tf.tables.process import Job
from conbal_tf.tables.progress import Progress
from conbal_tf.tables.runner import Jobs, train_missing
from tests.reporting.run_folders import write_run
from tests.tables import stub_trainer
from tests.tables.planned import CE, FOCAL, NAMES, TABLE, Row, runs


def jobs_of(progress: Progress) -> tuple[Jobs, list[str]]:
    """Returns the jobs, and the lines that they report."""
    lines: list[str] = []
    return Jobs(progress, lines.append, "a.trainer", look_again=60), lines


def taken(jobs: Jobs) -> list[Job]:
    """Returns all that may begin now."""
    return list(iter(jobs.take, None))


def test_each_run_is_taken_once_with_its_settings(tmp_path: Path) -> None:
    jobs, _ = jobs_of(Progress(runs(tmp_path)))
    first, *others = taken(jobs)
    assert [first.name, *(job.name for job in others)] == NAMES
    assert first.arguments == ("--run", str(tmp_path / NAMES[0]))
    assert first.config is not None and 'method = "cross_entropy"' in first.config
    assert taken(jobs) == []


def test_run_whose_stage_1_is_being_trained_waits_for_it_and_takes_it(tmp_path: Path) -> None:
    table = replace(TABLE, rows=(Row("cRT", "crt"), CE, FOCAL))
    progress = Progress(expand(table, Settings(protocol="paper"), 1, tmp_path))
    planned = {run.row.title: run for run in progress.planned}
    jobs, _ = jobs_of(progress)
    # A row before the one whose stage 1 it has in common trains its own.
    begun = [jobs.take(), jobs.take()]
    assert [job.name for job in begun if job] == [planned["cRT"].name, planned["CE"].name]
    jobs, _ = jobs_of(Progress(list(reversed(progress.planned))))
    focal, ce = taken(jobs)
    assert (focal.name, ce.name) == (planned["Focal loss"].name, planned["CE"].name)
    write_run(planned["CE"].folder, planned["CE"].settings)
    (planned["CE"].folder / "classifier.keras").touch()
    jobs.settle(ce, None)
    (crt,) = taken(jobs)
    assert crt.arguments[-2:] == ("--stage_1_from", str(planned["CE"].folder))


def test_failure_that_was_noted_elsewhere_meanwhile_stands(tmp_path: Path) -> None:
    progress = Progress(runs(tmp_path))
    jobs, lines = jobs_of(progress)
    job = jobs.take()
    assert job is not None
    Progress(runs(tmp_path)).note_failure(progress.planned[0], "no such luck")
    jobs.settle(job, "It was killed by signal 15.")
    assert progress.failure(progress.planned[0]) == "no such luck"
    assert lines == [f"{NAMES[0]} failed: no such luck The whole log: {tmp_path / NAMES[0]}.log"]


def test_failure_that_speaks_of_another_thing_in_use_is_told_as_one(tmp_path: Path) -> None:
    progress = Progress(runs(tmp_path))
    jobs, lines = jobs_of(progress)
    job = jobs.take()
    assert job is not None
    jobs.settle(job, "RuntimeError: GPU 0 is in use by process 7.")
    assert [run.name for run in progress.failed()] == [NAMES[0]]
    assert lines[0].startswith(f"{NAMES[0]} failed: RuntimeError: GPU 0 is in use by process 7. The whole log")
    assert NAMES[0] not in [job.name for job in taken(jobs)]


def test_beginnings_are_told_and_progress_at_a_pace_that_those_share_that_have_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(runner.time, "monotonic", lambda: now)
    jobs, lines = jobs_of(Progress(runs(tmp_path, seeds=10)))
    first, second, *others = taken(jobs)
    assert len(others) == 28  # They wait for room, and say nothing.
    here, there = beginning(["train"]), beginning(["train"]).replace(this_host(), "node7")
    for job, line in ((first, here), (second, there), (first, "1/9 · 5 s left"), (second, "1/9 · 5 s left")):
        jobs.heard(job, line)
    assert lines == [
        f"{NAMES[0]} begins.",
        f"{NAMES[1]} begins on node7.",
        f"{NAMES[0]} · 1/9 · 5 s left",
        f"{NAMES[1]} · 1/9 · 5 s left",
    ]
    now += 2 * runner.TRAINING_SPEAKS_EVERY - 1
    jobs.heard(first, "2/9 · 4 s left")
    assert len(lines) == 4
    now += 1
    jobs.heard(first, "3/9 · 3 s left")
    jobs.heard(first, "a line of another kind")
    jobs.heard(second, here)
    assert lines[4:] == [f"{NAMES[0]} · 3/9 · 3 s left", f"{NAMES[1]} begins again."]


def test_run_that_another_command_takes_in_the_last_moment_is_no_failure(
    tmp_path: Path, calls: Callable[[str], list[str]]
) -> None:
    folder, lines = tmp_path / "runs", list[str]()
    progress = Progress(runs(folder))
    other, run = ExitStack(), progress.planned[0].folder

    def report(line: str) -> None:
        lines.append(line)
        if line.startswith("Waiting") or line == f"{NAMES[2]} is finished.":
            other.close()

    other.enter_context(held(run, "python -m conbal_tf.train", lasts=True, create=True))
    (run / HOLDER).unlink()  # As if it were only now about to say that it is there.
    train_missing(progress, report, lambda: None, trainer=stub_trainer.NAME, look_again=0.1)
    assert f"{NAMES[0]} is in use by another command: left to it, and looked at again later." in lines
    assert [run.name for run in progress.finished()] == NAMES
    assert calls("begin") == [NAMES[1], NAMES[2], NAMES[0]]
    assert not [line for line in lines if " failed" in line]
