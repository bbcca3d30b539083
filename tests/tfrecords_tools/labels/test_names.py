"""Which names are one name, which are read back, and how two of them are shown: each kind by a table of cases."""

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tensorflow_datasets as tfds
from hypothesis import given
from hypothesis import strategies as st

from tfrecords_tools.labels.name_texts import apart, listed, some, visible
from tfrecords_tools.labels.names import canonical, check_read_back, fault, likeness, number, respelled, spellings

DECOMPOSED = unicodedata.normalize("NFD", "Nävus")
# Letters, digits, all kinds of blanks, marks that combine, characters that nobody sees, and what breaks lines.
NAMES = st.text(
    st.one_of(
        st.sampled_from("aB1 0.,-_\t\n\r\x0b\x0c\x1c\x85\u2028\xa0\u3000\u200b\ufeff\u0308\u0301ä\x00ß"),
        st.characters(codec=None),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NV", "nv"),
        ("STRASSE", "straße"),
        ("1", "1.0"),
        ("1", "1,0"),
        ("01", "1"),
        ("+1", "1"),
        ("-01", "-1"),
        ("1", "１"),
        ("3", "٣"),
        ("P01", "p1"),
        ("P 1", "P1"),
        ("grade_01 left", "Grade 1.0-left"),
        ("nv", "nv\u200b"),
        ("nv", "\ufeffnv"),
        ("nv", "n\u00adv"),
        ("nv", "nv\ufe0f"),
        ("basal cell", "basal\u00a0cell"),
        ("basal cell", "basal  cell"),
        ("basal cell", "basal_cell"),
        ("basal cell", "basal\u2009cell "),
        ("non-melanoma", "non\u2011melanoma"),
        ("Nävus", DECOMPOSED),
        ("fibroma", "\ufb01broma"),
        ("MEL", "М\u0415L"),
        ("Grade IV", "Grade Ⅳ"),
    ],
)
def test_two_spellings_of_one_name_are_alike_and_shown_apart(one: str, other: str) -> None:
    assert likeness(one) == likeness(other)
    assert spellings([one, other, "else"]) == [sorted([one, other])]
    shown = apart([one, other])
    assert shown[0] != shown[1]
    assert all(text.isascii() for text in shown) or shown[0].lower() == shown[1].lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "-1"),
        ("1", "10"),
        ("1.1", "1.10"),
        ("1_12", "11_2"),
        ("1 12", "112"),
        ("A+", "A-"),
        ("A-", "A"),
        ("HER2", "HER2-"),
        ("5 µm", "5 mm"),
        ("100", "1e2"),
        ("0a01", "00a1"),
        ("Nävus", "Navus"),
        ("p1", "q1"),
    ],
)
def test_names_that_mean_something_else_are_not_alike(one: str, other: str) -> None:
    assert likeness(one) != likeness(other)
    assert spellings([one, other]) == []


@given(NAMES)
def test_blanks_composition_and_capitals_never_matter(name: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert likeness(unicodedata.normalize(form, name)) == likeness(name)
    assert likeness(f" {name}\u00a0") == likeness(name) == likeness(f"\u200b{name}")
    assert canonical(canonical(name)) == canonical(name) == canonical(unicodedata.normalize("NFD", name))


@given(st.lists(NAMES, min_size=1, max_size=4, unique_by=likeness))
def test_names_are_refused_or_tfds_reads_them_back_as_they_were(names: list[str]) -> None:
    if any(fault(name) for name in names):
        return
    with TemporaryDirectory() as folder:
        tfds.features.ClassLabel(names=names).save_metadata(folder, "label")
        read = tfds.features.ClassLabel(num_classes=len(names))
        read.load_metadata(folder, "label")
    assert read.names == names
    check_read_back(read.names, names, "records")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nevus ", "begins or ends with a blank"),
        ("\u3000nevus", "begins or ends with a blank"),
        ("", "shows nothing"),
        (" ", "shows nothing"),
        ("\u200b", "shows nothing"),
        ("\u3164", "shows nothing"),
        ("a\nb", "line break"),
        ("a\rb", "line break"),
        ("a\u2028b", "line break"),
        ("a\x85b", "line break"),
        ("a\0b", "control character"),
        ("a\udcfcb", "no UTF-8"),
    ],
)
def test_name_that_does_not_come_back_is_told_why(name: str, reason: str) -> None:
    assert reason in fault(name)


@pytest.mark.parametrize("name", ["nevus", "bös artig", "1.0", "a, b", '"q"', "?", "#1", "a\\nb", "日本", DECOMPOSED])
def test_name_that_comes_back_is_no_fault(name: str) -> None:
    assert fault(name) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("10", 10),
        ("1.50", 1.5),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("2,5", 2.5),
        ("1e3", 1000),
        ("−2", -2),
        ("１", 1),
        ("+3", 3),
    ],
)
def test_number_has_its_value(name: str, value: float) -> None:
    assert number(name) == value


@pytest.mark.parametrize("name", ["", "grade 1", "1,000", "1.2.3", "nan", "inf", "1_0", "0x1", "T1", "-"])
def test_what_is_no_number_or_could_be_two_has_no_value(name: str) -> None:
    assert number(name) is None


def test_names_are_found_however_they_are_composed() -> None:
    assert respelled([f"{DECOMPOSED}/1 ", "other"], ["Nävus/1"]) == ["Nävus/1", "other"]
    assert respelled(["Nävus/1"], [f"{DECOMPOSED}/1"]) == [f"{DECOMPOSED}/1"]


def test_what_is_not_seen_is_written_out() -> None:
    assert [visible(name) for name in ("Nävus", "nv\u200b", "a\u00a0b", "a ")] == [
        "Nävus",
        r"'nv\u200b'",
        r"'a\xa0b'",
        "'a '",
    ]
    assert listed([DECOMPOSED, "a"], beside=["b"]) == r"'Na\u0308vus', a"
    assert listed(["Nävus", "a"], beside=[DECOMPOSED]) == r"'N\xe4vus', a"
    assert some([DECOMPOSED]) == r"1 ('Na\u0308vus')"


def test_names_that_were_not_read_back_are_refused_in_their_order() -> None:
    check_read_back(("a", "b"), {"a": 1, "b": 2}, "records")
    for read in (("b", "a"), ("a",), ("a", "b", "c")):
        with pytest.raises(ValueError, match=r"records do not give back .*: 'a', 'b' were written, .* are read"):
            check_read_back(read, {"a": 1, "b": 2}, Path("records"))
