"""A per-example loss as a Keras loss whose mean is over the batch of all replicas, weighted or over a chosen part."""

from collections.abc import Callable

import keras
import tensorflow as tf

from conbal_tf.training.replicas import sum_over_replicas

Values = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
Weights = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def _equal(labels: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    return tf.ones_like(values)


class GlobalMean(keras.losses.Loss):
    """sum(weights * values) / sum(weights), both sums over all replicas, so that their number changes nothing.

    Each replica's result is its share, and the shares add up to the mean; Keras's own reduction is a mean of the
    replicas' means, which is another number wherever the weights differ.

    Args:
        values: (labels [(n,) int32], logits [(n, classes) float32]) to a loss of every example [(n,) float32].
        weights: (labels, values) to a weight of every example [(n,) float32], 0 or more; all equal where None.

    >>> from functools import partial
    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> balanced_softmax = cb.GlobalMean(partial(cb.adjusted_cross_entropy, log_prior=np.log([90, 10])))
    >>> round(float(balanced_softmax(np.array([0, 1]), np.zeros((2, 2), np.float32))), 3)
    1.204
    """

    def __init__(self, values: Values, weights: Weights | None = None) -> None:
        super().__init__(name="loss", reduction="sum", dtype="float32")
        self.values = values
        self.weights = weights or _equal

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns each example's share of the global mean [(n,) float32]."""
        labels = tf.reshape(tf.cast(y_true, tf.int32), [-1])
        values = self.values(labels, y_pred)
        # Weights may hang on the losses, as the choice of the hardest does; what is learnt is the values alone.
        weights = tf.stop_gradient(self.weights(labels, values))
        total = sum_over_replicas(tf.reduce_sum(weights))
        # Where nothing weighs anything (no body site of a batch is known) the mean is 0, not 0/0.
        return tf.math.divide_no_nan(weights * values, total)
