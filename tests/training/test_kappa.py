"""The streaming kappa against that of the whole, scikit-learn's and tensorflow-addons'."""

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from conbal_tf.metrics.classification import quadratic_weighted_kappa
from conbal_tf.training.kappa import QuadraticWeightedKappa

ROOT = Path(__file__).parents[2]
ADDONS = json.loads((ROOT / "tests" / "addons" / "numbers.json").read_text("utf-8"))["kappa"]
# Prints kappa after an epoch on as many replicas as its argument says.
REPLICAS = """
import sys
import keras
import numpy as np
import tensorflow as tf
from conbal_tf.training.kappa import QuadraticWeightedKappa
from conbal_tf.training.replicas import strategy

with strategy(int(sys.argv[1])).scope():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Activation("linear")])
    model.compile("sgd", "mse", metrics=[QuadraticWeightedKappa(4)], jit_compile=False)
random = np.random.default_rng(0)
scores, labels = random.normal(size=(26, 4)).astype("float32"), random.integers(0, 4, 26)
batches = tf.data.Dataset.from_tensor_slices((scores, labels[:, None])).batch(8)
print(model.evaluate(batches, verbose=0, return_dict=True)["quadratic_weighted_kappa"])
"""


def scores_of(predicted: Any, n_classes: int) -> np.ndarray:
    return np.eye(n_classes, dtype=np.float32)[np.asarray(predicted, int)]


def streamed(labels: Any, predicted: Any, n_classes: int, batch: int = 3) -> float:
    metric = QuadraticWeightedKappa(n_classes)
    for i in range(0, len(labels), batch):
        metric.update_state(np.asarray(labels)[i : i + batch], scores_of(predicted[i : i + batch], n_classes))
    return float(metric.result())


@given(
    n_classes=st.integers(2, 6),
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30),
    batch=st.integers(1, 31),
)
@settings(max_examples=40)
def test_kappa_of_batches_is_that_of_the_whole_and_of_scikit_learn(
    n_classes: int, pairs: list[tuple[int, int]], batch: int
) -> None:
    labels, predicted = np.array(pairs).T % n_classes
    kappa = streamed(labels, predicted, n_classes, batch)
    assert kappa == pytest.approx(quadratic_weighted_kappa(labels, predicted, n_classes), abs=1e-5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cohen_kappa_score(labels, predicted, labels=range(n_classes), weights="quadratic")
    assert kappa == pytest.approx(np.nan_to_num(theirs), abs=1e-5)


@pytest.mark.parametrize("case", ADDONS, ids=lambda case: f"{case['n_classes']} classes")
def test_kappa_is_that_of_addons_and_0_where_theirs_is_undefined(case: dict[str, Any]) -> None:
    ours = streamed(case["labels"], case["predicted"], case["n_classes"], batch=7)
    assert ours == pytest.approx(case["quadratic"] or 0.0, abs=1e-6)


def test_value_by_hand_and_a_mean_of_batches_is_another() -> None:
    # Observed: one of four is off by 1. By chance: shares (1/2, 1/2) and (1/4, 3/4), so 1/2. Kappa 1 - (1/4) / (1/2).
    labels, predicted = [0, 0, 1, 1], [0, 1, 1, 1]
    assert streamed(labels, predicted, 2) == pytest.approx(0.5)
    halves = [streamed(labels[i : i + 2], predicted[i : i + 2], 2) for i in (0, 2)]
    assert np.mean(halves) == pytest.approx(0.0)


def test_weight_2_counts_like_an_example_twice_and_0_like_none() -> None:
    labels, predicted, weights = [0, 1, 2, 2, 1], [0, 2, 2, 0, 1], [2, 1, 0, 1, 2]
    metric = QuadraticWeightedKappa(3)
    metric.update_state(labels, scores_of(predicted, 3), sample_weight=weights)
    expected = quadratic_weighted_kappa(np.repeat(labels, weights), np.repeat(predicted, weights), 3)
    assert float(metric.result()) == pytest.approx(expected, abs=1e-6)


def test_nothing_seen_and_reset_give_0() -> None:
    metric = QuadraticWeightedKappa(3)
    assert float(metric.result()) == 0.0
    metric.update_state([0, 1, 2], scores_of([0, 1, 2], 3))
    assert float(metric.result()) == pytest.approx(1.0)
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_fit_reports_it_and_a_saved_model_keeps_it(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    inputs, labels = random.normal(size=(40, 5)).astype(np.float32), random.integers(0, 4, 40)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=[QuadraticWeightedKappa(4)], jit_compile=False)
    assert "quadratic_weighted_kappa" in model.fit(inputs, labels, batch_size=16, verbose=0).history
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    expected = quadratic_weighted_kappa(labels, model.predict(inputs, verbose=0).argmax(axis=1), 4)
    scores = loaded.evaluate(inputs, labels, batch_size=16, verbose=0, return_dict=True)
    assert scores["quadratic_weighted_kappa"] == pytest.approx(expected, abs=1e-5)


def test_compiled_by_xla_it_is_the_same() -> None:
    metric, random = QuadraticWeightedKappa(5), np.random.default_rng(0)
    labels, scores = random.integers(0, 5, 50), random.normal(size=(50, 5)).astype(np.float32)

    @tf.function(jit_compile=True)
    def step(labels: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
        metric.update_state(labels, scores)
        return metric.result()

    expected = quadratic_weighted_kappa(labels, scores.argmax(axis=1), 5)
    assert float(step(labels, scores)) == pytest.approx(expected, abs=1e-5)


@pytest.mark.slow
def test_two_replicas_give_the_kappa_of_one() -> None:
    printed = []
    for replicas in ("1", "2"):
        command = [sys.executable, "-c", REPLICAS, replicas]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        printed.append(float(done.stdout.splitlines()[-1]))
    random = np.random.default_rng(0)
    predicted, labels = random.normal(size=(26, 4)).argmax(axis=1), random.integers(0, 4, 26)
    assert printed == pytest.approx([quadratic_weighted_kappa(labels, predicted, 4)] * 2, abs=1e-5)


def test_wrong_numbers_of_classes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"none to tell apart: received n_classes 1"):
        QuadraticWeightedKappa(1)
    with pytest.raises(ValueError, match=r"received y_pred of shape \(2, 3\). Allowed is \(n, 4\)"):
        QuadraticWeightedKappa(4).update_state([0, 1], np.zeros((2, 3)))
