"""The CSV files of a run, read back: every row as long as the first, or one sentence says what is wrong."""

import csv
import io
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.run_folder.damage import damaged, shortened
from conbal_tf.run_folder.text import text_of


def read_table(path: Path, texts: Collection[str]) -> pd.DataFrame:
    """Returns what a CSV file holds: some columns as text, whatever stands in them, and all others as numbers.

    Not by pandas, which fills rows that were cut off, and takes NA for nothing.

    Args:
        path: the file, in a run folder; it is there.
        texts: columns that it must have.

    Returns:
        [str] for those columns and [float64] for the others, in the order of the file; NaN where a number is empty.

    Raises:
        ValueError: It cannot be read, is cut off, has no row or lacks a column, or a number is none.
    """
    text = text_of(path)
    try:
        # Line ends within quotes belong to a cell.
        head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise damaged(path, shortened(error), "a table, its cells separated by commas") from error
    if lacking := [name for name in texts if name not in head]:
        raise damaged(path, f"no column {', '.join(lacking)} but {shortened(', '.join(head))}", f"{', '.join(texts)}")
    if len(set(head)) < len(head):
        twice = next(name for name in head if head.count(name) > 1)
        raise damaged(path, f"the column {twice!r} more than once", "each column once")
    # The last number may be cut off and still be one.
    whole = [len(row) for row in rows] == [len(head)] * len(rows) and text.endswith(("\n", "\r"))
    if not rows or not whole:
        wrong = next((place for place, row in enumerate(rows, 2) if len(row) != len(head)), len(rows) + 1)
        received = f"row {wrong}, which is cut off or too long" if rows else "no row"
        raise damaged(path, received, f"whole rows of {len(head)} cells")
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    made = {
        name: pd.Series(cells, dtype=str) if name in texts else _numbers(path, name, cells)
        for name, cells in columns.items()
    }
    return pd.DataFrame(made)


def _numbers(path: Path, name: str, cells: Collection[str]) -> pd.Series:
    try:
        return pd.Series([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
    except ValueError as error:
        raise damaged(path, f"{shortened(error)} in column {name!r}", "a number in each row there") from error
