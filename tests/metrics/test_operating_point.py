"""Thresholds, and what they find."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.metrics.operating_point import rates, threshold_at

SCORES = np.array([0.1, 0.2, 0.2, 0.3, 0.3, 0.9])
POSITIVE = np.array([False, False, False, False, True, True])


@pytest.mark.parametrize(
    ("specificity", "threshold", "found"),
    [(0.2, 0.2, (1.0, 0.25)), (0.25, 0.2, (1.0, 0.25)), (0.26, 0.3, (1.0, 0.75)), (0.76, 0.9, (0.5, 1.0))],
)
def test_threshold_by_hand(specificity: float, threshold: float, found: tuple[float, float]) -> None:
    assert threshold_at(SCORES, POSITIVE, specificity) == threshold
    assert tuple(rates(SCORES, POSITIVE, threshold, np.ones((1, 6)))[0]) == found


def test_no_threshold_is_specific_enough_where_a_negative_scores_highest() -> None:
    threshold = threshold_at(np.array([0.1, 0.9]), np.array([True, False]), 1.0)
    assert threshold == np.inf
    assert rates(np.array([0.1, 0.9]), np.array([True, False]), threshold, np.ones((1, 2))).tolist() == [[0.0, 1.0]]


def test_rates_weigh_images_and_are_unknown_without_any() -> None:
    weights = np.array([[1, 1, 1, 1, 3, 1], [1, 1, 1, 1, 0, 0]])
    found = rates(SCORES, POSITIVE, 0.9, weights)
    assert found[0].tolist() == [0.25, 1.0]
    assert np.isnan(found[1, 0]) and found[1, 1] == 1.0


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1.0))
def test_threshold_is_the_least_that_is_specific_enough(seed: int, specificity: float) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 10, 30) / 10
    positive = np.r_[random.random(29) < 0.4, False]
    threshold = threshold_at(scores, positive, specificity)
    good = [t for t in np.unique(scores) if np.mean(scores[~positive] < t) >= specificity]
    assert threshold == (min(good) if good else np.inf)
