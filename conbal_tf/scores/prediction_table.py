"""predictions.csv and embeddings.npz, read back as what metrics and pictures are made from."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.run_folder.arrays import read_arrays
from conbal_tf.run_folder.csv_file import read_table
from conbal_tf.run_folder.damage import damaged, remedy_of
from conbal_tf.run_folder.files import file_of
from conbal_tf.run_folder.split import check_answered, read_split

COLUMNS = ("id", "part", "group", "label", "predicted")
PREFIX = "p_"


def read_predictions(run: Path) -> pd.DataFrame:
    """Returns a run's predictions.csv, having found it to be of the very images that its protocol.csv names.

    Returns:
        `COLUMNS` [str each] and p_<class> for each class [float64], in label order.

    Raises:
        FileNotFoundError: One of the two is not there.
        ValueError: One cannot be read, they are not of the same images, or answers contradict themselves.
    """
    path = file_of(run, "predictions.csv")
    table = read_table(path, COLUMNS)
    names = np.array([name.removeprefix(PREFIX) for name in _of_classes(table)])
    for column in ("label", "predicted"):
        if strangers := sorted(set(table[column]) - set(names)):
            allowed = f"a class with a column {PREFIX}<class>: {', '.join(names)}"
            raise damaged(path, f"{strangers[0]!r} as {column}", allowed)
    places = {name: place for place, name in enumerate(names)}
    try:
        answers = Answers(
            labels=table["label"].map(places).to_numpy(np.int64),
            probabilities=table[[f"{PREFIX}{name}" for name in names]].to_numpy(np.float64),
            class_names=tuple(names),
            groups=table["group"].to_numpy(str),
        )
    except ValueError as error:
        raise damaged(path, f"this: {error}", "the answers of a classifier") from error
    if (wrong := table["predicted"].to_numpy(str) != names[answers.predicted]).any():
        first = table[wrong].iloc[0]
        received = (
            f"{first['predicted']!r} as predicted for {first['id']!r} ({wrong.sum()} of {len(table)} rows are so)"
        )
        raise damaged(path, received, f"the most probable class, here {names[answers.predicted][wrong][0]!r}")
    check_answered(table, read_split(run), run)
    return table


def read_features(run: Path, table: pd.DataFrame) -> np.ndarray:
    """Returns the backbone's features of the images of a run's predictions.csv, in its order [(n, d) float32].

    Args:
        run: its folder, with embeddings.npz.
        table: as `read_predictions` gives it.

    Raises:
        FileNotFoundError: There is no embeddings.npz.
        ValueError: It cannot be read, or is of other images.
    """
    path = file_of(run, "embeddings.npz")
    stored = read_arrays(path, ("id", "features"))
    ids, features = stored["id"], stored["features"]
    if features.ndim != 2 or len(features) != len(ids) or not np.issubdtype(features.dtype, np.floating):
        allowed = f"[({len(ids)}, d) float], a row for each id"
        raise damaged(path, f"features {features.shape} of {features.dtype}", allowed)
    if not np.array_equal(ids, table["id"].to_numpy(str)):
        raise ValueError(
            f"The files of the run {run} do not belong together: received {len(table)} images in predictions.csv and "
            f"{len(ids)} in embeddings.npz, not the same in the same order. Both are written together. "
            f"{remedy_of(path)}"
        )
    return features


def answers_of(table: pd.DataFrame, part: str, train_counts: Mapping[str, int], *, ordered: bool = False) -> Answers:
    """Returns what predictions.csv says of one part.

    Args:
        table: as `read_predictions` gives it.
        part: validation or test.
        train_counts: class name to its training images, in label order.
        ordered: whether this order is known to mean something.

    Raises:
        ValueError: The part has no image, or the table does not fit the classes.
    """
    rows, names = table[table["part"] == part], tuple(train_counts)
    columns = [f"{PREFIX}{name}" for name in names]
    strangers = sorted(set(rows["label"]) - set(names)) + sorted(set(_of_classes(table)) ^ set(columns))
    if strangers or rows.empty:
        raise ValueError(
            f"predictions.csv does not fit the run's classes {', '.join(names)}: received "
            f"{'no row' if rows.empty else ', '.join(map(repr, strangers[:5]))} in part {part}. Each row has one of "
            "these labels and a column p_<class> for each; train the run again with --overwrite."
        )
    number_of = {name: number for number, name in enumerate(names)}
    groups = class_groups(train_counts)
    return Answers(
        labels=rows["label"].map(number_of).to_numpy(np.int64),
        probabilities=rows[columns].to_numpy(np.float64),
        class_names=names,
        # An image without a group is one of its own.
        groups=rows["group"].where(rows["group"] != "", "image " + rows["id"]).to_numpy(str),
        class_groups=(groups["major"], groups["middle"], groups["minor"]),
        ordered=ordered,
    )


def _of_classes(table: pd.DataFrame) -> list[str]:
    """Returns the columns of probabilities."""
    return [name for name in map(str, table.columns) if name.startswith(PREFIX)]
