"""Tests of the groups of major, middle and minor classes."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conbal_tf.metrics.class_groups import class_groups

ISIC = {"MEL": 1113, "NV": 6705, "BCC": 514, "AKIEC": 327, "BKL": 1099, "DF": 115, "VASC": 142}
APTOS = {"no_dr": 1805, "mild": 370, "moderate": 999, "severe": 193, "proliferative": 295}
COUNTS = st.dictionaries(st.text(max_size=3), st.integers(0, 5000), min_size=1, max_size=9)


@pytest.mark.parametrize("share", [1.0, 0.7, 0.63])
def test_groups_of_isic_2018_are_the_papers_whatever_share_of_it_is_trained_on(share: float) -> None:
    assert class_groups({name: round(share * count) for name, count in ISIC.items()}) == {
        "major": ("NV",),
        "middle": ("MEL", "BKL"),
        "minor": ("BCC", "AKIEC", "VASC", "DF"),
    }


@pytest.mark.parametrize("share", [1.0, 0.7, 0.63])
def test_groups_of_aptos_2019(share: float) -> None:
    assert class_groups({name: round(share * count) for name, count in APTOS.items()}) == {
        "major": ("no_dr", "moderate"),
        "middle": ("mild", "proliferative"),
        "minor": ("severe",),
    }


def test_exactly_half_is_major_and_exactly_an_eighth_is_middle() -> None:
    assert class_groups({"largest": 80, "half": 40, "below half": 39, "eighth": 10, "below eighth": 9}) == {
        "major": ("largest", "half"),
        "middle": ("below half", "eighth"),
        "minor": ("below eighth",),
    }


def test_groups_may_be_empty() -> None:
    assert class_groups({"a": 5, "b": 5}) == {"major": ("a", "b"), "middle": (), "minor": ()}
    assert class_groups({"a": 5, "none": 0}) == {"major": ("a",), "middle": (), "minor": ("none",)}


@given(COUNTS, st.integers(1, 7))
def test_every_class_is_in_the_group_of_its_share_of_the_largest_and_scale_changes_nothing(
    counts: dict[str, int], factor: int
) -> None:
    assume(any(counts.values()))
    groups = class_groups(counts)
    assert sorted(name for names in groups.values() for name in names) == sorted(counts)
    for group, names in groups.items():
        shares = [Fraction(counts[name], max(counts.values())) for name in names]
        assert shares == sorted(shares, reverse=True)
        for share in shares:
            assert group == ("major" if share >= Fraction(1, 2) else "minor" if share < Fraction(1, 8) else "middle")
    assert class_groups({name: factor * count for name, count in counts.items()}) == groups


@pytest.mark.parametrize("counts", [{}, {"a": 0, "b": 0}])
def test_counts_without_an_image_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"No class has a training image: received .*give the number of"):
        class_groups(counts)
