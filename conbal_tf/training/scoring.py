"""Balanced accuracy on labelled images, from a model's answers or from its embeddings' nearest neighbours."""

from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from conbal_tf.data.pipeline import TestView, evaluation_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.metrics.classification import balanced_accuracy
from conbal_tf.metrics.neighbours import nearest_neighbour_labels
from conbal_tf.settings.schema import Data

EVALUATION_BATCH = 128


@dataclass(frozen=True)
class Labelled:
    """What a model is asked, with the answers."""

    batches: tf.data.Dataset
    """Inputs of the model: images [(batch, height, width, 3) float32], or features [(batch, dimensions) float32]."""
    labels: np.ndarray
    """Their classes, in the same order [(n,) int]."""


def labelled_images(data: SplitRecords, rows: pd.DataFrame, shown: Data) -> Labelled:
    """Returns images as they are tested, in the order of `rows` (rows of the records' index)."""
    view = TestView(shown.test_size, shown.test_resize)
    batches = evaluation_batches(data.records, rows["id"], view, batch_size=EVALUATION_BATCH)
    return Labelled(batches, rows["label"].to_numpy())


def nearest_neighbour_score(model: keras.Model, bank: Labelled, questions: Labelled) -> float:
    """Returns the balanced accuracy of nearest neighbours among the bank's embeddings, in 0-1."""
    embeddings = model.predict(bank.batches, verbose=0)
    predicted = nearest_neighbour_labels(embeddings, bank.labels, model.predict(questions.batches, verbose=0))
    return balanced_accuracy(questions.labels, predicted, 1 + max(bank.labels.max(), questions.labels.max()))


def answer_score(model: keras.Model, bank: Labelled | None, questions: Labelled) -> float:
    """Returns the balanced accuracy of the model's largest logit, in 0-1; `bank` is not looked at."""
    logits = model.predict(questions.batches, verbose=0)
    return balanced_accuracy(questions.labels, logits.argmax(axis=1), logits.shape[1])
