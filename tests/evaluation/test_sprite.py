"""Thumbnails: of the right images, at the right place of the sheet."""

import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.data.split import SplitRecords
from conbal_tf.evaluation.sprite import LARGEST_TILE, SHEET_PIXELS, SMALLEST_TILE, sheet, small_images, tile_side
from tfrecords_tools.pixels import images


def test_small_images_are_the_stored_ones_under_their_ids(digits: SplitRecords) -> None:
    ids = digits.ids("test")[::9]
    told: list[int] = []
    found = small_images(digits.records, ids, 16, told.append)
    assert set(found) == set(ids)
    assert told[-1] == len(ids)
    index = digits.records.index
    for label in range(3):
        own = [identity for identity in index.loc[index["label"] == label, "id"] if identity in found]
        for identity, record in zip(own, digits.records.encoded(label, ids), strict=True):
            np.testing.assert_array_equal(found[identity], images.decode(record["image"]))


def test_of_no_images_there_are_none(digits: SplitRecords) -> None:
    assert small_images(digits.records, [], 16) == {}


@pytest.mark.parametrize("count", [1, 5, 9, 11])
def test_tile_number_n_stands_in_row_and_column_of_n(count: int) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (count, 3))
    tiles = [np.broadcast_to(colour, (8, 8, 3)).astype(np.uint8) for colour in colours]
    jpeg, columns = sheet(tiles)
    pixels = tf.io.decode_jpeg(jpeg).numpy().astype(int)
    assert columns == np.ceil(count**0.5)
    for number, colour in enumerate(colours):
        row, column = divmod(number, columns)
        assert np.abs(pixels[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8] - colour).max() <= 4


@pytest.mark.parametrize("count", [1, 3004, 10_015, 100_000])
@pytest.mark.parametrize("stored", [5, 40, 256])
def test_tiles_are_whole_blocks_within_all_limits(count: int, stored: int) -> None:
    tile = tile_side(count, stored)
    assert tile % 8 == 0
    assert SMALLEST_TILE <= tile <= min(LARGEST_TILE, max(stored, 8))
    assert tile == SMALLEST_TILE or count * tile**2 <= SHEET_PIXELS
