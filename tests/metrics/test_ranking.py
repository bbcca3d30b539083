"""The counts that curves of precision and of sensitivity are made of, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from conbal_tf.metrics.ranking import found_and_alarms


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_areas_under_the_curves_are_those_of_scikit_learn(drawn: list[tuple[bool, int]]) -> None:
    positive = np.array([is_positive for is_positive, _ in drawn])
    scores = np.array([score / 6 for _, score in drawn])
    if positive.all() or not positive.any():
        return
    found, alarms = found_and_alarms(scores, positive)
    assert len(found) == len(set(scores))
    precision, sensitivity = found / (found + alarms), found / found[-1]
    area = np.sum(np.diff(sensitivity, prepend=0.0) * precision)
    assert area == pytest.approx(average_precision_score(positive, scores))
    area = np.trapezoid(np.append(0, sensitivity), np.append(0, alarms / alarms[-1]))
    assert area == pytest.approx(roc_auc_score(positive, scores))
