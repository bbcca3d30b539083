"""Words for a missing value, and names that only look like them."""

import pytest
from pandas._libs.parsers import STR_NA_VALUES  # type: ignore[attr-defined]

from tfrecords_tools.labels.missing_words import is_missing

PANDAS = sorted(name for name in STR_NA_VALUES if name)


@pytest.mark.parametrize("word", PANDAS)
def test_what_pandas_takes_for_missing_is_missing(word: str) -> None:
    assert is_missing(word)


@pytest.mark.parametrize(
    "word",
    [
        "NaT", "n.a.", "n. a.", "N / A", "not available", "Not_Available", "UNKNOWN", "(unknown)", "[unknown]", "'nan'",
        "unspecified", "missing", "nil", "?", "??", "-", "--", "–", "...", "…", "*", "#REF!", "#VALUE!", "#DIV/0!",
        "unbekannt", "inconnu", "неизвестно", "Anonymous", "un\u200bknown", "ＮＡ", "nan\u00a0",
    ],
)  # fmt: skip
def test_what_people_and_programs_write_is_missing(word: str) -> None:
    assert is_missing(word)


@pytest.mark.parametrize(
    "name",
    [
        "nevus",
        "normal",
        "other",
        "benign",
        "0",
        "-1",
        "+",
        "nn",
        "no finding",
        "known",
        "NaCl",
        "unknown primary",
        "naevus",
    ],
)
def test_names_are_names(name: str) -> None:
    assert not is_missing(name)
