"""Keras as the project needs it; what shell and keras.json say against it is tried in tests/test_surroundings.py."""

import subprocess
import sys
from pathlib import Path

import keras
import pytest

from conbal_tf.data.inference import answers_of
from conbal_tf.networks.heads import projection_head
from conbal_tf.training.contrastive import ContrastiveModel
from tests.small_network import small_network
from tfrecords_tools.surroundings.keras_settings import check_backend, import_keras

ROOT = Path(__file__).parents[3]
OTHER = "Keras runs on 'jax' in this process; .*Set KERAS_BACKEND=tensorflow before Keras is imported"


def test_other_backend_is_refused_where_tensorflow_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    network, head = small_network(), projection_head(8, hidden_size=8, embedding_size=4)
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    import_keras.cache_clear()
    for needs_tensorflow in (import_keras, lambda: ContrastiveModel(network, head), lambda: answers_of(network)):
        with pytest.raises(ValueError, match=OTHER):
            needs_tensorflow()
    check_backend("tensorflow")


def test_what_a_notebook_sets_after_the_first_import_is_its_own() -> None:
    import_keras()
    keras.config.set_epsilon(1e-3)
    try:
        import_keras()
        assert keras.config.epsilon() == 1e-3
    finally:
        keras.config.set_epsilon(1e-7)


@pytest.mark.parametrize("text", ['{"floatx": "bfloat16"}', "[1, 2]", '{"epsilon": 1}'])
def test_file_that_keras_cannot_read_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(text, encoding="utf-8")
    door = "from tfrecords_tools.surroundings.keras_settings import import_keras"
    script = f"{door}\ntry: import_keras()\nexcept ValueError as e: print(e)"
    environment = {"KERAS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, encoding="utf-8")
    assert done.stdout.startswith("Keras cannot be imported: received "), done.stderr
    assert f"What stands in {tmp_path / 'keras.json'} must be a table" in done.stdout
