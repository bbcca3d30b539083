"""Trains the runs that are missing, one after the other, each in a process of its own."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.length import time_left
from conbal_tf.settings.methods import stage_1_of
from conbal_tf.settings.save import to_toml
from conbal_tf.tables.claim import STALE_AFTER, Claim, Claims, holder
from conbal_tf.tables.expand import PlannedRun
from conbal_tf.tables.progress import Progress, beside
from conbal_tf.tables.work import work

TRAINER = "conbal_tf.train"
LOOK_AGAIN = 10.0
TRAINING_SPEAKS_EVERY = 30.0
WAITING_SPEAKS_EVERY = 600.0


def train_missing(
    progress: Progress,
    report: Callable[[str], None],
    changed: Callable[[], object],
    *,
    trainer: str = TRAINER,
    look_again: float = LOOK_AGAIN,
) -> None:
    """Trains every wanted run that is not finished, and returns when all are finished or failed.

    Runs that another process has claimed are left to it, and looked at again when the others are done. A failed run is
    not tried again by this call, nor by another that began before it failed; the next call does.

    Args:
        progress: the runs, in their order; the folder that they lie in exists.
        report: gets lines about what happens.
        changed: called after each run that was trained here.
        trainer: the module that trains, as a command with `--config` and `--run`.
        look_again: seconds between two looks at the runs of others.
    """
    claims, waiting = Claims(), seldom(report, WAITING_SPEAKS_EVERY)
    while left := [run for run in progress.wanted if progress.is_open(run)]:
        free = 0
        for run in left:
            held = claims.take(beside(run, "claim"))
            if held is None:
                continue
            free += 1
            with held:
                progress.look_anew(run)
                if progress.is_open(run):  # Others may have finished it since we looked.
                    _train(run, held, progress, report, trainer)
            changed()
        if not free:
            waiting(
                f"Waiting for {len(left)} that others train: {left[0].name}, {holder(beside(left[0], 'claim'))}. What "
                f"shows no sign of life for {time_left(STALE_AFTER)} is taken over."
            )
            time.sleep(look_again)


def stage_1_flag(run: PlannedRun, finished: Sequence[PlannedRun]) -> list[str]:
    """Returns the flag that takes stage 1 of a finished run, where the method has it in common with one.

    Args:
        run: the run that is to be trained.
        finished: runs of the same table.
    """
    first = stage_1_of(run.settings.method, run.settings.logit_adjusted.form)
    for other in finished:
        alike = replace(other.settings, method=run.settings.method, run=run.settings.run) == run.settings
        # Of a run whose small files alone were copied here, there is nothing to take.
        if alike and other.settings.method == first and (other.folder / "classifier.keras").exists():
            return ["--stage_1_from", str(other.folder)]
    return []


def seldom(report: Callable[[str], None], every: float) -> Callable[[str], None]:
    """Returns a function that hands lines on, the first at once, then none within so many seconds of the last.

    Args:
        report: gets the lines.
        every: the seconds.
    """
    spoke = -every

    def speak(line: str) -> None:
        nonlocal spoke
        if time.monotonic() - spoke >= every:
            spoke = time.monotonic()
            report(line)

    return speak


def _train(run: PlannedRun, held: Claim, progress: Progress, report: Callable[[str], None], trainer: str) -> None:
    """Trains a run, and notes whether it failed."""
    report(f"{run.name} begins.")
    tell = seldom(lambda line: report(f"{run.name} · {line}"), TRAINING_SPEAKS_EVERY)
    file, log = beside(run, "toml"), beside(run, "log")
    write_whole(file, to_toml(replace(run.settings, run=None)))
    reason = work(
        held,
        trainer,
        ["--config", str(file), "--run", str(run.folder), *stage_1_flag(run, progress.finished())],
        log,
        lambda line: tell(line) if line.endswith(" left") else None,
    )
    if not held.holds():
        report(f"{run.name} was taken over by {holder(held.path)}.")
        return
    file.unlink(missing_ok=True)
    if reason is None and not progress.is_finished(run):
        reason = "It ended without finishing the run."
    if reason is None:
        progress.forget_failure(run)
        report(f"{run.name} is finished.")
    else:
        progress.note_failure(run, reason)
        report(f"{run.name} failed: {reason} The whole log: {log}")
