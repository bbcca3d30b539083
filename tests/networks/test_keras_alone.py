"""Saved networks in a process that imports keras and nothing of ours: the same answers."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from conbal_tf.networks.attention import channel_gate, spatial_gate, vector_gate
from conbal_tf.networks.canet import canet
from conbal_tf.networks.heads import classifier, cosine_head
from conbal_tf.networks.resnet import backbone

# One process loads them all: importing keras is what takes the time.
SCRIPT = """
import sys, keras, numpy as np
for path in sys.argv[1:]:
    answer = keras.models.load_model(path + ".keras")(np.load(path + ".npy"))
    np.testing.assert_allclose(answer, np.load(path + "_answer.npy"), rtol=1e-4, atol=1e-4, err_msg=path)
assert not [name for name in sys.modules if name.startswith("conbal_tf")]
"""


def networks() -> dict[str, keras.Model]:
    """Returns what a saved classifier may be made of, each part alone and together, with random weights."""
    maps, vectors = keras.Input((None, None, 20)), keras.Input((20,))
    made = {
        "channel_gate": keras.Model(maps, channel_gate(maps)),
        "spatial_gate": keras.Model(maps, spatial_gate(maps)),
        "vector_gate": keras.Model(vectors, vector_gate(vectors)),
    }
    try:
        for policy in ("float32", "mixed_bfloat16"):
            keras.config.set_dtype_policy(policy)
            parts = canet(backbone("resnet10_small", width=4), 5, units=32)
            made[f"canet_{policy}"] = classifier(parts.network, parts.head)
            made[f"cosine_head_{policy}"] = cosine_head(20, 3)
    finally:
        keras.config.set_dtype_policy("float32")
    draw = np.random.default_rng(0)
    for name in ("channel_gate", "spatial_gate", "vector_gate"):  # their biases are zero at first
        made[name].set_weights([draw.normal(size=weight.shape) for weight in made[name].weights])
    return made


@pytest.mark.slow
def test_every_part_answers_alike_where_keras_is_alone(tmp_path: Path) -> None:
    draw, made = np.random.default_rng(1), networks()
    for name, model in made.items():
        shape = [size or 16 for size in model.input_shape[1:]]
        inputs = draw.normal(size=(3, *shape)).astype(np.float32)
        model.save(tmp_path / f"{name}.keras")
        np.save(tmp_path / f"{name}.npy", inputs)
        np.save(tmp_path / f"{name}_answer.npy", keras.ops.convert_to_numpy(model(inputs)))
    done = subprocess.run([sys.executable, "-c", SCRIPT, *made], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
