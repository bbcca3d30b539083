"""A trained network over batches of images, one device, any number of rows."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfrecords_tools.surroundings.keras_settings import check_backend


def answers_of(model: keras.Model) -> Callable[..., Any]:
    """Returns a function from batches to the model's answers to all of them.

    It stands for `Model.predict`, which under a distribution strategy fails on a batch with fewer rows than replicas:
    a replica without rows gets a tensor of the wrong shape. The last batch of a part is often so small.

    Args:
        model: inputs to a tensor, or to a structure of tensors.

    Returns:
        A function of (batches, seen): a finite dataset of inputs, and, if wanted, a function that is told the number of
        rows answered so far; it returns the model's structure with arrays [(all rows, ...)].

    Raises:
        ValueError: Keras runs on another backend than TensorFlow.
    """
    check_backend(keras.config.backend())
    step = tf.function(lambda inputs: model(inputs, training=False))

    def answers(batches: tf.data.Dataset, seen: Callable[[int], None] = lambda rows: None) -> Any:
        # One graph for all sizes of a batch, the last one's too.
        graph, parts, rows = step.get_concrete_function(batches.element_spec), [], 0
        for batch in batches:
            parts.append(tf.nest.map_structure(np.asarray, graph(batch)))
            rows += len(batch)
            seen(rows)
        return tf.nest.map_structure(lambda *pieces: np.concatenate(pieces), *parts)

    return answers
