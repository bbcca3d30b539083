"""What is left of a table's runs, and how long it will take, in words."""

from collections.abc import Sequence

from conbal_tf.settings.length import time_left
from conbal_tf.tables.estimate import estimate, measure, seconds_by_method
from conbal_tf.tables.expand import TableRun
from conbal_tf.tables.paper import Table
from conbal_tf.tables.progress import Progress


def state(progress: Progress) -> str:
    """Returns how many wanted runs are finished, and how long the rest takes one process where that is known."""
    left = progress.left()
    return _counted(progress, left, estimate(left, seconds_by_method(progress.finished())))


def listing(table: Table, progress: Progress) -> str:
    """Returns the wanted runs line by line, what has become of them, and how long those that are left will take.

    Args:
        table: of these runs.
        progress: the runs.
    """
    left, taken = progress.left(), seconds_by_method(progress.finished())
    seconds = estimate(left, taken, measure(left[0]) if left and not taken else None)
    times = iter([f"about {time_left(second)}" for second in seconds] if seconds else ["time not known"] * len(left))
    lines = [f"{table.title}: {_counted(progress, left, seconds)}."]
    for run in progress.wanted:
        become = "finished"
        if run in left:
            reason = progress.failure(run)
            become = next(times) + (f", failed before: {reason}" if reason is not None else "")
        lines.append(f"  {run.folder} · {run.row.title} · {become}")
    return "\n".join(lines)


def _counted(progress: Progress, left: Sequence[TableRun], seconds: Sequence[float] | None) -> str:
    time = f", about {time_left(sum(seconds))} left for one process" if left and seconds else ""
    return f"{len(progress.wanted) - len(left)} of {len(progress.wanted)} runs finished{time}"
