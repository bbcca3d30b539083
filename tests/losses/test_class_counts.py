"""Margins and weights made of class counts: the papers' values, and the order of the classes."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.losses.class_counts import effective_number_weights, ldam_margins

# Training examples of a 7:3 split: NV, MEL, BKL, BCC, AKIEC, VASC, DF; grades 0 to 4.
ISIC, APTOS = [4694, 779, 769, 360, 229, 99, 81], [1264, 259, 699, 135, 207]


def test_margins_and_weights_are_those_of_the_papers() -> None:
    margins, weights = ldam_margins, effective_number_weights
    assert margins(ISIC) == pytest.approx([0.1812, 0.2839, 0.2848, 0.3444, 0.3856, 0.4755, 0.5], abs=5e-5)
    assert margins(APTOS) == pytest.approx([0.2858, 0.4248, 0.3315, 0.5, 0.4493], abs=5e-5)
    assert weights(ISIC) == pytest.approx([0.0571, 0.2853, 0.2888, 0.6046, 0.9443, 2.1701, 2.6499], abs=5e-5)
    assert weights(APTOS) == pytest.approx([0.2267, 1.0529, 0.3987, 2.0076, 1.3140], abs=5e-5)


@given(counts=st.lists(st.integers(1, 100_000), min_size=1, max_size=9))
def test_rarer_class_has_no_smaller_margin_or_weight(counts: list[int]) -> None:
    margins, weights = ldam_margins(counts, largest=0.3), effective_number_weights(counts)
    assert margins.max() == pytest.approx(0.3)
    assert weights.sum() == pytest.approx(len(counts))
    from_common_to_rare = np.argsort(counts)[::-1]
    assert np.all(np.diff(margins[from_common_to_rare]) >= 0)
    assert np.all(np.diff(weights[from_common_to_rare]) >= -1e-12)


@pytest.mark.parametrize("counts", [[5, 0], [5, -1], [5, math.nan], [], [[5, 6]]])
@pytest.mark.parametrize("function", [ldam_margins, effective_number_weights])
def test_class_without_examples_is_an_error(function: Callable, counts: list) -> None:
    with pytest.raises(ValueError, match=r"Class counts cannot be weighed: received \[.*1 or more; leave out"):
        function(counts)


@pytest.mark.parametrize("beta", [1.0, 1.5, -0.1])
def test_beta_without_effective_numbers_is_an_error(beta: float) -> None:
    with pytest.raises(ValueError, match=f"received {beta}. Allowed is 0 to below 1"):
        effective_number_weights([5, 6], beta)
