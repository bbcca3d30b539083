"""The cross-entropy family against plain loops, its values by hand, its invariances and its edges."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.losses import classification as losses
from tests import reference_losses as reference

# Training examples of a 7:3 split: NV, MEL, BKL, BCC, AKIEC, VASC, DF.
ISIC = [4694, 779, 769, 360, 229, 99, 81]

Loss = Callable[..., tf.Tensor]
WEIGHTS, MARGINS = [0.5, 1.0, 2.0, 0.1, 4.9, 0.7, 1.3], [0.1, 0.3, 0.5, 0.2, 0.4, 0.0, 1.0]
LOG_PRIOR = [-0.4, -2.2, -3.0, -1.1, -4.5, -9.0, 0.0]
# The loss, and its reference, of logits of up to seven classes.
LOSSES: dict[str, tuple[Loss, Callable]] = {
    "cross_entropy": (losses.cross_entropy, reference.cross_entropy),
    **{
        f"focal, gamma {gamma}": (
            lambda y, x, g=gamma: losses.focal(y, x, gamma=g, class_weights=WEIGHTS[: x.shape[1]]),
            lambda y, x, g=gamma: reference.focal(y, x, g, WEIGHTS),
        )
        for gamma in (0.0, 0.3, 2.0)
    },
    "ldam": (
        lambda y, x: losses.ldam(y, x, margins=MARGINS[: x.shape[1]], scale=30.0),
        lambda y, x: reference.ldam(y, x, MARGINS, 30.0),
    ),
    "adjusted_cross_entropy": (
        lambda y, x: losses.adjusted_cross_entropy(y, x, log_prior=LOG_PRIOR[: x.shape[1]]),
        lambda y, x: reference.adjusted_cross_entropy(y, x, LOG_PRIOR[: x.shape[1]]),
    ),
}
every_loss = pytest.mark.parametrize("loss", [loss for loss, _ in LOSSES.values()], ids=LOSSES.keys())


def with_gradient(loss: Loss, labels: list[int], logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the values, and the gradient of their sum with respect to the logits."""
    variable = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        values = loss(np.array(labels), variable)
        total = tf.reduce_sum(values)
    assert values.dtype == tf.float32
    return values.numpy(), tape.gradient(total, variable).numpy()


def test_values_by_hand() -> None:
    y, x, log = [2, 0], np.log([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]), math.log
    assert losses.cross_entropy(y, x).numpy() == pytest.approx([log(2), log(10)])
    focal = losses.focal(y, x, gamma=2.0, class_weights=[3, 1, 1])
    assert focal.numpy() == pytest.approx([0.25 * log(2), 3 * 0.81 * log(10)])
    # Margins turn 0.5 into 0.5 / 5 and 0.1 into 0.1 / 2, before they are normalised anew.
    ldam = losses.ldam(y, x, margins=np.log([2, 1, 5]) / 30, scale=30.0)
    assert ldam.numpy() == pytest.approx([log(6), log(19)])
    adjusted = losses.adjusted_cross_entropy(y, x, log_prior=np.log([0.5, 0.25, 0.25]))
    assert adjusted.numpy() == pytest.approx([log(12 / 5), log(11 / 2)])


@pytest.mark.parametrize(("loss", "slow_loss"), LOSSES.values(), ids=LOSSES.keys())
@given(rows=st.integers(1, 12), classes=st.integers(2, 7), spread=st.floats(0.1, 10.0), seed=st.integers(0, 2**16))
def test_agrees_with_the_reference(
    loss: Loss, slow_loss: Callable, rows: int, classes: int, spread: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    logits = random.normal(scale=spread, size=(rows, classes)).astype(np.float32)
    labels = random.integers(-1, classes, rows)
    np.testing.assert_allclose(loss(labels, logits), slow_loss(labels, logits), rtol=1e-4, atol=1e-5)


@every_loss
def test_permuting_examples_permutes_values_and_a_shift_of_all_logits_changes_nothing(loss: Loss) -> None:
    logits, labels = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32), np.arange(6) % 3
    values, order = loss(labels, logits), np.array([4, 2, 0, 5, 1, 3])
    np.testing.assert_allclose(loss(labels[order], logits[order]), values.numpy()[order], rtol=1e-6)
    np.testing.assert_allclose(loss(labels, logits + np.float32(7)), values, rtol=1e-4)


@every_loss
@pytest.mark.parametrize("largest", [1.0, 300.0, 60000.0])
def test_values_and_gradients_of_float16_logits_are_finite(loss: Loss, largest: float) -> None:
    rows = [[largest, -largest, 0], [-largest, largest, largest], [largest, largest, largest], [0, 0, -largest]]
    values, gradient = with_gradient(loss, [0, 0, 1, -1], np.array(rows, np.float16))
    assert np.isfinite(values).all() and np.isfinite(gradient).all()
    # The second example is wrong by twice the largest logit, the third undecided: both still learn.
    assert np.all(gradient[1:3, [0, 1]] * [[-1, 1], [1, -1]] > 0)


