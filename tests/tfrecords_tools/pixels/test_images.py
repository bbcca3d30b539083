"""The image code that everything shares, against an independent reference (Pillow) and by hand."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfrecords_tools.pixels import images

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 90, 3)).astype(np.uint8)


def encoded(pixels: np.ndarray, form: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form)
    return stream.getvalue()


@pytest.mark.parametrize("size", [(20, 30), (15, 40), (60, 90), (90, 120)])
def test_resize_is_the_antialiased_bilinear_one_of_pillow(size: tuple[int, int]) -> None:
    ours = np.asarray(images.resize(PIXELS, size))
    theirs = Image.fromarray(PIXELS).resize(size[::-1], Image.Resampling.BILINEAR)
    # Pillow rounds after each of its two passes.
    np.testing.assert_allclose(ours, np.asarray(theirs, np.float32), atol=1.5)


def test_checkerboard_shrinks_to_grey_and_not_to_stripes() -> None:
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    small = np.asarray(images.resize(np.repeat(board[:, :, None], 3, axis=2).astype(np.uint8), (12, 12)))
    assert np.abs(small[1:-1, 1:-1] - 127.5).max() < 20


@pytest.mark.parametrize(("shape", "expected"), [((60, 90), (20, 30)), ((90, 60), (30, 20)), ((45, 100), (20, 44))])
def test_short_side_gets_the_wanted_length_and_the_shape_is_kept(shape: tuple[int, int], expected: tuple) -> None:
    resized = images.resize_short_side(tf.zeros((*shape, 3), tf.uint8), 20)
    assert resized.dtype == tf.uint8
    assert tuple(resized.shape[:2]) == expected


def test_short_side_that_fits_already_changes_no_pixel() -> None:
    np.testing.assert_array_equal(images.resize_short_side(PIXELS, 60), PIXELS)


def test_extremely_narrow_image_keeps_at_least_a_pixel() -> None:
    assert images.resize_short_side(tf.zeros((2000, 3, 3), tf.uint8), 1).shape[1] == 1


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_grey_and_colour_images_decode_to_three_channels(form: str) -> None:
    colour, grey = (images.decode(encoded(pixels, form)) for pixels in (PIXELS, PIXELS[:, :, 0]))
    assert colour.shape == grey.shape == (60, 90, 3)
    assert np.ptp(np.asarray(grey, np.int32), axis=2).max() == 0


def test_png_decodes_exactly() -> None:
    np.testing.assert_array_equal(images.decode(encoded(PIXELS, "PNG")), PIXELS)


def test_stored_jpeg_is_close_to_its_pixels() -> None:
    smooth = np.asarray(images.resize(PIXELS[:6, :9], (60, 90))).astype(np.uint8)
    assert np.abs(np.asarray(images.decode(images.encode(smooth)), np.int32) - smooth).mean() < 2


@pytest.mark.parametrize(
    ("short_side", "crop", "ratio"),
    [
        *((40, "none", 1), (31, "none", 1), (30, "none", 2), (15, "none", 4), (8, "none", 4), (7, "none", 8)),
        *((16, "fundus", 1), (15, "fundus", 2), (7, "fundus", 4), (3, "fundus", 8)),
    ],
)
def test_jpeg_is_decoded_at_least_at_twice_the_wanted_size_and_at_four_times_before_a_crop(
    short_side: int, crop: str, ratio: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LEAST_DECODED_FOR", 1)
    pixels = np.asarray(images.resize(PIXELS[:5, :5], (120, 165))).astype(np.uint8)
    jpeg, png = encoded(pixels, "JPEG"), encoded(pixels, "PNG")
    decoded, size = images.decode_for(jpeg, short_side, crop)
    assert decoded.shape == (120 // ratio, -(-165 // ratio), 3) and tuple(np.asarray(size)) == (120, 165)
    assert images.reduction(jpeg, size, short_side, crop) == ratio
    assert images.reduction(png, size, short_side, crop) == 1
    whole, size = images.decode_for(png, short_side, crop)
    np.testing.assert_array_equal(whole, pixels)
    assert tuple(np.asarray(size)) == (120, 165)


def test_what_is_seen_of_a_reduced_jpeg_is_what_is_seen_of_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "LEAST_DECODED_FOR", 1)
    jpeg = encoded(np.asarray(images.resize(PIXELS, (600, 900))).astype(np.uint8), "JPEG")
    reduced, size = images.decode_for(jpeg, 150)
    assert reduced.shape == (300, 450, 3)
    whole = images.resize_short_side(images.decode(jpeg), 150)
    difference = np.subtract(images.as_stored(reduced, size, 150), whole, dtype=np.int32)
    assert np.abs(difference).mean() < 1 and np.abs(difference).max() <= 12


@pytest.mark.parametrize(("sides", "ratio"), [((1023, 1600), 1), ((1024, 1030), 2), ((2100, 2050), 4)])
def test_for_small_records_a_jpeg_is_decoded_as_for_256_pixels(sides: tuple[int, int], ratio: int) -> None:
    jpeg = encoded(np.zeros((*sides, 3), np.uint8), "JPEG")
    shapes = {images.decode_for(jpeg, size)[0].shape for size in (8, 64, 256)}
    assert shapes == {tf.TensorShape([*(-(-side // ratio) for side in sides), 3])}


def test_shape_of_a_reduced_jpeg_is_that_of_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "LEAST_DECODED_FOR", 1)
    jpeg = encoded(np.zeros((450, 600, 3), np.uint8), "JPEG")
    pixels, size = images.decode_for(jpeg, 56)
    assert pixels.shape == (113, 150, 3)
    assert images.as_stored(pixels, size, 56).shape == images.resize_short_side(images.decode(jpeg), 56).shape


@pytest.mark.parametrize("shape", [(450, 605), (451, 600), (456, 600), (605, 457)])
def test_part_of_a_pixel_at_the_end_of_a_reduced_jpeg_moves_nothing(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LEAST_DECODED_FOR", 1)
    jpeg = encoded(np.asarray(images.resize(PIXELS[:9, :12], shape)).astype(np.uint8), "JPEG")
    pixels, size = images.decode_for(jpeg, 28)
    assert pixels.shape[0] == -(-shape[0] // 8)
    whole = images.resize_short_side(images.decode(jpeg), 28)
    difference = np.abs(np.subtract(images.as_stored(pixels, size, 28), whole, dtype=np.int32))
    assert difference.mean() < 1 and difference.max() <= 8


def test_small_images_give_the_bytes_that_they_always_gave() -> None:
    jpeg = encoded(np.asarray(images.resize(PIXELS, (150, 200))).astype(np.uint8), "JPEG")
    stored = images.encode(images.as_stored(*images.decode_for(jpeg, 40), 40))
    assert stored == images.encode(images.resize_short_side(images.decode(jpeg), 40))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_truncated_image_is_an_error(form: str) -> None:
    whole = encoded(PIXELS, form)
    with pytest.raises(tf.errors.InvalidArgumentError):
        images.decode(whole[: len(whole) // 2])
    with pytest.raises(tf.errors.InvalidArgumentError):
        images.decode_for(whole[: len(whole) // 2], 20)


def test_normalised_channels_have_the_means_and_deviations_taken_out() -> None:
    pixels = np.array([[[123.675, 116.28 + 57.12, 103.53 - 57.375]]], np.float32)
    np.testing.assert_allclose(images.normalise(pixels), [[[0.0, 1.0, -1.0]]], atol=1e-6)


def test_everything_gives_the_same_inside_tf_data_and_a_graph() -> None:
    def prepare(image_bytes: tf.Tensor) -> tf.Tensor:
        pixels, size = images.decode_for(image_bytes, 24, "fundus")
        shown = images.normalise(images.as_stored(pixels, size, 24, "fundus"))
        return shown + tf.cast(tf.reduce_sum(size), tf.float32)

    data = encoded(PIXELS, "JPEG")
    eager = prepare(tf.constant(data))
    for other in (next(iter(tf.data.Dataset.from_tensors(data).map(prepare))), tf.function(prepare)(tf.constant(data))):
        np.testing.assert_allclose(other, eager, atol=1e-5)
