"""What is said of 16-bit files by their greatest values, and what their values become."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.settings import own_images
from tfrecords_tools.pixels.bit_depth import BITS, DeepFile, remarks, stretch_table, to_grey_levels

BY_NUMBER = {8: 255, 10: 1023, 12: 4095, 14: 16383, 15: 32767}


def files(*greatest: int, shades: int = 200) -> list[DeepFile]:
    return [DeepFile(Path(f"{number}.png"), value, shades) for number, value in enumerate(greatest)]


@given(st.integers(8, 16), st.integers(0, 2**16 - 1))
def test_stretched_value_is_the_nearest_of_256_grey_levels(bits: int, value: int) -> None:
    value %= 2**bits
    levels = to_grey_levels(np.full((2, 3, 1), value, np.uint16), bits)
    assert levels.dtype == np.uint8 and levels.shape == (2, 3, 1)
    assert abs(int(levels[0, 0, 0]) - value * 255 / (2**bits - 1)) <= 0.5


def test_whole_range_of_values_gives_the_whole_range_of_levels() -> None:
    for bits in BITS:
        table = stretch_table(bits)
        assert (table[0], table[-1]) == (0, 255) and (np.diff(table.astype(int)) >= 0).all()
        assert len(np.unique(table)) == 256


def test_upper_8_of_16_bits_are_kept_where_nothing_is_said() -> None:
    assert to_grey_levels(np.array([255, 256, 65535], np.uint16), None).tolist() == [0, 1, 255]


def test_value_of_more_bits_than_are_said_is_an_error() -> None:
    with pytest.raises(ValueError, match="the value 4096, above the 4095 of 12 bits"):
        to_grey_levels(np.array([4096], np.uint16), 12)


@given(st.lists(st.integers(0, 2**15 - 1), min_size=1, max_size=9))
def test_values_that_leave_the_uppermost_bit_alone_are_refused_with_their_number_of_bits(values: list[int]) -> None:
    (remark,) = remarks(files(*values), 9, None)
    bits = max(8, max(values).bit_length())
    assert remark.is_error and f"--bits {bits} stretches" in remark.advice and "--bits 16" in remark.advice
    assert f"None of {len(values)} files of 16 bits has a value above {max(values)}, such as 0.png" in remark.what
    assert f"{max(values) // 256 + 1} of 256 grey levels" in remark.what
    assert not any(one.is_error for one in remarks(files(*values), 9, bits))
    assert not remarks(files(*values), len(values), 16)


def test_files_that_use_all_bits_are_taken_without_a_word() -> None:
    assert remarks(files(2**15, 20_000, 65535), 3, None) == remarks([], 5, None) == []


def test_few_bright_files_among_dark_ones_do_not_hide_these() -> None:
    (remark,) = remarks(files(4095, 3000, 65535, 4000, 3900), 5, None)
    assert remark.is_error and "4 of 5 files of 16 bits have no value above 4095, such as 0.png" in remark.what
    assert "--bits 12" in remark.advice and "1 (2.png, up to 65535)" in remark.advice
    assert remark.files == (Path("0.png"), Path("1.png"), Path("3.png"), Path("4.png"))


def test_files_of_few_grey_levels_anywhere_in_the_range_are_told() -> None:
    """CT around an offset, or with numbers below 0 that begin again at 65535."""
    (remark,) = remarks([*files(35_000, 64_999, shades=17), *files(65535)], 3, None)
    assert not remark.is_error and "2 of 3 files of 16 bits keep at most 17 of 256" in remark.what


@pytest.mark.parametrize(
    ("greatest", "total", "bits", "is_error", "said"),
    [
        ((4096, 300), 2, 12, True, r"1 of 2 files of 16 bits hold values above 4095: 1 (0.png, up to 4096)"),
        ((4096, 300), 2, 12, True, "say --bits 13"),
        ((1000,), 1, 12, False, "no file holds a value above 1000, so that all will be dark"),
        ((1000,), 1, 12, False, "If the values have 10 bits"),
        ((4095,), 3, 12, False, "1 of 3 files have 16 bits; bits stretches these alone"),
        ((), 3, 12, False, "none of 3 files is a PNG of 16 bits: it changes nothing"),
    ],
)
def test_number_of_bits_that_does_not_fit_the_files_is_told(
    greatest: tuple[int, ...], total: int, bits: int, is_error: bool, said: str
) -> None:
    found = remarks(files(*greatest), total, bits)
    assert [remark.is_error for remark in found] == [is_error]
    assert said in f"{found[0].what}. {found[0].advice}"


@pytest.mark.parametrize(("bits", "most"), BY_NUMBER.items())
def test_number_of_bits_that_fits_all_files_is_taken_without_a_word(bits: int, most: int) -> None:
    assert remarks(files(most, most // 2 + 1), 2, bits) == []


def test_settings_allow_the_same_numbers_of_bits() -> None:
    assert own_images.BITS == BITS
