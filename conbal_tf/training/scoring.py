"""Balanced accuracy on labelled images, from a model's answers or from its embeddings, and how healthy these are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from conbal_tf.metrics.classification import balanced_accuracy
from conbal_tf.metrics.embedding_health import embedding_health
from conbal_tf.metrics.neighbours import nearest_neighbour_labels

EVALUATION_BATCH = 128
Answers = Callable[[tf.data.Dataset], np.ndarray]


@dataclass(frozen=True)
class Labelled:
    """What a model is asked, with the answers."""

    batches: tf.data.Dataset
    """Inputs of the model: images [(batch, height, width, 3) float32], or features [(batch, dimensions) float32]."""
    labels: np.ndarray
    """Their classes, in the same order [(n,) int]."""


def embedding_score(answers: Answers, bank: Labelled, questions: Labelled) -> dict[str, float]:
    """Returns what the embeddings are worth.

    Args:
        answers: batches of images to embeddings.
        bank: images whose labels are known to the neighbours, equally many of each class where there are.
        questions: images to label.

    Returns:
        `val_balanced_accuracy`, that of the questions' nearest neighbours in the bank, in 0-1, and the metrics of
        `conbal_tf.metrics.embedding_health` of the bank: its classes count alike, however rare they are.
    """
    known = answers(bank.batches)
    predicted = nearest_neighbour_labels(known, bank.labels, answers(questions.batches))
    # A class beyond these is in no label, and balanced accuracy leaves it out anyway.
    n_classes = 1 + max(bank.labels.max(), questions.labels.max())
    score = balanced_accuracy(questions.labels, predicted, n_classes)
    return {"val_balanced_accuracy": score, **embedding_health(known, bank.labels)}


def answer_score(answers: Answers, bank: Labelled | None, questions: Labelled) -> dict[str, float]:
    """Returns `val_balanced_accuracy`, that of the largest logit, in 0-1.

    Args:
        answers: batches of inputs to logits.
        bank: not looked at.
        questions: inputs to label.
    """
    logits = answers(questions.batches)
    return {"val_balanced_accuracy": balanced_accuracy(questions.labels, logits.argmax(axis=1), logits.shape[1])}
