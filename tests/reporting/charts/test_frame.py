"""Tests of the frame: scales, round values, and lines with gaps."""

import numpy as np
import pytest

from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import width_of


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-1.5, 1.5), (7.1, 7.5), (0.0, 90.0), (1, 2), (1e-7, 2e-7), (0, 1e9)]
)
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    values = [value for value, _ in ticks(low, high)]
    assert 3 <= len(values) <= 9
    assert low <= values[0] < values[-1] <= high


def test_frame_puts_the_ends_of_both_scales_at_its_edges() -> None:
    frame = Frame(100, 80, (1, 0), (0, 2), left=10, right=5, top=4, bottom=6)
    assert (frame.x(1), frame.x(0), frame.y(0), frame.y(2)) == (10, 95, 74, 4)


def test_curve_breaks_where_a_value_is_missing() -> None:
    frame = Frame(100, 100, left=0, right=0, top=0, bottom=0)
    assert frame.curve([0, 0.5, 1], [1, np.nan, 0], "s0") == '<path d="M0 0h0M100 100h0" class="line s0"></path>'
    assert frame.curve([0, 1], [np.nan, np.inf], "s0") == ""


def test_letters_of_east_asia_take_twice_the_room() -> None:
    assert width_of("黒子") == width_of("nevi")
