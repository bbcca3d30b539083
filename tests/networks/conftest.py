"""What tests of networks share."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np
import pytest

SCRIPT = """
import sys, keras, numpy as np
for path in sys.argv[2:]:
    answer = keras.models.load_model(path + ".keras")(np.load(path + ".npy"))
    np.testing.assert_allclose(answer, np.load(path + "_answer.npy"), rtol=float(sys.argv[1]), atol=1e-4)
assert not [name for name in sys.modules if name.startswith("conbal_tf")]
"""
Answers = Callable[..., None]


@pytest.fixture
def answers_alike_with_keras_alone(tmp_path: Path) -> Answers:
    """Returns a check that models, saved, give the same answers in a process that imports keras and nothing of ours.

    It is a function of (name to a model and its inputs, relative tolerance).
    """

    def check(models: Mapping[str, tuple[keras.Model, np.ndarray]], rtol: float = 1e-4) -> None:
        for name, (model, inputs) in models.items():
            model.save(tmp_path / f"{name}.keras")
            np.save(tmp_path / f"{name}.npy", inputs)
            np.save(tmp_path / f"{name}_answer.npy", model(inputs))
        command = [sys.executable, "-c", SCRIPT, str(rtol), *models]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    return check
