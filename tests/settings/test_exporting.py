"""The prior of another place, as the flag gives it."""

import pytest

from conbal_tf.settings.exporting import read_prior


def test_shares_stand_in_the_order_of_the_classes_and_sum_to_1() -> None:
    assert read_prior(["b=.333", "a=.333", "x=y=.333"], ["a", "b", "x=y"]) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_commas_separate_shares_unless_classes_have_them() -> None:
    assert read_prior(["a=.3,b=.5", "c=.2"], ["a", "b", "c"]) == pytest.approx((0.3, 0.5, 0.2))
    assert read_prior(["a, acute=.3", "b=.7"], ["a, acute", "b"]) == pytest.approx((0.3, 0.7))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["a=.5"], r"does not name each class once: received a=.5\. Classes are a, b; give a share of each"),
        (["a=.5", "c=.5"], r"does not name each class once"),
        (["a=.5", "b=.5", "b=.5"], r"does not name each class once"),
        (["a=.5", "b"], r"does not name each class once"),
        (["a=.5,b=.5,"], r"does not name each class once"),
        (["a=.5", "b=half"], r"a share that is no number: could not convert string to float: 'half'"),
        (["a=.5", "b=.4"], r"shares that are none: received a=.5 b=.4, in sum 0.9\. Allowed are"),
        (["a=1", "b=0"], r"shares that are none: .* a class that never occurs"),
        (["a=1.5", "b=-.5"], r"shares that are none"),
        (["a=nan", "b=.5"], r"shares that are none"),
        (["a=inf", "b=.5"], r"shares that are none"),
    ],
)
def test_prior_that_is_none_is_refused(entries: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_prior(entries, ["a", "b"])