def test_cross_entropy_of_the_largest_float16_logits_is_their_difference() -> None:
    logits = np.array([[60000, -60000], [60000, -60000]], np.float16)
    assert losses.cross_entropy([1, 0], logits).numpy().tolist() == [np.float32(logits[0, 0]) * 2, 0.0]


@every_loss
def test_unknown_label_has_value_and_gradient_zero(loss: Loss) -> None:
    logits = np.array([[3, 1, -2], [0, 60000, 0], [1, 2, 3]], np.float32)
    values, gradient = with_gradient(loss, [-1, -1, 0], logits)
    assert values[:2].tolist() == [0.0, 0.0]
    assert not gradient[:2].any()
    assert values[2] > 0 and gradient[2].any()


def test_known_is_one_for_classes_and_zero_for_unknown_labels() -> None:
    assert losses.known(np.array([0, -1, 13, -1], np.int8)).numpy().tolist() == [1.0, 0.0, 1.0, 0.0]


def test_focal_loss_with_gamma_zero_and_weights_of_one_is_cross_entropy() -> None:
    logits, labels = np.random.default_rng(0).normal(scale=5, size=(9, 4)).astype(np.float32), np.arange(9) % 4
    plain = losses.focal(labels, logits, gamma=0.0, class_weights=np.ones(4))
    np.testing.assert_allclose(plain, losses.cross_entropy(labels, logits), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("gamma", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("lead", [-30.0, -2.0, 0.0, 5.0, 25.0])
def test_focal_loss_and_gradient_are_right_where_p_rounds_to_one(gamma: float, lead: float) -> None:
    # At a lead of 25, p is 1 - 1.4e-11: float32 has no number between it and 1.
    row = np.array([[lead, 0]], np.float32)
    values, gradient = with_gradient(lambda y, x: losses.focal(y, x, gamma=gamma, class_weights=[1, 1]), [0], row)
    logits = np.array([[lead, 0.0], [lead + 1e-4, 0.0], [lead - 1e-4, 0.0]])
    value, above, below = reference.focal([0, 0, 0], logits, gamma, [1, 1])
    assert values[0] == pytest.approx(value, rel=1e-4, abs=0)
    assert gradient[0, 0] == pytest.approx((above - below) / 2e-4, rel=1e-3, abs=0)


def test_adjusted_cross_entropy_of_equal_logits_is_minus_the_log_prior() -> None:
    expected, logits = [0.4012, 2.1972, 2.2101, 2.9691, 3.4215, 4.2601, 4.4608], np.zeros((7, 7), np.float16)
    for log_prior in (np.log(np.array(ISIC) / sum(ISIC)), np.log(ISIC)):
        values = losses.adjusted_cross_entropy(np.arange(7), logits, log_prior=log_prior)
        np.testing.assert_allclose(values, expected, atol=6e-5)


@given(n=st.integers(1, 40), part=st.integers(1, 40), share=st.floats(1e-6, 1.0), seed=st.integers(0, 2**16))
def test_hardest_agree_with_the_reference(n: int, part: int, share: float, seed: int) -> None:
    # Rounded, so that some tie.
    all_values = np.random.default_rng(seed).exponential(size=n).round(1).astype(np.float32)
    expected = reference.hardest(all_values[:part].tolist(), all_values.tolist(), share)
    assert losses.hardest(all_values[:part], all_values, share=share).numpy().tolist() == expected


def test_hardest_are_at_least_one_and_all_that_tie() -> None:
    values = np.array([1, 4, 2, 2, 0], np.float32)
    assert losses.hardest(values, values, share=0.01).numpy().tolist() == [0, 1, 0, 0, 0]
    assert losses.hardest(values, values, share=0.5).numpy().tolist() == [0, 1, 1, 1, 0]
    assert losses.hardest(values, values, share=1.0).numpy().tolist() == [1, 1, 1, 1, 1]
    # Another replica holds the hardest example.
    assert losses.hardest(values[2:], values, share=0.2).numpy().tolist() == [0, 0, 0]
    in_graph = tf.function(lambda v: losses.hardest(v, v, share=0.5), input_signature=[tf.TensorSpec([None])])
    assert in_graph(values).numpy().tolist() == [0, 1, 1, 1, 0]


def test_no_gradient_flows_through_the_choice_of_the_hardest() -> None:
    values = tf.constant([3.0, 1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(values)
        total = tf.reduce_sum(values**2 * losses.hardest(values, values, share=0.7))
    assert tape.gradient(total, values).numpy().tolist() == [6.0, 0.0, 4.0]


@pytest.mark.parametrize("share", [0.0, -0.1, 70])
def test_share_that_is_none_is_an_error(share: float) -> None:
    with pytest.raises(ValueError, match=f"received share = {share}. Allowed is above 0 up to 1"):
        losses.hardest([1.0], [1.0], share=share)
