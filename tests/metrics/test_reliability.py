"""The numbers of a reliability diagram, by hand and against the calibration error."""

import numpy as np
import pytest
from hypothesis import given

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.measures import measure
from conbal_tf.metrics.reliability import reliability
from tests.metrics.made_answers import weighted_answers


def test_bins_by_hand() -> None:
    # Fifteenths: .8 is the upper end of the twelfth, .81 and .85 lie in the thirteenth.
    answers = Answers(
        labels=np.array([0, 1, 0, 1]),
        probabilities=np.array([[0.8, 0.2], [0.19, 0.81], [0.15, 0.85], [0.0, 1.0]]),
        class_names=("a", "b"),
        groups=np.array(["1", "2", "3", "4"]),
    )
    bins = reliability(answers)
    assert bins["confidence"] == pytest.approx([0.8, 0.83, 1.0])
    assert bins["accuracy"] == pytest.approx([1.0, 0.5, 1.0])
    assert bins["count"] == [1, 2, 1]


@given(weighted_answers())
def test_weighted_distance_is_the_expected_calibration_error(made: tuple[Answers, np.ndarray]) -> None:
    answers, _ = made
    bins = reliability(answers)
    gaps = np.abs(np.subtract(bins["confidence"], bins["accuracy"]))
    assert sum(bins["count"]) == len(answers)
    assert np.average(gaps, weights=bins["count"]) == pytest.approx(measure(answers)["ece"][0])
