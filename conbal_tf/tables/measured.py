"""The rows of one of the paper's tables in numbers: mean and standard deviation over runs, beside the paper's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.run_folder.finished_run import FinishedRun, read_run
from conbal_tf.tables.paper import Row, Table

SCORES = ("accuracy", "macro_f1", "balanced_accuracy", "quadratic_weighted_kappa")
GROUPS = {name: OVERALL[name].title for name in ("major_f1", "middle_f1", "minor_f1")}
# What a table may have as a column, and what it is called there.
METRIC_TITLES = {name: OVERALL[name].title for name in SCORES} | GROUPS


@dataclass(frozen=True)
class RowRuns:
    """What became of the runs of a row."""

    row: Row
    runs: tuple[Path, ...]
    """Folders of the finished runs, one for each seed, or for each seed and fold."""
    failed: tuple[str, ...] = ()
    """Why each failed run failed, in a few words."""
    planned: int = 1
    """Runs that were asked for."""


def row_scores(row_runs: RowRuns) -> pd.DataFrame:
    """Returns the scores of each finished run of a row on the test part, one line per run.

    Args:
        row_runs: the row and its run folders.

    Returns:
        A table with the columns `run` (the folder), those of `METRIC_TITLES` (NaN where a run has no such number, or
        the group has no class) and `seconds`. The F1 of a group is the plain mean of its classes' F1.

    Raises:
        FileNotFoundError: If a run is not finished.
        ValueError: If a file of a run cannot be read or lacks its classes, a run is not of this row, or two runs have
            the same split and seed.
    """
    runs = {str(path): read_run(path) for path in row_runs.runs}
    _refuse_others(row_runs, runs)
    scores = [{"run": path, **_run_scores(run)} for path, run in runs.items()]
    return pd.DataFrame(scores, columns=["run", *METRIC_TITLES, "seconds"])


def measure_table(table: Table, rows: Sequence[RowRuns]) -> pd.DataFrame:
    """Returns a table in numbers, one line per row of it, in its order; what its CSV holds.

    Args:
        table: its rows, and which metrics are its columns.
        rows: what was run of it, in any order; a row that is missing here was not planned.

    Returns:
        `title`, `method` (missing where nothing is to be run), `sampling`; one column per setting that some row
        overrides, by its flag; `finished`, `planned`, `failed` (numbers of runs), `failures` (the reasons, each once);
        for each metric M `M_mean`, `M_sd` (of the sample, NaN for one run), `M_paper`, `M_paper_sd`; `by_others`
        (whether the paper took its numbers from elsewhere); `seconds` (of all runs together). A mean is NaN if one of
        its runs has no such number: it would be over other runs than the rest of the line.

    Raises:
        FileNotFoundError: If a run is not finished.
        ValueError: If a metric is unknown, a row stands in `rows` twice or not in the table, or as for `row_scores`.
    """
    unknown = [metric for metric in table.metrics if metric not in METRIC_TITLES]
    if unknown:
        raise ValueError(
            f"No metric {unknown[0]!r} for the table {table.title!r}: received {list(table.metrics)}. "
            f"Allowed are {', '.join(METRIC_TITLES)}; correct the table."
        )
    for given in rows:
        if given.row not in table.rows or sum(other.row == given.row for other in rows) > 1:
            raise ValueError(
                f"Row {given.row.title!r} does not stand once in the table and in what was run: received "
                f"{[other.row.title for other in rows]}. Allowed are {[row.title for row in table.rows]}, each once; "
                "give all runs of a row together."
            )
    flags = list(dict.fromkeys(flag for row in table.rows for flag in row.overrides))
    lines = []
    for row in table.rows:
        row_runs = next((given for given in rows if given.row == row), RowRuns(row, (), planned=0))
        identity = {"title": row.title, "method": row.method, "sampling": row.sampling}
        lines.append(identity | {flag: row.overrides.get(flag) for flag in flags} | _numbers(table.metrics, row_runs))
    return pd.DataFrame(lines)


def _refuse_others(row_runs: RowRuns, runs: Mapping[str, FinishedRun]) -> None:
    """Refuses a run of another row, whose numbers would stand under a wrong name, and a run that would count twice."""
    row = row_runs.row
    seeds = [(run.settings["protocol"], run.settings["seed"]) for run in runs.values()]
    wanted = {"method": row.method, "sampling": row.sampling, **row.overrides}
    for path, run in runs.items():
        for flag, value in wanted.items():
            section, _, name = flag.rpartition(".")
            found = (run.settings.get(section, {}) if section else run.settings).get(name)
            if found != value:
                raise ValueError(
                    f"The run {path} is not of the row {row.title!r}: received {flag} {found!r}. Allowed is {value!r}; "
                    "give the row runs of its own."
                )
    if len(set(seeds)) < len(row_runs.runs):
        raise ValueError(
            f"A run of the row {row.title!r} stands twice: received the splits and seeds {seeds} of "
            f"{len(row_runs.runs)} runs. Each needs one of its own; leave the repeated one out."
        )


def _run_scores(run: FinishedRun) -> dict[str, float]:
    classes = class_rows(run.metrics)
    f1s = {row.name: row.f1 for row in classes}
    groups = class_groups({row.name: row.train_count for row in classes})
    known = {name: run.metrics.get(name) for name in SCORES}
    overall = {name: np.nan if value is None else float(value) for name, value in known.items()}
    by_group = {
        f"{group}_f1": float(np.mean([f1s[name] for name in names])) if names else np.nan
        for group, names in groups.items()
    }
    return {**overall, **by_group, "seconds": run.seconds}


def _numbers(metrics: Sequence[str], row_runs: RowRuns) -> dict[str, Any]:
    row, scores = row_runs.row, row_scores(row_runs)
    numbers: dict[str, Any] = {
        "finished": len(scores),
        "planned": row_runs.planned,
        "failed": len(row_runs.failed),
        "failures": "; ".join(dict.fromkeys(row_runs.failed)),
    }
    for metric in metrics:
        values = scores[metric].to_numpy(float)
        paper, paper_sd = row.published.get(metric, (None, None))
        numbers[f"{metric}_mean"] = values.mean() if len(values) else np.nan
        numbers[f"{metric}_sd"] = values.std(ddof=1) if len(values) > 1 else np.nan
        numbers[f"{metric}_paper"] = np.nan if paper is None else paper
        numbers[f"{metric}_paper_sd"] = np.nan if paper_sd is None else paper_sd
    seconds = float(scores["seconds"].sum()) if len(scores) else np.nan
    return numbers | {"by_others": row.by_others, "seconds": seconds}
