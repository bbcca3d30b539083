"""The files of a table, from those of its runs that are finished."""

from collections.abc import Sequence
from pathlib import Path

from conbal_tf.experiments.expand import PlannedRun
from conbal_tf.experiments.runner import failure, finished
from conbal_tf.reporting.comparison import RowRuns, compare
from conbal_tf.reporting.comparison_figures import per_class_comparison, temperature_curves
from conbal_tf.reporting.comparison_notes import notes
from conbal_tf.reporting.comparison_table import write
from conbal_tf.reporting.finished_run import read_run
from conbal_tf.settings.tables import Table


def write_results(table: Table, planned: Sequence[PlannedRun], folder: Path) -> list[Path]:
    """Returns the files that it writes: the table as Markdown and CSV, and its picture if it has one.

    Args:
        table: the table.
        planned: all its runs, finished or not.
        folder: where to.
    """
    rows = row_runs(table, planned)
    comparison = compare(table, rows)
    files = write(table, comparison, notes(table, rows), folder)
    shown = {row.row.title: [read_run(run).metrics for run in row.runs] for row in rows if row.runs}
    picture = files[0].with_suffix(".png")
    if table.picture == "classes" and shown:
        per_class_comparison(shown, picture)
        files.append(picture)
    elif table.picture == "temperatures" and shown:
        temperature_curves(comparison, picture)
        files.append(picture)
    return files


def row_runs(table: Table, planned: Sequence[PlannedRun]) -> list[RowRuns]:
    """Returns what became of the runs of each row.

    Args:
        table: the table.
        planned: all its runs.
    """
    done = finished(planned)
    rows = []
    for row in table.rows:
        of_row = [run for run in planned if run.row == row]
        failed = [reason for run in of_row if run not in done and (reason := failure(run))]
        folders = tuple(run.folder for run in of_row if run in done)
        rows.append(RowRuns(row, folders, tuple(failed), len(of_row)))
    return rows
