"""Quadratic weighted kappa as a Keras metric, for `compile`: summed up batch by batch, exact over the whole."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("conbal_tf")
class QuadraticWeightedKappa(keras.metrics.Metric):
    """Cohen's kappa with squared distances between grades as weights, -1 to 1; the official metric of APTOS.

    Its state is the confusion matrix, over all replicas, so that after any number of batches of any size it is the
    number of all their examples, `conbal_tf.metrics.classification.quadratic_weighted_kappa`; a mean of the batches'
    kappas would be another. 0 where it is undefined: one class is all there is, true and predicted.

    Args:
        n_classes: how many grades there are, 2 or more. It is updated with grades [(n,) int] and logits or
            probabilities [(n, n_classes) float].
        name: in the logs.
        options: others of keras.metrics.Metric.

    Raises:
        ValueError: There are fewer than two classes.

    Reference:
        Cohen (1968), weighted kappa.

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> kappa = cb.QuadraticWeightedKappa(n_classes=3)
    >>> kappa.update_state(np.array([0, 1, 2, 2]), np.eye(3)[[0, 1, 2, 1]])
    >>> round(float(kappa.result()), 3)
    0.8
    """

    def __init__(self, n_classes: int, name: str = "quadratic_weighted_kappa", **options: Any) -> None:
        super().__init__(name=name, **options)
        if n_classes < 2:
            raise ValueError(
                f"Kappa compares grades, and there are none to tell apart: received n_classes {n_classes}. Allowed are "
                "2 or more; give the number of logits."
            )
        self.n_classes = n_classes
        # Whole numbers up to 2**24 in each cell, whatever the policy.
        self.confusion = self.add_variable((n_classes, n_classes), "zeros", dtype="float32", name="confusion")

    def update_state(
        self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor, sample_weight: keras.KerasTensor | None = None
    ) -> None:
        """Adds a batch.

        Args:
            y_true: grades, 0 to n_classes - 1 [(n,) or (n, 1) int].
            y_pred: logits or probabilities; the largest is the answer [(n, n_classes) float].
            sample_weight: how often each example counts [(n,) or (n, 1) float]; once where None.

        Raises:
            ValueError: `y_pred` has another number of classes.
        """
        y_pred = ops.convert_to_tensor(y_pred)
        if len(y_pred.shape) != 2 or y_pred.shape[-1] != self.n_classes:
            raise ValueError(
                f"The answers do not fit: received y_pred of shape {tuple(y_pred.shape)}. Allowed is "
                f"(n, {self.n_classes}), a score for each class; give the logits, and their number as n_classes."
            )
        labels = ops.one_hot(ops.reshape(ops.cast(y_true, "int32"), [-1]), self.n_classes, dtype="float32")
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.n_classes, dtype="float32")
        if sample_weight is not None:
            labels *= ops.reshape(ops.cast(sample_weight, "float32"), [-1, 1])
        self.confusion.assign_add(ops.matmul(ops.transpose(labels), answers))

    def result(self) -> keras.KerasTensor:
        """Returns kappa of all examples so far [() float32]."""
        confusion = ops.convert_to_tensor(self.confusion)
        # Before the first batch the matrix is empty: then kappa is undefined below, and not 0/0 here.
        shares = confusion / ops.maximum(ops.sum(confusion), 1e-30)
        grades = ops.arange(self.n_classes, dtype="float32")
        distances = ops.square(ops.expand_dims(grades, 1) - ops.expand_dims(grades, 0))
        by_chance = ops.expand_dims(ops.sum(shares, axis=1), 1) * ops.expand_dims(ops.sum(shares, axis=0), 0)
        expected = ops.sum(distances * by_chance)
        is_defined = expected > 0
        # 1 - disagreement that is found / disagreement by chance.
        kappa = 1.0 - ops.sum(distances * shares) / ops.where(is_defined, expected, 1.0)
        return ops.where(is_defined, kappa, 0.0)

    def get_config(self) -> dict:
        """Returns what rebuilds the metric."""
        return super().get_config() | {"n_classes": self.n_classes}
