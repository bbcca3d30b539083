"""history.csv of a run: what was measured after each epoch."""

from pathlib import Path

import pandas as pd

from conbal_tf.run_folder.csv_file import read_table
from conbal_tf.run_folder.damage import damaged
from conbal_tf.run_folder.files import file_of


def read_history(run: Path) -> pd.DataFrame:
    """Returns a run's history.csv: `stage` [str], `epoch` and what was measured [float64].

    Args:
        run: its folder.

    Raises:
        FileNotFoundError: It is not there.
        ValueError: It cannot be read.
    """
    path = file_of(run, "history.csv")
    history = read_table(path, ("stage",))
    if "epoch" not in history:
        raise damaged(path, f"the columns {', '.join(map(str, history))}", "a table with stage and epoch")
    epochs = history["epoch"]
    if not ((epochs >= 0) & (epochs % 1 == 0)).all():
        raise damaged(path, f"the epochs {epochs.unique().tolist()[:5]}", "whole numbers from 0 on")
    return history


def stage_histories(history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Returns the rows of each stage by epoch, counted from 1, ascending, each once; stages as they first occur.

    Args:
        history: a run's `history.csv`, with `epoch` counted from 0. Of rows with the same stage and epoch the last
            one counts: a run that was interrupted repeats the epoch that it was in.

    Raises:
        ValueError: If `stage` or `epoch` is missing, or the history holds no epoch.
    """
    missing = [column for column in ("stage", "epoch") if column not in history]
    if missing or history.empty:
        wrong = f"has no column `{missing[0]}`" if missing else "holds no epoch"
        raise ValueError(
            f"The training history {wrong}: received columns {list(history.columns)} and {len(history)} rows. It needs "
            "stage, epoch and at least one row; train for one epoch at least."
        )
    latest = history.drop_duplicates(["stage", "epoch"], keep="last")
    latest.index = pd.Index(latest["epoch"].astype(int) + 1, name="epoch")
    # Not in the order of `latest`: a repeated epoch would carry its stage behind the next one.
    return {stage: latest[latest["stage"] == stage].sort_index() for stage in history["stage"].unique()}
