"""A model over batches of any size, told apart from Keras's predict by nothing."""

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.data.inference import answers_of


def test_answers_are_those_of_predict_in_order_and_progress_is_told() -> None:
    inputs = keras.Input((3,))
    model = keras.Model(inputs, {"double": 2.0 * inputs, "sum": keras.ops.sum(inputs, axis=1)})
    rows = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    told: list[int] = []
    answers = answers_of(model)(tf.data.Dataset.from_tensor_slices(rows).batch(4), told.append)
    expected = model.predict(rows, verbose=0)
    assert told == [4, 8, 9]
    for name in ("double", "sum"):
        np.testing.assert_allclose(answers[name], expected[name], rtol=1e-6)
