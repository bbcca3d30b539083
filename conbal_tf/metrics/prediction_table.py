"""predictions.csv and embeddings.npz, read back as what metrics and pictures are made from."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.runs.finished_run import file_of

COLUMNS = ("id", "part", "group", "label", "predicted")


def read_predictions(run: Path) -> pd.DataFrame:
    """Returns a run's predictions.csv, of whose columns only the probabilities are numbers.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is no such table.
    """
    path = file_of(run, "predictions.csv")
    try:
        # A class, a group or an image may be called NA or 007.
        table = pd.read_csv(path, keep_default_na=False, dtype=dict.fromkeys(COLUMNS, str))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read as a table: {error}. Train the run again with --overwrite.") from error
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ValueError(
            f"{path} has no column {', '.join(missing)}: received {', '.join(table.columns)}. It needs "
            f"{', '.join(COLUMNS)} and p_<class> for each class; train the run again with --overwrite."
        )
    return table


def read_features(run: Path, table: pd.DataFrame) -> np.ndarray:
    """Returns the backbone's features of the images of a run's predictions.csv, in its order [(n, d) float32].

    Args:
        run: its folder, with embeddings.npz.
        table: as `read_predictions` gives it.

    Raises:
        FileNotFoundError: There is no embeddings.npz.
        ValueError: It is of other images.
    """
    with np.load(file_of(run, "embeddings.npz")) as stored:
        ids, features = stored["id"], stored["features"]
    if not np.array_equal(ids, table["id"].to_numpy(str)):
        raise ValueError(
            f"The files of the run {run} do not belong together: received {len(table)} images in predictions.csv and "
            f"{len(ids)} in embeddings.npz, not the same in the same order. Both are written together; train the run "
            "again with --overwrite."
        )
    return features


def answers_of(table: pd.DataFrame, part: str, train_counts: Mapping[str, int]) -> Answers:
    """Returns what predictions.csv says of one part.

    Args:
        table: as `read_predictions` gives it.
        part: validation or test.
        train_counts: class name to its training images, in label order.

    Raises:
        ValueError: The part has no image, or the table does not fit the classes.
    """
    rows, names = table[table["part"] == part], tuple(train_counts)
    columns = [f"p_{name}" for name in names]
    strangers = sorted(set(rows["label"]) - set(names)) + [name for name in columns if name not in table]
    if strangers or rows.empty:
        raise ValueError(
            f"predictions.csv does not fit the run's classes {', '.join(names)}: received "
            f"{'no row' if rows.empty else ', '.join(map(repr, strangers[:5]))} in part {part}. Each row has one of "
            "these labels and a column p_<class> for each; train the run again with --overwrite."
        )
    number_of = {name: number for number, name in enumerate(names)}
    groups = class_groups(train_counts)
    try:
        probabilities = rows[columns].to_numpy(np.float64)
    except ValueError as error:
        raise ValueError(f"predictions.csv holds a probability that is no number: {error}. Train again.") from error
    answers = Answers(
        labels=rows["label"].map(number_of).to_numpy(np.int64),
        probabilities=probabilities,
        class_names=names,
        # An image without a group is one of its own.
        groups=rows["group"].where(rows["group"] != "", "image " + rows["id"]).to_numpy(str),
        class_groups=(groups["major"], groups["middle"], groups["minor"]),
    )
    wrong = rows["predicted"].to_numpy(str) != np.array(names)[answers.predicted]
    if wrong.any():
        raise ValueError(
            f"predictions.csv contradicts itself: {rows['id'].iloc[int(wrong.argmax())]} is predicted as "
            f"{rows['predicted'].iloc[int(wrong.argmax())]!r}, which is not its most probable class ({wrong.sum()} of "
            f"{len(rows)} rows in part {part}). Restore the file, or train the run again with --overwrite."
        )
    return answers
