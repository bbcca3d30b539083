"""Trains the runs that are missing, one after the other, each in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from conbal_tf.experiments.claim import Claim, claim, holder
from conbal_tf.experiments.expand import PlannedRun
from conbal_tf.settings.save import to_toml
from conbal_tf.training.run_folder import is_finished, write_whole

LOOK_AGAIN = 10.0
REASON_LENGTH = 200


def finished(planned: Iterable[PlannedRun]) -> list[PlannedRun]:
    """Returns the runs that are finished.

    Raises:
        ValueError: A folder holds a run with other settings, or no run.
    """
    return [run for run in planned if is_finished(run.folder, run.settings)]


def failure(run: PlannedRun) -> str | None:
    """Returns why a run failed when it was last tried, or None."""
    note = _beside(run, "failed")
    return note.read_text(encoding="utf-8").strip() if note.exists() else None


def train_missing(planned: Sequence[PlannedRun], report: Callable[[str], None], changed: Callable[[], object]) -> None:
    """Trains every run that is not finished, and returns when all are finished or failed.

    Runs that another process has claimed are left to it, and looked at again when the others are done. A failed run is
    not tried again by this call; the next call does.

    Args:
        planned: the runs, in their order.
        report: gets lines about what happens.
        changed: called after each run.
    """
    began = time.time()
    planned[0].folder.parent.mkdir(parents=True, exist_ok=True)
    while open_runs := [run for run in planned if not _is_done(run, began)]:
        if not any([_train_if_free(run, report, changed) for run in open_runs]):
            first = open_runs[0]
            report(f"Waiting for {len(open_runs)} runs of others: {first.name}, {holder(_beside(first, 'claim'))}")
            time.sleep(LOOK_AGAIN)


def _train_if_free(run: PlannedRun, report: Callable[[str], None], changed: Callable[[], object]) -> bool:
    held = claim(_beside(run, "claim"))
    if held is None:
        return False
    with held:
        if is_finished(run.folder, run.settings):  # by somebody else, since we looked
            return True
        reason = _train(run, held, report)
        if reason is None:
            _beside(run, "failed").unlink(missing_ok=True)
        else:
            write_whole(_beside(run, "failed"), reason + "\n")
            report(f"{run.name} failed: {reason} The whole log: {_beside(run, 'log')}")
    changed()
    return True


def _train(run: PlannedRun, held: Claim, report: Callable[[str], None]) -> str | None:
    """Returns None, or why the training failed."""
    file = _beside(run, "toml")
    write_whole(file, to_toml(replace(run.settings, run=None)))
    command = [sys.executable, "-m", "conbal_tf.train", "--config", str(file), "--run", str(run.folder)]
    last = ""
    with _beside(run, "log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        held.note_process(process.pid)
        try:
            for line in process.stdout or ():
                log.write(line)
                log.flush()
                last = line.strip() or last
                if " images/s · " in line:
                    report(f"{run.name} · {last}")
            code = process.wait()
        except KeyboardInterrupt:
            process.wait()  # It was interrupted, too, and says how far it came.
            raise
    if code == 0:
        file.unlink()
        return None
    return (last or "it said nothing.")[:REASON_LENGTH] if code > 0 else f"It was killed by signal {-code}."


def _is_done(run: PlannedRun, since: float) -> bool:
    """Returns whether a run is finished, or has failed since that time."""
    note = _beside(run, "failed")
    return is_finished(run.folder, run.settings) or (note.exists() and note.stat().st_mtime >= since)


def _beside(run: PlannedRun, ending: str) -> Path:
    return run.folder.with_name(f"{run.folder.name}.{ending}")
