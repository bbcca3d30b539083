"""The crop of fundus photographs: a disc on black by hand, and what must not be cut."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from conbal_tf.settings import choices
from tfrecords_tools.pixels import images
from tfrecords_tools.pixels.fundus import crop_fundus
from tfrecords_tools.records import CROPS


def disc(height: int, width: int, centre: tuple[int, int], radius: int) -> np.ndarray:
    """Returns a reddish disc on black."""
    rows, columns = np.mgrid[0:height, 0:width]
    inside = (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2
    return (inside[:, :, None] * np.array([180, 90, 30])).astype(np.uint8)


def test_every_crop_is_known_everywhere() -> None:
    assert tuple(images.CROPS) == CROPS == choices.names(choices.Crop)


def test_disc_on_black_is_cropped_to_its_box() -> None:
    pixels = disc(100, 98, (48, 45), 40)
    np.testing.assert_array_equal(crop_fundus(pixels), pixels[8:89, 5:86])


# A block of colour has 16 pixels, over which a strongly compressed JPEG smears the edge and would smear a speck.
@pytest.mark.parametrize(("quality", "tolerance", "speck"), [(95, 4, 255), (50, 16, 0)])
def test_noise_of_jpeg_specks_and_a_camera_that_sees_no_black_move_no_edge(
    quality: int, tolerance: int, speck: int
) -> None:
    generator = np.random.default_rng(0)
    pixels = np.maximum(disc(200, 320, (100, 160), 90), generator.integers(0, 14, (200, 320, 1))).astype(np.uint8)
    pixels[5, 5] = pixels[195, 310] = speck
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    height, width, _ = np.asarray(crop_fundus(images.decode(stream.getvalue()))).shape
    assert abs(height - 181) <= tolerance and abs(width - 181) <= tolerance


@pytest.mark.parametrize("height", [4, 60, 2000])
def test_image_without_anything_bright_is_left_whole(height: int) -> None:
    for pixels in (np.zeros((height, 40, 3), np.uint8), np.full((height, 40, 3), 20, np.uint8)):
        np.testing.assert_array_equal(crop_fundus(pixels), pixels)


def test_image_without_border_and_one_with_a_bright_spot_alone_are_left_whole() -> None:
    for pixels in (np.full((60, 40, 3), 200, np.uint8), disc(100, 100, (50, 50), 10)):
        np.testing.assert_array_equal(crop_fundus(pixels), pixels)


def test_disc_that_touches_the_edges_is_cut_at_the_sides_alone() -> None:
    pixels = disc(100, 180, (50, 90), 70)
    np.testing.assert_array_equal(crop_fundus(pixels), pixels[:, 20:161])


def test_large_image_is_cropped_within_a_step_of_the_grid_and_never_inside_the_disc() -> None:
    pixels = disc(1600, 2100, (801, 1002), 701)
    found = np.asarray(tf.function(crop_fundus)(tf.constant(pixels)))
    assert all(1403 <= side <= 1403 + 2 * 3 for side in found.shape[:2])
    assert found.sum(dtype=np.int64) == pixels.sum(dtype=np.int64)


def test_real_fundus_loses_its_black_sides(real_data: Callable[[str], Path]) -> None:
    content = (real_data("originals") / "aptos2019" / "0a61bddab956.png").read_bytes()
    height, width, _ = crop_fundus(images.decode(content)).shape
    assert height == 1736 and abs(width - 2259) <= 8
