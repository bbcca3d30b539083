"""The order of classes: by value where all are numbers, as stated where it is stated, else as text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfrecords_tools.labels.class_names import ordered_class_names

DECOMPOSED = unicodedata.normalize("NFD", "Nävus")


@pytest.mark.parametrize(
    "names",
    [
        ("1", "2", "10"),
        ("1.0", "2.0", "10.0"),
        ("-0.5", "0", "0.25", "3"),
        ("-10", "-9", "1"),
        ("0,5", "1,5", "10,5"),
        ("1e-3", "1e-2", "2"),
        (".5", "1", "1.5"),
        ("１", "2", "10"),
        ("−2", "-1", "0"),
        ("9.10", "9.9"),
    ],
)
def test_numbers_are_in_the_order_of_their_values(names: tuple[str, ...]) -> None:
    assert ordered_class_names(reversed(names), "t.csv") == (names, True)


@given(st.sets(st.integers(-(10**12), 10**12), min_size=2, max_size=30), st.integers(0, 4))
def test_any_numbers_are_in_the_order_of_their_values(units: set[int], decimals: int) -> None:
    names = [f"{unit // 10**decimals}.{unit % 10**decimals:0{decimals}d}" if decimals else str(unit) for unit in units]
    found, ordered = ordered_class_names(names, "t.csv")
    assert ordered and [float(name) for name in found] == sorted(map(float, names))


@pytest.mark.parametrize("names", [("10", "9", "x"), ("a", "b"), ("1,000", "500"), ("1.2.3", "1")])
def test_other_names_are_sorted_as_text_and_have_no_order(names: tuple[str, ...]) -> None:
    assert ordered_class_names(names, "t.csv") == (tuple(sorted(names)), False)


def test_one_number_in_two_ways_is_refused() -> None:
    with pytest.raises(ValueError, match=r"classes that are one number: 1 \('1\.5' and '1\.50'\)"):
        ordered_class_names(["1.50", "2", "1.5"], "t.csv")


def test_stated_order_holds_however_the_names_are_composed() -> None:
    assert ordered_class_names(["mild", DECOMPOSED, "none"], "t.csv", ["none", "Nävus", "mild"]) == (
        ("none", DECOMPOSED, "mild"),
        True,
    )
    assert ordered_class_names(["1", "2"], "t.csv", ["2", "1"]) == (("2", "1"), True)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (
            ["none", "mild"],
            r"^class_order does not name 'severe'\. Received: 'none', 'mild'; t\.csv has: 'mild', 'none', ",
        ),
        (["none", "mild", "severe", "x"], r"^class_order names 'x', of which there is no image\."),
        (["none", "mild", "Severe"], r"does not name 'severe' and names 'Severe', of which there is no image"),
        (["none", "mild", "severe\u200b"], r"does not name 'severe' and names 'severe\\u200b'"),
        (["none", "mild", "mild", "severe"], r"^class_order names a class twice"),
    ],
)
def test_stated_order_of_other_classes_is_refused_with_the_difference(stated: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ordered_class_names(["none", "mild", "severe", "mild"], "t.csv", stated)


def test_two_spellings_are_refused_with_the_images_of_each_whatever_is_stated() -> None:
    with pytest.raises(
        ValueError, match=r"several spellings: 1 \('Na\\u0308vus' \(1 images\) and 'N\\xe4vus' \(2 images\)\)"
    ):
        ordered_class_names(["x", "Nävus", DECOMPOSED, "Nävus"], "t.csv", ["Nävus", "x"])
