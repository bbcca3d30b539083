"""Corrections of a trained classifier head: its weights are changed once, nothing is trained."""

import keras
import numpy as np

from conbal_tf.metrics.classification import balanced_accuracy
from conbal_tf.settings.methods import LogitAdjusted
from conbal_tf.training.classification import log_prior
from conbal_tf.training.learning import Task

# 0 leaves the weights as they were trained, 1 makes all of them equally long.
TAUS = np.linspace(0.0, 2.0, 41)


def normalise_weights(head: keras.Model, features: np.ndarray, labels: np.ndarray, task: Task) -> dict[str, float]:
    """Divides each class's weights by their length to the power of tau, and drops the bias; returns tau and its score.

    Frequent classes tend to have longer weights, and so larger logits. Tau is the one of TAUS with the highest balanced
    accuracy on the given features, the smallest of equals.

    Args:
        head: features to logits; its layer `logits` is changed.
        features: of the validation part [(n, dimensions) float32].
        labels: theirs [(n,) int].
        task: what was learnt.

    Reference:
        Kang et al. (2020), "Decoupling representation and classifier", section 4.
    """
    layer = head.get_layer("logits")
    kernel, bias = layer.get_weights()
    # A class whose weights are all 0 keeps them.
    lengths = np.maximum(np.linalg.norm(kernel, axis=0), np.finfo(np.float32).tiny)
    scores = [
        balanced_accuracy(labels, (features @ (kernel / lengths**tau)).argmax(axis=1), task.n_classes) for tau in TAUS
    ]
    best = int(np.argmax(scores))
    layer.set_weights([kernel / lengths ** TAUS[best], np.zeros_like(bias)])
    return {"tau": float(TAUS[best]), "val_balanced_accuracy": float(scores[best])}


def subtract_log_prior(
    head: keras.Model, features: np.ndarray, labels: np.ndarray, task: Task, chosen: LogitAdjusted
) -> dict[str, float]:
    """Lowers the logits by tau times the log shares of the classes, in the bias; returns tau and the score it gives.

    The form `loss` has the correction in training, so nothing is left to do.

    Args:
        head: features to logits; the bias of its layer `logits` is changed.
        features: of the validation part [(n, dimensions) float32].
        labels: theirs [(n,) int].
        task: what was learnt.
        chosen: tau, and the form.

    Reference:
        Menon et al. (2021), "Long-tail learning via logit adjustment", Eq. (9).
    """
    layer = head.get_layer("logits")
    kernel, bias = layer.get_weights()
    if chosen.form == "post_hoc":
        bias = bias - (chosen.tau * log_prior(task)).astype(bias.dtype)
        layer.set_weights([kernel, bias])
    score = balanced_accuracy(labels, (features @ kernel + bias).argmax(axis=1), task.n_classes)
    return {"tau": chosen.tau, "val_balanced_accuracy": score}
