"""`fit` of a stage: what an interruption leaves is gone on from, to the very same end."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from conbal_tf.networks.heads import projection_head
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.fitting import Plan, fit, forget_backup
from conbal_tf.training.optimizer import CoupledSGD
from tests.small_network import small_network

PLAN = Plan("contrastive", schedule_steps=4, steps_per_epoch=4, updates=11, batch_size=12)


class Interruption(keras.callbacks.Callback):
    """Ends training as Ctrl-C does, in the middle of the second epoch."""

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


def trained(run: Path, *callbacks: keras.callbacks.Callback) -> list[np.ndarray]:
    """Returns the weights after `fit` in that folder."""
    model = ContrastiveModel(small_network(), projection_head(8, hidden_size=8, embedding_size=4), temperature=0.2)
    model.build((None, 8, 8, 3))
    model.compile(CoupledSGD(0.05), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    scores = {"val_balanced_accuracy": 0.5}
    fit(model, batches_from, PLAN, run, score=lambda logs: scores, advice="", callbacks=callbacks)
    assert int(model.optimizer.iterations) == PLAN.updates
    return model.get_weights()


def test_interrupted_stage_goes_on_after_its_last_epoch_and_ends_with_the_same_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    smooth = trained(tmp_path / "smooth")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "run", Interruption(6))
    assert "going on" not in capsys.readouterr().out
    resumed = trained(tmp_path / "run")
    assert "contrastive: going on after epoch 1" in capsys.readouterr().out
    for one, other in zip(smooth, resumed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert pd.read_csv(tmp_path / "run" / "logs" / "contrastive.csv")["epoch"].tolist() == [0, 1, 2]


def test_forgotten_backup_is_not_gone_on_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, Interruption(6))
    forget_backup(tmp_path, "contrastive")
    trained(tmp_path)
    assert "going on" not in capsys.readouterr().out
