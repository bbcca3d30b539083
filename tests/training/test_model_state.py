"""Every number of a model in training: taken out, given back, on any number of replicas."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from conbal_tf.training.model_state import check_state, set_state, state_of
from conbal_tf.training.optimizer import CoupledSGD

ROOT = Path(__file__).parents[2]


@pytest.fixture
def half_precision() -> Iterator[None]:
    """Has Keras scale the loss, as under mixed_float16."""
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy("float32")


def made(units: int = 3, name: str | None = None) -> keras.Model:
    """Returns a compiled model with weights, batch statistics, a seed and momentum."""
    layers = [keras.layers.Dense(units, name=name), keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(CoupledSGD(0.1), "mse", jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def stepped(model: keras.Model) -> keras.Model:
    """Returns the model after a few steps of training, in which all of its numbers change."""
    numbers = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    model.fit(numbers, numbers[:, :1].repeat(3, axis=1), batch_size=32, epochs=1, verbose=0, shuffle=False)
    return model


def assert_equal(one: keras.Model, other: keras.Model) -> None:
    ours, theirs = state_of(one), state_of(other)
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], err_msg=name)


def test_model_that_takes_over_a_state_takes_the_same_steps_from_there() -> None:
    first, second = stepped(made()), made()
    set_state(second, state_of(first))
    assert_equal(first, second)
    assert_equal(stepped(first), stepped(second))


def test_state_has_statistics_seeds_and_the_optimiser(half_precision: None) -> None:
    before, model = state_of(made()), made()
    after = state_of(stepped(model))
    changed = {name for name, values in after.items() if not np.array_equal(values, before[name])}
    for kind in ("_kernel", "_moving_mean", "_moving_variance", "_seed_generator_state"):
        assert any(name.endswith(kind) for name in changed), kind
    # The scale of the loss, how long it has held, the count of updates, and a momentum for each weight that is learnt.
    optimizer = [name for name in after if name.startswith("optimizer/")]
    assert len(optimizer) == len(model.optimizer.variables) >= 3 + len(model.trainable_variables)
    other = made()
    set_state(other, after)
    assert_equal(other, model)


def test_names_of_a_state_do_not_hang_on_what_was_made_before_in_the_process() -> None:
    first = state_of(made())
    for _ in range(3):
        made()
    assert state_of(made(name="another")).keys() == first.keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model/0000_kernel": np.zeros((2, 4), np.float32)}, r"float32 \(2, 4\) there, and float32 \(2, 3\) here"),
        ({"model/0000_kernel": np.zeros((2, 3))}, r"float64 \(2, 3\) there, and float32 \(2, 3\) here"),
        ({"optimizer/0099": np.zeros(1)}, r"0099 is float64 \(1,\) there, and missing here"),
        ({"optimizer/0000": None}, r"0000 is missing there"),
    ],
)
def test_state_of_another_model_is_refused_and_changes_nothing(change: dict, message: str) -> None:
    model = made()
    before = state_of(model)
    other = {name: values + 1 for name, values in before.items()} | change
    with pytest.raises(ValueError, match=message):
        set_state(model, {name: values for name, values in other.items() if values is not None})
    for name, values in state_of(model).items():
        np.testing.assert_array_equal(values, before[name])


def test_arrays_that_are_none_of_a_models_are_passed_over() -> None:
    model = made()
    check_state(model, state_of(model) | {"memory/EarlyStopping/best_weights/0": np.zeros(3)})


REPLICAS = """
import json
import sys
import keras
import numpy as np
from conbal_tf.training.model_state import set_state, state_of
from conbal_tf.training.replicas import strategy
from tests.training.test_model_state import made, stepped

replicas = int(sys.argv[1])
keras.config.set_dtype_policy("mixed_float16")
with strategy(replicas).scope():
    first, second = stepped(made()), made()
    if len(sys.argv) > 2:  # the state of another number of replicas
        with np.load(sys.argv[2]) as arrays:
            set_state(first, dict(arrays))
    set_state(second, state_of(first))
    equal = all(np.array_equal(v, state_of(second)[k]) for k, v in state_of(first).items())
    copies = [v.value.values for v in second.variables + second.optimizer.variables if hasattr(v.value, "values")]
    alike = all(np.array_equal(one[0].numpy(), one[-1].numpy()) for one in copies)
    np.savez(sys.argv[1] + ".npz", **state_of(second))
print(json.dumps({"equal": equal, "alike": alike, "copied": len(copies), "of": len(state_of(second))}))
"""


@pytest.mark.slow
def test_all_replicas_get_the_state_and_another_number_of_them_takes_it_over(tmp_path: Path) -> None:
    # Processes of their own: a CPU can be divided only before TensorFlow has been used.
    for arguments in (["2"], ["1", "2.npz"], ["4", "1.npz"]):
        command = [sys.executable, "-c", REPLICAS, *arguments]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "", "TF_CPP_MIN_LOG_LEVEL": "2"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout.splitlines()[-1])
        assert found["equal"]
        assert found["alike"]
        assert found["copied"] == (0 if arguments[0] == "1" else found["of"])
    states = [np.load(tmp_path / f"{replicas}.npz") for replicas in (2, 1, 4)]
    for name in states[0].files:
        np.testing.assert_array_equal(states[0][name], states[1][name], err_msg=name)
        np.testing.assert_array_equal(states[0][name], states[2][name], err_msg=name)
