"""Balanced accuracy on labelled images, from a model's answers or from its embeddings' nearest neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import tensorflow as tf

from conbal_tf.data.pipeline import TestView, evaluation_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.metrics.classification import balanced_accuracy
from conbal_tf.metrics.neighbours import nearest_neighbour_labels
from conbal_tf.settings.schema import Data

EVALUATION_BATCH = 128
Answers = Callable[[tf.data.Dataset], np.ndarray]


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


def nearest_neighbour_score(answers: Answers, bank: Labelled, questions: Labelled) -> float:
    """Returns the balanced accuracy of nearest neighbours among the bank's embeddings, in 0-1.

    Args:
        answers: batches of images to embeddings.
        bank: images whose labels are known to the neighbours.
        questions: images to label.
    """
    predicted = nearest_neighbour_labels(answers(bank.batches), bank.labels, answers(questions.batches))
    return balanced_accuracy(questions.labels, predicted, 1 + max(bank.labels.max(), questions.labels.max()))


def answer_score(answers: Answers, bank: Labelled | None, questions: Labelled) -> float:
    """Returns the balanced accuracy of the largest logit, in 0-1.

    Args:
        answers: batches of inputs to logits.
        bank: not looked at.
        questions: inputs to label.
    """
    logits = answers(questions.batches)
    return balanced_accuracy(questions.labels, logits.argmax(axis=1), logits.shape[1])
