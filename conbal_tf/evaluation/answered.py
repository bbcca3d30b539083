"""What a finished run has answered to its test part, and where it is wrong most surely."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.data.split import SplitRecords
from conbal_tf.scores.prediction_table import read_features, read_predictions

MISTAKES_PER_CLASS = 6
_ADVICE = (
    "Evaluate the run on its own records: python -m conbal_tf.train with --overwrite, or give the right --records."
)


@dataclass(frozen=True)
class Answered:
    """The test part with its answers."""

    rows: pd.DataFrame
    """Of predictions.csv, numbered from 0: `id`, `group`, `label`, `predicted`, and `p_NAME` for each class."""
    features: np.ndarray
    """The backbone's, of the same images [(n, dimensions) float32]."""
    class_names: tuple[str, ...]
    """In label order."""

    @property
    def labels(self) -> np.ndarray:
        """The true classes [(n,) int]."""
        return _numbers(self.rows["label"], self.class_names)

    def surest_mistakes(self) -> pd.DataFrame:
        """Returns at most 6 rows of each true class: those with the most probability on a wrong class, surest first."""
        wrong = self.rows[self.rows["label"] != self.rows["predicted"]]
        sureness = wrong[[f"p_{name}" for name in self.class_names]].max(axis=1)
        surest_first = wrong.loc[sureness.sort_values(ascending=False, kind="stable").index]
        kept = surest_first.groupby("label").head(MISTAKES_PER_CLASS)
        return kept.iloc[np.argsort(_numbers(kept["label"], self.class_names), kind="stable")]


def read_answers(run: Path, data: SplitRecords) -> Answered:
    """Returns what a run has answered to the images of its test part.

    Args:
        run: its folder, with predictions.csv and embeddings.npz.
        data: the records under its protocol.

    Raises:
        FileNotFoundError: One of the files is not there.
        ValueError: The files do not belong together, or not to these records.
    """
    table = read_predictions(run)
    test = (table["part"] == "test").to_numpy()
    rows = table[test].reset_index(drop=True)
    features = read_features(run, table)
    names = data.records.class_names
    known = data.records.select(rows["id"]).set_index("id")["label"]
    # By id and by class: records may have been made anew since, with other labels.
    there = rows["id"].map(known).map(dict(enumerate(names)))
    if (differing := there.to_numpy(object) != rows["label"].to_numpy(object)).any():
        first = rows[differing].iloc[0]
        raise ValueError(
            f"The records are not those that {run} was tested on: {differing.sum()} of {len(rows)} test images are not "
            f"there with that class, the first {first['id']!r} ({first['label']}). {_ADVICE}"
        )
    return Answered(rows, features[test], names)


def _numbers(labels: pd.Series, class_names: tuple[str, ...]) -> np.ndarray:
    return labels.map({name: number for number, name in enumerate(class_names)}).to_numpy(int)
