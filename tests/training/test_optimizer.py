"""Coupled SGD against its rule in plain numbers, and the learning rate at its corners."""

import keras
import numpy as np
import pytest

from conbal_tf.training.optimizer import CoupledSGD, warmup_cosine
from tests import reference


def test_steps_follow_the_rule_of_torch_while_the_rate_changes() -> None:
    rates, gradients = [0.5, 0.1, 0.02], [1.0, -0.3, 0.7]
    optimizer = CoupledSGD(keras.optimizers.schedules.PiecewiseConstantDecay([1, 2], rates), 0.9, 0.01)
    weight = keras.Variable(2.0)
    for gradient in gradients:
        optimizer.apply([np.float32(gradient)], [weight])
    # PiecewiseConstantDecay's boundaries are inclusive, so the steps 0 and 1 both have the first rate.
    expected = reference.coupled_sgd(2.0, gradients, [0.5, 0.5, 0.1], 0.9, 0.01)
    assert float(weight.value) == pytest.approx(expected, rel=1e-6)


def test_differs_from_keras_weight_decay() -> None:
    ours, theirs = keras.Variable(2.0), keras.Variable(2.0)
    coupled, decoupled = CoupledSGD(0.1, 0.9, 0.01), keras.optimizers.SGD(0.1, 0.9, weight_decay=0.01)
    for _ in range(5):
        coupled.apply([np.float32(0.0)], [ours])
        decoupled.apply([np.float32(0.0)], [theirs])
    assert 2.0 - float(ours.value) > 2 * (2.0 - float(theirs.value))


def test_survives_serialisation() -> None:
    optimizer = CoupledSGD(0.3, 0.8, 0.02)
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert isinstance(copy, CoupledSGD)
    assert (copy.momentum, copy.coupled_weight_decay) == (0.8, 0.02)


def test_learning_rate_rises_then_falls_to_its_last_value() -> None:
    rate = warmup_cosine(0.1, first=0.01, last=1e-4, warmup_updates=10, updates=110)
    assert float(rate(0)) == pytest.approx(0.01)
    assert float(rate(10)) == pytest.approx(0.1)
    assert float(rate(60)) == pytest.approx((0.1 + 1e-4) / 2, rel=1e-4)
    assert float(rate(110)) == pytest.approx(1e-4, rel=1e-3)


def test_learning_rate_without_warmup_begins_at_its_peak() -> None:
    rate = warmup_cosine(1.0, first=0.5, last=1e-4, warmup_updates=0, updates=100)
    assert float(rate(0)) == pytest.approx(1.0)


def test_warmup_as_long_as_the_training_is_refused() -> None:
    with pytest.raises(ValueError, match=r"warm-up of 10 updates leaves nothing of a training of 10"):
        warmup_cosine(0.1, first=0.01, last=1e-4, warmup_updates=10, updates=10)
