"""Lengths of training."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.settings.length import Length, parse_length


@given(st.integers(0, 10**9), st.sampled_from(["epochs", "updates"]))
def test_every_length_is_read_back(count: int, unit: str) -> None:
    length = parse_length(f"{count} {unit}")
    assert (length.count, length.unit) == (count, unit)


def test_one_may_be_singular() -> None:
    assert parse_length("1 epoch") == Length(1, "epochs")
    assert parse_length("1 update") == Length(1, "updates")


def test_epochs_become_updates_by_the_steps_of_an_epoch_and_updates_stay() -> None:
    assert parse_length("3 epochs").updates(steps_per_epoch=7) == 21
    assert parse_length("3 updates").updates(steps_per_epoch=7) == 3


@pytest.mark.parametrize(
    "text", ["", "3", "epochs", "3 steps", "-1 epochs", "1.5 epochs", "3epochs", "3 epochs or so", "\u0663 epochs"]
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no length\. Allowed: `N epochs` or `N updates`"):
        parse_length(text)
