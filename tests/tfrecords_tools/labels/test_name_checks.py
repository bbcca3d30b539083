"""The names that a label table refuses, whoever made it, and the one form that it gives to the others."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tfrecords_tools.labels.test_names import NAMES
from tfrecords_tools.labels.names import fault, likeness
from tfrecords_tools.tables import Example, LabelTable

PIXELS = np.zeros((2, 2, 3), np.uint8)
DECOMPOSED = unicodedata.normalize("NFD", "Nävus")
# (group of an image, and so on); the ids are 0, 1, ...
SPELLED = [
    ("p1", "P1"),
    ("p1", "P01", ""),
    ("7", "007"),
    ("7", "7.0", "8"),
    ("7", "7 "),
    ("Müller", unicodedata.normalize("NFD", "Müller")),
    ("Anna B", "Anna\u00a0B"),
    ("p1", "p1\u200b"),
    ("patient 1", "patient_01"),
]


def table(groups: Sequence[str], names: Sequence[str] = ("a", "b"), **what: bool) -> LabelTable:
    """Returns an image of each group, in turn of each class."""
    examples = [Example(str(place), group, place % len(names), PIXELS) for place, group in enumerate(groups)]
    return LabelTable("toy", tuple(names), tuple(examples), **what)


@pytest.mark.parametrize("groups", SPELLED)
def test_patient_in_two_spellings_is_refused_with_both(groups: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"'toy' has groups that are one group in several spellings: 1 \('") as caught:
        table(groups)
    told = str(caught.value).partition("(")[2].partition(" images)). ")[0]
    one, _, other = told.partition(" and ")
    assert one.partition(" (")[0] != other.partition(" (")[0] and told.isascii()


def test_patients_that_are_different_are_taken() -> None:
    assert {example.group for example in table(["1", "10", "1.1", "1.10", "p1", "p10"]).examples} == {
        "1", "10", "1.1", "1.10", "p1", "p10",
    }  # fmt: skip


def test_images_of_alike_names_are_no_spellings_of_one_patient() -> None:
    examples = [Example(name, "", place % 2, PIXELS) for place, name in enumerate(("IMG1", "img1", "01", "1"))]
    assert [example.group for example in LabelTable("toy", ("a", "b"), tuple(examples)).examples] == [
        "IMG1", "img1", "01", "1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        ("nv", "NV"),
        ("1", "1.0"),
        ("01", "1"),
        ("nv", "nv\u200b"),
        ("Nävus", DECOMPOSED),
        ("basal cell", "basal\u00a0cell"),
    ],
)
def test_class_in_two_spellings_is_refused_with_both_counts(names: tuple[str, str]) -> None:
    with pytest.raises(
        ValueError, match=r"one class in several spellings: 1 \('.*' \(2 images\) and '.*' \(2 images\)\)"
    ):
        table([""] * 4, names)


@pytest.mark.parametrize("name", ["nevus ", "a\nb", "a\x1cb", " ", "\u200b"])
def test_class_that_is_not_read_back_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"classes whose names would not be read back as they are written: 1 \('"):
        table(["", ""], ("a", name))


@pytest.mark.parametrize("place", ["id", "group"])
@pytest.mark.parametrize("name", ["a\nb", "a\0", "a\udcfc"])
def test_image_and_group_that_are_not_read_back_are_refused(place: str, name: str) -> None:
    odd = replace(Example("x", "y", 0, PIXELS), **{place: name})  # type: ignore[arg-type]
    what = {"id": "images", "group": "groups"}[place]
    with pytest.raises(ValueError, match=rf"'toy' has {what} whose names would not be read back"):
        LabelTable("toy", ("a", "b"), (odd, Example("z", "", 1, PIXELS)))


def test_two_images_of_one_composed_name_are_refused_apart() -> None:
    examples = [Example(name, "", place, PIXELS) for place, name in enumerate(("Nävus", DECOMPOSED))]
    with pytest.raises(ValueError, match=r"more than once: 1 \('N\\xe4vus' and 'Na\\u0308vus'\)"):
        LabelTable("toy", ("a", "b"), tuple(examples))


def test_class_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"names a class twice: 3 \(a, b, a\)"):
        table(["", ""], ("a", "b", "a"))


@pytest.mark.parametrize("word", ["nan", "NaN", "None", "NULL", "N/A", "<NA>", "?", "-", "unknown", "Not available"])
def test_word_for_a_missing_value_is_refused_with_its_count_unless_it_is_kept(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(
        ValueError, match=r"'toy' has classes .*word for a missing value: 1 \('.*' \(2 images\)\).*--keep_m"
    ):
        table([""] * 4, ("a", word))
    with pytest.raises(
        ValueError, match=r"'toy' has groups .*word for a missing value: 1 \('.*' \(3 images\)\).*cell empty"
    ):
        table([word] * 3 + ["p"])
    assert capsys.readouterr().err == ""
    assert table([word] * 3 + ["p"], ("a", word), keep_missing=True).class_names == ("a", word)
    assert [line.count("They are kept as names.") for line in capsys.readouterr().err.splitlines()] == [1, 1]


def test_class_whose_order_is_known_may_be_called_none_but_no_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(["", ""], ("none", "mild"), ordered=True).ordered
    assert capsys.readouterr().err == ""
    with pytest.raises(ValueError, match="has groups that are called by a word for a missing value"):
        table(["none", ""], ("none", "mild"), ordered=True)


@given(st.lists(NAMES, min_size=2, max_size=5), st.lists(NAMES, min_size=2, max_size=2))
def test_table_is_refused_or_says_what_it_was_told(groups: list[str], names: list[str]) -> None:
    try:
        made = table(groups, names, keep_missing=True)
    except ValueError:
        return
    assert list(made.class_names) == [unicodedata.normalize("NFC", name) for name in names]
    assert not any(map(fault, (*made.class_names, *(example.group for example in made.examples))))
    assert len(set(map(likeness, names))) == 2
    said = {group: example.group for group, example in zip(groups, made.examples, strict=True) if group.strip()}
    # As many patients as were named, and none in two spellings.
    assert len(set(map(likeness, said))) == len(set(said)) == len(set(said.values()))
