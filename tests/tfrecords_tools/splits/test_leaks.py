"""Leaks of a split, by class."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tfrecords_tools.splits.leaks import Leaks, find_leaks, is_leaking, leak_report

NAMES = ("a", "b")


def test_leaks_by_hand() -> None:
    parts = np.array(["train", "test", "test", "validation", "test", ""])
    groups = np.array(["1", "1", "2", "3", "3", "2"])
    leaks = find_leaks(parts, groups, np.array([0, 0, 0, 1, 1, 1]), NAMES)
    assert leaks == Leaks(leaking={"a": 1, "b": 1}, tested={"a": 2, "b": 1}, groups=2)
    assert leaks.as_dict()["share"] == 2 / 3
    assert leak_report(leaks) == (
        "2 of 3 test images (67 %) share their group with images of train or validation: "
        "b 1 of 1 (100 %), a 1 of 2 (50 %)."
    )


def test_split_without_leaks_says_so() -> None:
    leaks = find_leaks(np.array(["train", "test"]), np.array(["1", "2"]), np.array([0, 0]), NAMES)
    assert leak_report(leaks).startswith("No leaks: none of 1 test images")


@given(st.lists(st.tuples(st.sampled_from(["train", "validation", "test", ""]), st.sampled_from("abcde")), min_size=1))
def test_an_image_leaks_where_any_of_its_group_is_developed_on(rows: list[tuple[str, str]]) -> None:
    parts, groups = (np.array(column) for column in zip(*rows, strict=True))
    expected = [
        part == "test" and any(other in ("train", "validation") and g == group for other, g in rows)
        for part, group in rows
    ]
    assert is_leaking(parts, groups).tolist() == expected
