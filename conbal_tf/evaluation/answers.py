"""What a run answered to the images of each part, read back from predictions.csv."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

PARTS = ("validation", "test")


@dataclass(frozen=True)
class Answers:
    """What a run answered to the images of one part."""

    labels: np.ndarray
    """True classes [(n,) int]."""
    probabilities: np.ndarray
    """[(n, n_classes) float64]."""


def read_answers(run: Path) -> tuple[tuple[str, ...], dict[str, Answers]]:
    """Returns the class names in label order, and the answers to `validation` and `test`.

    Args:
        run: a run folder with predictions.csv.

    Raises:
        FileNotFoundError: There is none: the run is not finished.
        ValueError: It cannot be read, or holds no image of a part.
    """
    path = run / "predictions.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"No predictions.csv in {run}: what a run answered stands in it. Finish the run with: "
            f"python -m conbal_tf.train --config {run / 'settings.toml'} --run {run}"
        )
    try:
        # A class may be called NA.
        table = pd.read_csv(path, keep_default_na=False, dtype={"id": str, "part": str, "label": str})
        columns = [name for name in table.columns if name.startswith("p_")]
        names = tuple(name.removeprefix("p_") for name in columns)
        number_of = {name: number for number, name in enumerate(names)}
        labels = np.array([number_of[label] for label in table["label"]], np.int64)
        probabilities = table[columns].to_numpy(np.float64)
    except (ValueError, KeyError) as error:
        raise ValueError(
            f"{path} cannot be read: received {error}. It has the columns part, label and p_<class>, a probability of "
            "each class; evaluate the run again."
        ) from error
    parts = {part: (table["part"] == part).to_numpy() for part in PARTS}
    empty = [part for part, rows in parts.items() if not rows.any()]
    if empty:
        raise ValueError(
            f"{path} has no image of part {empty[0]}: received {dict(table['part'].value_counts())}. Both parts are "
            "needed, validation and test; train under a protocol that has both."
        )
    return names, {part: Answers(labels[rows], probabilities[rows]) for part, rows in parts.items()}
