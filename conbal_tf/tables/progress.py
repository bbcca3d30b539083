"""Which runs of a table are finished, which failed and why: as the files in and beside their folders say."""

from collections.abc import Collection, Sequence
from pathlib import Path

from conbal_tf.run.lifetime import FINISHED, is_finished
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.tables.expand import TableRun

_ADVICE = "Choose another folder with --runs, or move that one away."


class Progress:
    """What has become of the runs of a table; other processes may be at work on them, so it looks again each time.

    Args:
        planned: all runs of the table.
        rows: titles of those whose runs are wanted; empty for all.

    Raises:
        ValueError: A folder holds a run with other settings, or something that is no run.
    """

    def __init__(self, planned: Sequence[TableRun], rows: Collection[str] = ()) -> None:
        self.planned = planned
        self.wanted = [run for run in planned if not rows or run.row.title in rows]
        self._same_settings: set[Path] = set()
        for run in planned:
            is_finished(run.folder, run.settings, advice=_ADVICE)
        self._failures_before = {run.folder: _stamp(run) for run in planned}

    def is_finished(self, run: TableRun) -> bool:
        """Returns whether a run is finished.

        Raises:
            ValueError: Its folder holds a run with other settings.
        """
        if not (run.folder / FINISHED).exists():
            return False
        # Reading settings takes a twentieth of a second, and there are many runs: once for each.
        if run.folder not in self._same_settings:
            is_finished(run.folder, run.settings, advice=_ADVICE)
            self._same_settings.add(run.folder)
        return True

    def finished(self) -> list[TableRun]:
        """Returns the finished runs."""
        return [run for run in self.planned if self.is_finished(run)]

    def left(self) -> list[TableRun]:
        """Returns the wanted runs that are not finished."""
        return [run for run in self.wanted if not self.is_finished(run)]

    def failed(self) -> list[TableRun]:
        """Returns the wanted runs that failed when they were last tried."""
        return [run for run in self.wanted if not self.is_finished(run) and self.failure(run) is not None]

    def is_open(self, run: TableRun) -> bool:
        """Returns whether a run is neither finished, nor has failed since this object was made, here or elsewhere."""
        # No comparison with a clock: that of a network drive may be another.
        return not self.is_finished(run) and _stamp(run) == self._failures_before[run.folder]

    def failure(self, run: TableRun) -> str | None:
        """Returns why a run failed when it was last tried, or None."""
        try:
            return beside(run, "failed").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def note_failure(self, run: TableRun, reason: str) -> None:
        """Writes down why a run failed.

        Args:
            run: the run.
            reason: a line.
        """
        write_whole(beside(run, "failed"), reason + "\n")

    def forget_failure(self, run: TableRun) -> None:
        """Removes what was written of earlier failures."""
        beside(run, "failed").unlink(missing_ok=True)


def beside(run: TableRun, ending: str) -> Path:
    """Returns the file of that ending beside the run folder: `failed` or `log`."""
    return run.folder.with_name(f"{run.folder.name}.{ending}")


def _stamp(run: TableRun) -> tuple[int, int] | None:
    """Returns what changes when a failure is noted anew."""
    try:
        status = beside(run, "failed").stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_mtime_ns, status.st_ino
