"""A stage of seconds for tests of interruptions: three epochs, the last one cut, of a network of one block."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.networks.heads import projection_head
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.fitting import fit
from conbal_tf.training.model_state import state_of
from conbal_tf.training.optimizer import CoupledSGD
from conbal_tf.training.stage import Stage
from tests.small_network import small_network
from tests.training.made_stages import made_stage

STAGE = made_stage(updates=11)
SCORES = {4: 0.5, 8: 0.7, 11: 0.6}


class Interruption(keras.callbacks.Callback):
    """Ends training as Ctrl-C does, after some updates."""

    def __init__(self, updates: int) -> None:
        super().__init__()
        self.left = updates

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def batches_from(start: int) -> tf.data.Dataset:
    """Returns batches that depend on their number alone, endlessly."""

    def numbered(number: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        seed = tf.stack([number, tf.constant(0, tf.int64)])
        return tf.random.stateless_normal((12, 8, 8, 3), seed), tf.range(12) % 3

    return tf.data.Dataset.range(start, 1000).map(numbered)


def made_model(width: int = 8) -> ContrastiveModel:
    """Returns a model as a stage makes it: compiled, built, its optimiser too."""
    model = ContrastiveModel(small_network(width), projection_head(width, hidden_size=8, embedding_size=4), 0.2)
    model.build((None, 8, 8, 3))
    model.compile(CoupledSGD(0.05), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def trained(
    run: Path, *callbacks: keras.callbacks.Callback, stage: Stage = STAGE, scores: Mapping[int, float] = SCORES
) -> dict[str, np.ndarray]:
    """Returns weights and the optimiser's numbers after `fit` in that folder; validation scores are by update."""
    model = made_model()

    def score(logs: object) -> dict[str, float]:
        return {"val_balanced_accuracy": scores[int(model.optimizer.iterations)]}

    fit(model, batches_from, stage, run, score=score, advice="", callbacks=callbacks)
    return state_of(model)
