"""A measured table as Markdown to read and as CSV to go on with."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.tables.measured import METRIC_TITLES
from conbal_tf.tables.paper import TABLES, Table

NOTHING = "–"
# A longer reason is cut in the Markdown; the CSV holds it whole.
MAX_REASON = 60


def to_markdown(table: Table, measured: pd.DataFrame, notes: Sequence[str]) -> str:
    """Returns the table, ours beside the paper's, with its legend and the notes under it.

    Args:
        table: which metrics are its columns; the paper's has a column where any row has a published number.
        measured: as `measure_table` returns it, or as its CSV is read back.
        notes: sentences that stand under the table.
    """
    lines = measured.to_dict("records")
    metrics = [metric for metric in table.metrics if f"{metric}_mean" in measured]
    columns: dict[str, list[str]] = {"method": [_cell(line["title"]) for line in lines]}
    for metric in metrics:
        columns[METRIC_TITLES[metric]] = _ours(metric, lines)
        if measured[f"{metric}_paper"].notna().any():
            columns[f"{METRIC_TITLES[metric]}, paper"] = [_papers(metric, line) for line in lines]
    columns["runs"] = [_runs(line) for line in lines]
    columns["time"] = [_duration(line["seconds"]) for line in lines]
    rows = [columns, ["---"] * len(columns), *zip(*columns.values(), strict=True)]
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    under = "\n".join(f"- {note}" for note in [*_legend(columns), *notes])
    return f"# {table.title}\n\n{body}\n\n{under}\n"


def write(table: Table, measured: pd.DataFrame, notes: Sequence[str], folder: Path) -> list[Path]:
    """Returns the two files that it writes, `NAME.md` and `NAME.csv`; each appears only when it is whole.

    Args:
        table: NAME is its key in `TABLES`, or its title in small letters where it is none of them.
        measured: as `measure_table` returns it.
        notes: sentences that stand under the table.
        folder: made where it is missing.
    """
    slug = re.sub(r"\W+", "_", table.title.lower()).strip("_")
    name = next((key for key, known in TABLES.items() if known.title == table.title), slug)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        folder / f"{name}.md": to_markdown(table, measured, notes),
        folder / f"{name}.csv": measured.to_csv(index=False),
    }
    for path, text in texts.items():
        write_whole(path, text)
    return list(texts)


def _ours(metric: str, lines: Sequence[Mapping[Any, Any]]) -> list[str]:
    """Returns a column of ours; the highest mean is bold where there are several, and equal ones are bold together."""
    means = [_decimal(line[f"{metric}_mean"]) for line in lines]
    numbers = [float(mean) for mean in means if mean != NOTHING]
    cells = []
    for mean, line in zip(means, lines, strict=True):
        if mean == NOTHING:
            cells.append("failed" if line["failed"] and not line["finished"] else NOTHING)
            continue
        sd = line[f"{metric}_sd"]
        shown = f"**{mean}**" if len(numbers) > 1 and float(mean) == max(numbers) else mean
        cells.append(shown if pd.isna(sd) else f"{shown} ± {_decimal(sd)}")
    return cells


def _papers(metric: str, line: Mapping[Any, Any]) -> str:
    mean, sd = line[f"{metric}_paper"], line[f"{metric}_paper_sd"]
    if pd.isna(mean):
        return NOTHING
    # The paper gives some deviations with four decimals; rounded to three they would say something else.
    spread = "" if pd.isna(sd) else f" ± {_decimal(sd, 3 if sd == round(sd, 3) else 4)}"
    return _decimal(mean) + spread + (" †" if line["by_others"] else "")


def _decimal(value: float, decimals: int = 3) -> str:
    """Returns the decimals without the zero before them.

    >>> _decimal(0.8651234), _decimal(0.0007, 4), _decimal(1.0), _decimal(-0.02)
    ('.865', '.0007', '1.000', '-.020')
    """
    return NOTHING if pd.isna(value) else re.sub(r"^(-?)0\.", r"\1.", f"{value:.{decimals}f}")


def _runs(line: Mapping[Any, Any]) -> str:
    if pd.isna(line["method"]):
        return "not run"
    if not line["planned"] and not line["finished"]:
        return NOTHING
    counted = f"{line['finished']}/{line['planned']}"
    if not line["failed"]:
        return counted
    reasons = _cell(line["failures"])
    return f"{counted}, failed: {reasons if len(reasons) <= MAX_REASON else reasons[: MAX_REASON - 1] + '…'}"


def _duration(seconds: float) -> str:
    """Returns hours and minutes.

    >>> _duration(7500), _duration(1119.2), _duration(12)
    ('2 h 05 min', '19 min', '< 1 min')
    """
    if pd.isna(seconds):
        return NOTHING
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min" if minutes else "< 1 min"


def _cell(text: str) -> str:
    """Returns text that ends neither its cell nor its line."""
    return " ".join(text.split()).replace("|", "\\|")


def _legend(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Returns what the signs mean that the table has."""
    cells = [cell for column in columns.values() for cell in column]
    signs = {
        "**": "Bold: the highest of ours in its column, which does not say that the difference is more than chance.",
        "†": "† The paper took these numbers from other papers.",
        NOTHING: f"{NOTHING}: no number.",
    }
    return [
        "Scores of the test part: mean over runs ± standard deviation of the sample, which one run does not have.",
        *(meaning for sign, meaning in signs.items() if any(sign in cell for cell in cells)),
        "Time: of all finished runs together, over all calls; of a killed one, up to its last whole epoch.",
    ]
