"""Keras callbacks of our own."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from conbal_tf.training.callbacks import EnoughDisk


def small_model() -> keras.Model:
    """Returns a compiled, built model of 6 weights."""
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.SGD(momentum=0.9), "mse")
    return model


def test_training_ends_before_the_disk_is_full_and_before_later_callbacks_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_050))
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "last.weights.h5", save_weights_only=True)
    with pytest.raises(
        ValueError, match=r"nearly full: 1\.0 MB are free, and checkpoints take up to 1\.0 MB\. Free some"
    ):
        small_model().fit(
            np.ones((2, 2)), np.ones((2, 2)), epochs=2, verbose=0, callbacks=[EnoughDisk(tmp_path), checkpoint]
        )
    assert not list(tmp_path.iterdir())


def test_disk_with_room_for_three_checkpoints_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # 6 weights, as many velocities, the count of updates and the learning rate, in 4 bytes each, three times.
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_000 + 3 * 4 * 14))
    small_model().fit(np.ones((2, 2)), np.ones((2, 2)), verbose=0, callbacks=[EnoughDisk(tmp_path)])
