"""Temperature and prior: by hand, recovered from made-up data, and where data says little or nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from conbal_tf.metrics.calibration import (
    PRIOR_STRENGTHS,
    TEMPERATURES,
    Calibration,
    class_prior,
    fit_temperature,
    fit_temperature_and_prior,
    prior_offsets,
)


def log_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-38)).mean())


def drawn(images: int, truth: np.ndarray, seed: int = 0) -> np.ndarray:
    """Returns labels, each drawn with the probabilities of its row."""
    return (truth.cumsum(axis=1) < np.random.default_rng(seed).random((images, 1))).sum(axis=1)


def made_up(images: int, classes: int, seed: int = 0, sharpness: float = 2.0) -> np.ndarray:
    return softmax(sharpness * np.random.default_rng(seed).normal(size=(images, classes)), axis=1)


def test_change_by_hand() -> None:
    # (.8, .2) to the power of 1/2 is (.894, .447); times (1.5, .5) it is (1.342, .224): 6 to 1.
    changed = Calibration(2.0, prior_offsets([0.75, 0.25], 1.0)).apply([[0.8, 0.2], [0.5, 0.5]])
    np.testing.assert_allclose(changed, [[6 / 7, 1 / 7], [3 / 4, 1 / 4]])


def test_temperature_by_hand() -> None:
    # Always .8 for the first class, right two times of three: 2/3 are odds of 2, a half of log 4 = 2 log 2.
    assert fit_temperature([0, 0, 1] * 400, [[0.8, 0.2]] * 1200) == pytest.approx(2.0, abs=1e-4)


def test_strength_by_hand() -> None:
    # A network that says nothing: what is left is how frequent the classes are.
    temperature, strength = fit_temperature_and_prior([0, 0, 0, 1] * 300, [[0.5, 0.5]] * 1200, [0.75, 0.25])
    assert strength == pytest.approx(1.0, abs=1e-4)
    assert temperature == pytest.approx(1.0)


def test_another_place_by_hand() -> None:
    # Where the second class is 9 times as frequent against the first (1:3 instead of 3:1), so are its odds.
    here = Calibration(2.0, prior_offsets([0.75, 0.25], 0.4))
    there = here.elsewhere([0.75, 0.25], [0.25, 0.75])
    before, after = here.apply([[0.8, 0.2]])[0], there.apply([[0.8, 0.2]])[0]
    assert after[1] / after[0] == pytest.approx(9 * before[1] / before[0])
    np.testing.assert_allclose(here.elsewhere([0.3, 0.7], [0.3, 0.7]).offsets, here.offsets)


def test_no_change_is_no_change() -> None:
    p = made_up(50, 4)
    np.testing.assert_allclose(Calibration(1.0, prior_offsets([0.7, 0.1, 0.1, 0.1], 0.0)).apply(p), p)


def test_known_temperature_and_prior_are_recovered() -> None:
    p, prior = made_up(40_000, 4), np.array([0.6, 0.25, 0.1, 0.05])
    labels = drawn(40_000, Calibration(1.7, prior_offsets(prior, 0.8)).apply(p))
    temperature, strength = fit_temperature_and_prior(labels, p, prior)
    assert temperature == pytest.approx(1.7, rel=0.03)
    assert strength == pytest.approx(0.8, rel=0.03)


def test_balanced_answers_need_the_prior_in_full() -> None:
    """Bayes: images of three Gaussians, seen equally often, are asked about where one class is frequent."""
    rng, prior = np.random.default_rng(0), np.array([0.8, 0.15, 0.05])
    labels = rng.choice(3, 30_000, p=prior)
    seen = rng.normal(labels[:, None] * 1.0, 1.0)
    balanced = softmax(-((seen - np.arange(3)) ** 2) / 2, axis=1)
    temperature, strength = fit_temperature_and_prior(labels, balanced, class_prior(labels, 3))
    assert (temperature, strength) == (pytest.approx(1.0, abs=0.05), pytest.approx(1.0, abs=0.05))


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 6), images=st.integers(1, 60))
def test_log_loss_of_the_images_it_is_fitted_on_is_never_worse_than_without(
    seed: int, classes: int, images: int
) -> None:
    rng = np.random.default_rng(seed)
    p = made_up(images, classes, seed, sharpness=float(rng.uniform(0, 30))).astype(np.float32)
    labels = rng.integers(0, classes, images)
    alone = fit_temperature(labels, p)
    together = fit_temperature_and_prior(labels, p, class_prior(labels, classes))
    with_prior = Calibration(together[0], prior_offsets(class_prior(labels, classes), together[1]))
    before = log_loss(labels, Calibration(1.0, (0.0,) * classes).apply(p))
    assert log_loss(labels, Calibration(alone, (0.0,) * classes).apply(p)) <= before + 1e-9
    assert log_loss(labels, with_prior.apply(p)) <= before + 1e-9


@given(seed=st.integers(0, 10_000), temperature=st.floats(*TEMPERATURES))
def test_temperature_alone_never_changes_the_decision(seed: int, temperature: float) -> None:
    p = made_up(100, 5, seed, sharpness=10.0).astype(np.float32)
    changed = Calibration(temperature, (0.0,) * 5).apply(p)
    np.testing.assert_array_equal(changed.argmax(axis=1), p.argmax(axis=1))


def test_order_of_images_and_of_classes_does_not_matter() -> None:
    p, labels = made_up(300, 4), np.random.default_rng(1).choice(4, 300, p=[0.7, 0.1, 0.1, 0.1])
    images, classes = np.random.default_rng(2).permutation(300), np.array([2, 0, 3, 1])
    places = np.argsort(classes)
    prior = class_prior(labels, 4)
    expected = fit_temperature_and_prior(labels, p, prior)
    assert fit_temperature_and_prior(labels[images], p[images], prior) == pytest.approx(expected, abs=1e-5)
    assert fit_temperature_and_prior(places[labels], p[:, classes], prior[classes]) == pytest.approx(expected, abs=1e-5)


def test_probability_of_0_stays_small_and_finite() -> None:
    p = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] * 20, np.float32)
    labels = np.array([0, 2] * 20)  # 0 was the answer for the true class of every second image
    temperature, strength = fit_temperature_and_prior(labels, p, class_prior(labels, 3))
    changed = Calibration(temperature, prior_offsets(class_prior(labels, 3), strength)).apply(p)
    assert np.isfinite(changed).all()
    assert TEMPERATURES[0] <= temperature <= TEMPERATURES[1]
    assert log_loss(labels, changed) < log_loss(labels, p)


def test_class_without_an_image_counts_as_half_an_image() -> None:
    np.testing.assert_allclose(class_prior([0, 0, 2, 2, 2], 4), np.array([2, 0.5, 3, 0.5]) / 6)
    assert np.isfinite(prior_offsets(class_prior([0], 2), 1.0)).all()


@pytest.mark.parametrize("certainty", [0.51, 0.9, 1.0])
def test_images_that_are_all_right_give_a_temperature_within_bounds(certainty: float) -> None:
    labels = np.arange(30) % 2
    p = np.where(labels[:, None] == np.arange(2), certainty, 1 - certainty)
    temperature, strength = fit_temperature_and_prior(labels, p, class_prior(labels, 2))
    assert TEMPERATURES[0] <= temperature <= 1.0
    assert strength == 0.0  # the classes are equally frequent, so there is nothing to correct


def test_answers_that_are_always_wrong_give_a_temperature_within_bounds() -> None:
    labels = np.array([0, 1] * 30)
    temperature, strength = fit_temperature_and_prior(labels, np.eye(2)[1 - labels], class_prior(labels, 2))
    assert temperature == TEMPERATURES[1]
    assert PRIOR_STRENGTHS[0] <= strength <= PRIOR_STRENGTHS[1]


@pytest.mark.parametrize(
    ("labels", "p"),
    [([], np.ones((0, 2))), ([0], [[0.5, 0.5]] * 2), ([2], [[0.5, 0.5]]), ([-1], [[0.5, 0.5]]), ([0], [[np.nan, 1.0]])],
)
def test_labels_and_probabilities_that_do_not_fit_are_refused(labels: list[int], p: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"Nothing can be fitted: received labels of shape .*pass both"):
        fit_temperature(labels, p)
