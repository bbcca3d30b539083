"""What two classifiers are compared by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.comparison.measures import COMPARED, COMPARED_PER_CLASS, holm, measure_compared
from conbal_tf.metrics.measures import measure
from tests.metrics.made_answers import made_answers

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def test_metrics_are_those_of_the_one_table() -> None:
    answers = made_answers(50, 3, 0)
    weights = np.random.default_rng(0).integers(0, 3, (4, 50))
    expected, ours = measure(answers, weights), measure_compared(answers, weights)
    assert set(ours) == {*COMPARED, *COMPARED_PER_CLASS}
    for name, values in ours.items():
        assert values == pytest.approx(expected[name], nan_ok=True), name
    assert set(measure_compared(answers, without=("macro_auc",))) == set(ours) - {"macro_auc"}


def test_holm_by_hand() -> None:
    # 4 tests: .005 * 4, .01 * 3, .03 * 2, and .04 no less than the one before.
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.4, np.nan, 0.6])).tolist() == pytest.approx([0.8, np.nan, 0.8], nan_ok=True)


@given(p_values)
def test_holm_rejects_what_the_step_down_procedure_does(values: list[float]) -> None:
    adjusted = holm(np.array(values))
    assert (adjusted >= values).all() and (adjusted <= 1).all()
    rejected, left = set(), len(values)
    for number in sorted(range(left), key=lambda i: values[i]):
        if values[number] * left >= 0.05:
            break
        rejected.add(number)
        left -= 1
    assert {i for i in range(len(values)) if adjusted[i] < 0.05} == rejected
