"""Models and weights as files: whole, readable by Keras, and never written by HDF5 itself."""

import errno
import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from conbal_tf.training.saving import BestWeights, save
from tests.small_files import small_files
from tests.small_network import small_network


def best_weights(path: Path, model: keras.Model) -> BestWeights:
    callback = BestWeights(path)
    callback.set_model(model)
    return callback


def end_epoch(callback: BestWeights, score: float) -> None:
    callback.on_epoch_end(0, {"val_balanced_accuracy": score})


@pytest.mark.parametrize("memory_is_short", [False, True])
def test_saved_model_is_loaded_with_its_weights(
    memory_is_short: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where memory is short, Keras would write HDF5 beside the file.
    monkeypatch.setattr("keras.src.saving.saving_lib.is_memory_sufficient", lambda model: not memory_is_short)
    model = small_network()
    save(model, tmp_path / "backbone.keras")
    assert [file.name for file in tmp_path.iterdir()] == ["backbone.keras"]
    loaded = keras.models.load_model(tmp_path / "backbone.keras")
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("backbone.keras", lambda path: save(small_network(), path)),
        ("best.weights.h5", lambda path: end_epoch(best_weights(path, small_network()), 0.5)),
    ],
)
def test_file_that_may_not_grow_is_one_error_and_leaves_the_old_one_alone(
    name: str, write: Callable[[Path], None], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"old")
    with small_files(2000), pytest.raises(OSError, match=name) as raised:
        write(tmp_path / name)
    assert raised.value.errno == errno.EFBIG
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: b"old"}


def test_best_weights_are_those_of_the_highest_score_so_far(tmp_path: Path) -> None:
    model, copy, path = small_network(), small_network(), tmp_path / "best.weights.h5"
    callback = best_weights(path, model)
    for score, is_best in [(math.nan, False), (0.5, True), (0.5, False), (0.4, False), (math.nan, False), (0.6, True)]:
        model.set_weights([weight + 1 for weight in model.get_weights()])
        written = path.stat().st_mtime_ns if path.exists() else 0
        end_epoch(callback, score)
        assert (path.exists() and path.stat().st_mtime_ns > written) is is_best
        if is_best:
            copy.load_weights(path)
            np.testing.assert_array_equal(copy.get_weights()[0], model.get_weights()[0])


def test_best_score_is_remembered(tmp_path: Path) -> None:
    first, second = (best_weights(tmp_path / "best.weights.h5", small_network()) for _ in range(2))
    end_epoch(first, 0.7)
    (tmp_path / "best.weights.h5").unlink()
    second.remember(first.memory())
    end_epoch(second, 0.6)
    assert not list(tmp_path.iterdir())
    end_epoch(second, 0.8)
    assert [file.name for file in tmp_path.iterdir()] == ["best.weights.h5"]
