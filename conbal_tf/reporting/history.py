"""history.csv of a run: what was measured after each epoch."""

from pathlib import Path

import pandas as pd

from conbal_tf.run_folder.damage import damaged
from conbal_tf.run_folder.files import file_of
from conbal_tf.run_folder.tables import read_table


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
