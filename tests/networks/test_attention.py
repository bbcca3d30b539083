"""The gates of CBAM by hand and against plain loops, and what holds for every gate."""

import math
from collections.abc import Callable

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.networks.attention import channel_gate, spatial_gate, vector_gate

GATES: dict[str, Callable] = {"channel": channel_gate, "spatial": spatial_gate, "vector": vector_gate}


def gated(gate: Callable, shape: tuple[int | None, ...], **options: int) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, gate(inputs, **options))


def with_random_weights(model: keras.Model, seed: int) -> keras.Model:
    """Returns the model, its biases no longer zero."""
    draw = np.random.default_rng(seed)
    model.set_weights([draw.normal(size=weight.shape) for weight in model.weights])
    return model


def set_weights(model: keras.Model, *weights: list) -> None:
    model.set_weights([np.array(weight) for weight in weights])


def inputs_of(gate: str, seed: int = 0) -> np.ndarray:
    shape = (3, 20) if gate == "vector" else (3, 5, 4, 20)
    return np.random.default_rng(seed).normal(0.0, 3.0, shape).astype(np.float32)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def channel_gate_in_loops(image: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Returns the channel gate of one image [(height, width, channels)], element by element."""
    first, first_bias, second, second_bias = (weight.astype(float) for weight in weights)
    places = [image[i, j].astype(float) for i in range(image.shape[0]) for j in range(image.shape[1])]
    pooled = [sum(places) / len(places), np.array([max(place[c] for place in places) for c in range(image.shape[2])])]
    total = np.zeros(image.shape[2])
    for vector in pooled:
        hidden = [max(0.0, float(vector @ first[:, unit]) + first_bias[unit]) for unit in range(first.shape[1])]
        total += np.array([float(np.dot(hidden, second[:, c])) + second_bias[c] for c in range(image.shape[2])])
    return image * np.array([sigmoid(value) for value in total])


def spatial_gate_in_loops(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Returns the spatial gate of one image [(height, width, channels)], place by place."""
    height, width, _ = image.shape
    answer = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            total = 0.0
            for row in range(max(0, i - 3), min(height, i + 4)):
                for column in range(max(0, j - 3), min(width, j + 4)):
                    of_mean, of_maximum = kernel[row - i + 3, column - j + 3, :, 0]
                    total += of_mean * float(np.mean(image[row, column])) + of_maximum * float(max(image[row, column]))
            answer[i, j] = image[i, j] * sigmoid(total)
    return answer


def test_channel_gate_by_hand() -> None:
    model = gated(channel_gate, (1, 2, 2), reduction=2)
    # One hidden unit, the sum of both channels: 4 for the averages (1, 3), 6 for the maxima (2, 4).
    set_weights(model, [[1.0], [1.0]], [0.0], [[0.1, -0.1]], [0.0, 0.5])
    answer = model(np.array([[[[0.0, 2.0], [2.0, 4.0]]]], np.float32))
    # The last bias counts twice: the MLP is asked twice.
    expected = [[0.0, 2.0 * sigmoid(-1.0 + 1.0)], [2.0 * sigmoid(1.0), 4.0 * sigmoid(0.0)]]
    np.testing.assert_allclose(answer[0, 0], expected, rtol=1e-6)


def test_spatial_gate_by_hand() -> None:
    model = gated(spatial_gate, (1, 2, 2))
    kernel = np.zeros((7, 7, 2, 1), np.float32)
    kernel[3, 3] = [[1.0], [-1.0]]  # mean minus maximum of the place itself
    kernel[3, 4, 0] = 0.5  # and half the mean of its right neighbour
    model.set_weights([kernel])
    answer = model(np.array([[[[1.0, 3.0], [4.0, 4.0]]]], np.float32))
    np.testing.assert_allclose(answer[0, 0], [[sigmoid(1.0), 3 * sigmoid(1.0)], [2.0, 2.0]], rtol=1e-6)


def test_vector_gate_by_hand() -> None:
    model = gated(vector_gate, (2,))
    set_weights(model, [[1.0], [2.0]], [-1.0], [[0.5, -0.25]], [0.0, 1.0])
    # The hidden unit is 1 + 2 * 2 - 1 = 4.
    np.testing.assert_allclose(model(np.array([[1.0, 2.0]]))[0], [sigmoid(2.0), 2 * sigmoid(0.0)], rtol=1e-6)


@settings(max_examples=15)
@given(
    height=st.integers(1, 9), width=st.integers(1, 9), channels=st.integers(1, 12), seed=st.integers(0, 2**16)
)  # fmt: skip
def test_gates_agree_with_plain_loops(height: int, width: int, channels: int, seed: int) -> None:
    images = np.random.default_rng(seed).normal(size=(2, height, width, channels)).astype(np.float32)
    model = with_random_weights(gated(channel_gate, (None, None, channels), reduction=3), seed)
    expected = [channel_gate_in_loops(image, model.get_weights()) for image in images]
    np.testing.assert_allclose(model(images), expected, rtol=1e-4, atol=1e-5)
    model = with_random_weights(gated(spatial_gate, (None, None, channels)), seed)
    expected = [spatial_gate_in_loops(image, model.get_weights()[0]) for image in images]
    np.testing.assert_allclose(model(images), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("gate", GATES)
def test_every_gate_keeps_the_sign_and_never_enlarges(gate: str) -> None:
    inputs = inputs_of(gate)
    answer = with_random_weights(gated(GATES[gate], inputs.shape[1:]), 0)(inputs).numpy()
    assert answer.shape == inputs.shape
    assert (np.abs(answer) <= np.abs(inputs)).all()
    assert (answer * inputs >= 0).all()
    assert not np.allclose(answer, inputs)


def test_gate_of_a_channel_is_the_same_everywhere_and_of_a_place_for_all_channels() -> None:
    inputs = inputs_of("channel")
    ratio = with_random_weights(gated(channel_gate, (None, None, 20)), 0)(inputs).numpy() / inputs
    np.testing.assert_allclose(ratio, np.broadcast_to(ratio[:, :1, :1], ratio.shape), rtol=1e-4)
    assert np.std(ratio, axis=-1).min() > 0
    ratio = with_random_weights(gated(spatial_gate, (None, None, 20)), 0)(inputs).numpy() / inputs
    np.testing.assert_allclose(ratio, np.broadcast_to(ratio[..., :1], ratio.shape), rtol=1e-4)
    assert np.std(ratio, axis=(1, 2)).min() > 0


def test_permuting_the_places_permutes_the_channel_gates_answer() -> None:
    inputs = inputs_of("channel")
    model = with_random_weights(gated(channel_gate, (None, None, 20)), 0)
    np.testing.assert_allclose(model(inputs[:, ::-1].copy()), model(inputs)[:, ::-1], rtol=1e-5)


@pytest.mark.parametrize(("channels", "hidden"), [(64, 4), (16, 1), (3, 1)])
@pytest.mark.parametrize(("gate", "places"), [(channel_gate, (None, None)), (vector_gate, ())])
def test_mlp_has_a_sixteenth_of_the_channels_and_one_unit_at_least(
    gate: Callable, places: tuple[None, ...], channels: int, hidden: int
) -> None:
    shapes = [tuple(weight.shape) for weight in gated(gate, (*places, channels)).weights]
    assert shapes == [(channels, hidden), (hidden,), (hidden, channels), (channels,)]


def test_spatial_gate_has_one_7x7_kernel_and_nothing_else() -> None:
    assert [tuple(weight.shape) for weight in gated(spatial_gate, (None, None, 9)).weights] == [(7, 7, 2, 1)]
