"""A trained classifier over parts of the data: predictions.csv and embeddings.npz."""

import io
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from conbal_tf.data.inference import answers_of
from conbal_tf.data.pipeline import TestView, evaluation_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.heads import with_features
from conbal_tf.run_folder.whole_file import write_whole

EVALUATED_PARTS = ("validation", "test")
BATCH = 64


@dataclass(frozen=True)
class Predictions:
    """What a classifier says of one part."""

    rows: pd.DataFrame
    """`id`, `group`, `label` of every image, in reading order."""
    probabilities: np.ndarray
    """[(n, n_classes) float32]."""
    features: np.ndarray
    """The backbone's [(n, dimensions) float32]."""

    @property
    def predicted(self) -> np.ndarray:
        """The most probable class of every image [(n,) int]."""
        return self.probabilities.argmax(axis=1)


def predict(classifier: keras.Model, data: SplitRecords, part: str, view: TestView) -> Predictions:
    """Returns a classifier's answers to every image of a part.

    Args:
        classifier: images to probabilities, as saved by training.
        data: the records under the protocol.
        part: train, validation or test.
        view: the size at which images are shown.
    """
    rows = data.rows(part)
    batches = evaluation_batches(data.records, rows["id"], view, batch_size=BATCH)
    answers = answers_of(with_features(classifier))(batches)
    return Predictions(rows, answers["probabilities"], answers["features"])


def write_predictions(classifier: keras.Model, data: SplitRecords, view: TestView, run: Path) -> None:
    """Writes a classifier's answers to validation and test, predictions.csv, and its features, embeddings.npz.

    Args:
        classifier: images to probabilities.
        data: the records under the protocol.
        view: the size at which images are shown.
        run: run folder.
    """
    by_part = {part: predict(classifier, data, part, view) for part in EVALUATED_PARTS}
    table = pd.concat([_as_table(predictions, part, data.records.class_names) for part, predictions in by_part.items()])
    # Of the very rows of predictions.csv, in their order: whoever reads both insists on it.
    embeddings = io.BytesIO()
    np.savez_compressed(
        embeddings,
        id=table["id"].to_numpy(str),
        part=table["part"].to_numpy(str),
        features=np.concatenate([predictions.features for predictions in by_part.values()]),
    )
    write_whole(run / "predictions.csv", table.to_csv(index=False))
    write_whole(run / "embeddings.npz", embeddings.getbuffer())


def _as_table(predictions: Predictions, part: str, names: tuple[str, ...]) -> pd.DataFrame:
    table = predictions.rows[["id", "group", "label"]].assign(
        part=part,
        label=[names[label] for label in predictions.rows["label"]],
        predicted=[names[label] for label in predictions.predicted],
    )
    for number, name in enumerate(names):
        table[f"p_{name}"] = predictions.probabilities[:, number]
    return table[["id", "part", "group", "label", "predicted", *(f"p_{name}" for name in names)]]
