"""Trains the runs of a table that are missing, on whichever engine; each in a process of its own."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from conbal_tf.run_folder.lock import user_of, was_kept_out
from conbal_tf.settings.methods import stage_1_of
from conbal_tf.settings.save import to_toml
from conbal_tf.tables.expand import TableRun
from conbal_tf.tables.log import host_of, this_host
from conbal_tf.tables.pace import TRAINING_SPEAKS_EVERY, WAITING_SPEAKS_EVERY, seldom
from conbal_tf.tables.process import Engine, Failure, Job, one_by_one
from conbal_tf.tables.progress import Progress, beside

TRAINER = "conbal_tf.train"
LOOK_AGAIN = 10.0


def train_missing(
    progress: Progress,
    report: Callable[[str], None],
    changed: Callable[[], object],
    *,
    engine: Engine = one_by_one,
    trainer: str = TRAINER,
    look_again: float = LOOK_AGAIN,
) -> None:
    """Trains every wanted run that is not finished, and returns when all are finished or failed.

    A run whose folder another command holds is left to it, and looked at again later. A failed run is not tried again
    by this call, nor by another that began before it failed; the next call does.

    Args:
        progress: the runs, in their order; the folder that they lie in exists.
        report: gets lines about what happens.
        changed: called after each run that was trained here.
        engine: what does the jobs.
        trainer: the module that trains, as a command with `--config` and `--run`.
        look_again: seconds between two looks at the runs of others.
    """
    jobs, waiting = Jobs(progress, report, trainer, look_again), seldom(report, WAITING_SPEAKS_EVERY)
    while True:
        # Closed in any case: an engine that is left alone would leave its processes working.
        with closing(engine(jobs.take, jobs.heard)) as ended:  # type: ignore[type-var]
            for job, failure in ended:
                jobs.settle(job, failure)
                changed()
        left = [run for run in progress.wanted if progress.is_open(run)]
        if not left:
            return
        if user := user_of(left[0].folder):
            waiting(f"Waiting for {len(left)} that others train: {left[0].name}, {user}.")
        time.sleep(look_again)


class Jobs:
    """The wanted runs as jobs for an engine.

    Args:
        progress: the runs.
        report: gets lines about what happens.
        trainer: the module that trains.
        look_again: a run that was found in use is not taken within so many seconds.
    """

    def __init__(self, progress: Progress, report: Callable[[str], None], trainer: str, look_again: float) -> None:
        self._progress = progress
        self._report = report
        self._trainer = trainer
        self._look_again = look_again
        self._taken: dict[Job, TableRun] = {}
        self._speaks_at: dict[Job, float] = {}
        """When the progress of a job may be told next; of those that have begun and not ended."""
        self._left_alone: dict[Path, float] = {}
        """When a run folder was last seen in use."""

    def take(self) -> Job | None:
        """Returns the first run that may begin now, as a job; None while there is none."""
        for run in self._progress.wanted:
            if run in self._taken.values() or not self._progress.is_open(run) or self._must_wait(run):
                continue
            flags = ["--run", str(run.folder), *stage_1_flag(run, self._progress.finished())]
            config = to_toml(replace(run.settings, run=None))
            job = Job(run.name, self._trainer, tuple(flags), beside(run, "log"), config)
            self._taken[job] = run
            return job
        return None

    def heard(self, job: Job, line: str) -> None:
        """Reports that a job begins, and now and then how far it has come.

        Args:
            job: the job.
            line: of its log.
        """
        now = time.monotonic()
        if host := host_of(line):
            # A job that begins twice has lost its machine in between.
            again = " again" if job in self._speaks_at else ""
            self._report(f"{job.name} begins{again}{'' if host == this_host() else f' on {host}'}.")
            self._speaks_at[job] = now
        elif line.endswith(" left") and now >= self._speaks_at.setdefault(job, now):
            self._report(f"{job.name} · {line}")
            # Many at once share the pace, so that a line can still be read; those that wait for room say nothing.
            self._speaks_at[job] = now + TRAINING_SPEAKS_EVERY * len(self._speaks_at)

    def settle(self, job: Job, failure: Failure) -> None:
        """Notes what has become of a job that has ended.

        Args:
            job: the job.
            failure: why it failed, if it did.
        """
        run = self._taken.pop(job)
        self._speaks_at.pop(job, None)
        if self._progress.is_finished(run):
            self._progress.forget_failure(run)
            self._report(f"{run.name} is finished.")
        elif failure is not None and was_kept_out(failure, run.folder):
            # Another command was quicker by a moment: no failure of the run.
            self._leave_alone(run, user_of(run.folder) or "another command")
        else:
            # Where it failed elsewhere since it was taken, the reason stands already.
            if self._progress.is_open(run):
                self._progress.note_failure(run, failure or "It ended without finishing the run.")
            reason = self._progress.failure(run)
            self._report(f"{run.name} failed: {reason} The whole log: {beside(run, 'log')}")

    def _must_wait(self, run: TableRun) -> bool:
        """Returns whether another command has a run, or what it begins with is being trained now."""
        if time.monotonic() < self._left_alone.get(run.folder, float("-inf")) + self._look_again:
            return True
        if user := user_of(run.folder):
            self._leave_alone(run, user)
            return True
        return bool(_sources(run, list(self._taken.values())))

    def _leave_alone(self, run: TableRun, user: str) -> None:
        if run.folder not in self._left_alone:
            self._report(f"{run.name} is in use by {user}: left to it, and looked at again later.")
        self._left_alone[run.folder] = time.monotonic()


def stage_1_flag(run: TableRun, finished: Sequence[TableRun]) -> list[str]:
    """Returns the flag that takes stage 1 of a finished run, where the method has it in common with one.

    Args:
        run: the run that is to be trained.
        finished: runs of the same table.
    """
    # Of a run whose small files alone were copied here, there is nothing to take.
    there = [other for other in _sources(run, finished) if (other.folder / "classifier.keras").exists()]
    return ["--stage_1_from", str(there[0].folder)] if there else []


def _sources(run: TableRun, others: Sequence[TableRun]) -> list[TableRun]:
    """Returns the other runs whose stage 1 a run has in common."""
    first = stage_1_of(run.settings.method, run.settings.logit_adjusted.form)
    return [
        other
        for other in others
        if other.settings.method == first
        and replace(other.settings, method=run.settings.method, run=run.settings.run) == run.settings
    ]
