"""The files of a table, from those of its runs that are finished."""

import tempfile
from pathlib import Path

from conbal_tf.run_folder.finished_run import read_run
from conbal_tf.tables.measured import RowRuns, measure_table
from conbal_tf.tables.notes import notes
from conbal_tf.tables.paper import Table
from conbal_tf.tables.pictures import per_class_comparison, temperature_curves
from conbal_tf.tables.progress import Progress
from conbal_tf.tables.writing import write


def write_results(table: Table, progress: Progress, folder: Path) -> list[Path]:
    """Returns the files that it writes: the table as Markdown and CSV, and its picture if it has one.

    Each appears when it is whole, so several processes may write the same table at once.

    Args:
        table: the table.
        progress: all its runs, finished or not.
        folder: where to; it exists.

    Raises:
        FileNotFoundError: A finished run lacks a file.
        ValueError: A file of a finished run cannot be read.
    """
    rows = row_runs(table, progress)
    measured = measure_table(table, rows)
    with tempfile.TemporaryDirectory(prefix=".unfinished_table_", dir=folder) as workplace:
        files = write(table, measured, notes(table, rows), Path(workplace))
        shown = {row.row.title: [read_run(run).metrics for run in row.runs] for row in rows if row.runs}
        picture = files[0].with_suffix(".png")
        if table.picture == "classes" and shown:
            per_class_comparison(shown, picture)
            files.append(picture)
        elif table.picture == "temperatures" and shown:
            temperature_curves(measured, picture)
            files.append(picture)
        return [file.replace(folder / file.name) for file in files]


def row_runs(table: Table, progress: Progress) -> list[RowRuns]:
    """Returns what became of the runs of each row.

    Args:
        table: the table.
        progress: all its runs.
    """
    done = [run.folder for run in progress.finished()]
    rows = []
    for row in table.rows:
        of_row = [run for run in progress.planned if run.row == row]
        reasons = [progress.failure(run) for run in of_row if run.folder not in done]
        folders = tuple(run.folder for run in of_row if run.folder in done)
        rows.append(RowRuns(row, folders, tuple(reason for reason in reasons if reason is not None), len(of_row)))
    return rows
