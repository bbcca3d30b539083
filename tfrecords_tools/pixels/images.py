"""The deterministic image code: conversion, training, evaluation and serving call it, so they cannot drift apart.

Every function is made of TensorFlow operations and runs eagerly, inside tf.data and inside a SavedModel alike. For
originals there are `decode_for` and `as_stored`, for what records hold `decode`.
"""

from collections.abc import Callable
from functools import partial

import tensorflow as tf

from tfrecords_tools.pixels.bit_depth import stretch_table
from tfrecords_tools.pixels.formats import MAX_PIXELS
from tfrecords_tools.pixels.fundus import crop_fundus
from tfrecords_tools.pixels.headers import checked_size, is_deep_png, is_jpeg
from tfrecords_tools.pixels.orientation import is_transposed, read_orientation, upright

JPEG_QUALITY = 95
# TensorFlow's own choice is a fast inverse cosine transform: up to 13 grey levels off, and darker in red and blue. This
# one gives what Pillow, torchvision and OpenCV decode, to the last bit.
_decode_jpeg = partial(tf.io.decode_jpeg, channels=3, dct_method="INTEGER_ACCURATE")
# What JPEG's decoder can divide the sides by, for less work, and how many times the wanted side is then left at least.
REDUCTIONS = (1, 2, 4, 8)
LEFT_OVER = 2
LEFT_OVER_BEFORE_CROP = 4
# For records smaller than this, images are decoded as for this size, so that conversion can hash the same pixels.
LEAST_DECODED_FOR = 256
# As a shorter side: no image has so many pixels that any of them would be spared.
WHOLE = MAX_PIXELS
# Mean and standard deviation of ImageNet's channels on the 0-255 scale, as commonly published.
CHANNEL_MEANS = (123.675, 116.28, 103.53)
CHANNEL_DEVIATIONS = (58.395, 57.12, 57.375)


def decode(image_bytes: tf.Tensor) -> tf.Tensor:
    """Returns the pixels of an encoded image as a record has it: whole, its EXIF orientation not looked at.

    Args:
        image_bytes: one encoded JPEG; TensorFlow's operation takes a PNG, too [() string].

    Returns:
        Pixels in RGB, 0-255 [(height, width, 3) uint8]; a grey image has three equal channels.

    Raises:
        tf.errors.InvalidArgumentError: The bytes are no image, or a truncated one.
    """
    return tf.ensure_shape(_decode_jpeg(image_bytes), (None, None, 3))


def decode_for(
    image_bytes: tf.Tensor, short_side: int | tf.Tensor, crop: str = "none", bits: int | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns an original's pixels, upright, and no more of them than its record needs.

    Alpha is dropped: a file does not say what it is to lie on, and Pillow's `convert("RGB")`, which most pipelines use,
    drops it too. Of 16 bits the upper 8 stay, as with Pillow, unless `bits` says how many are used. Of a GIF the first
    frame is taken, its transparent pixels black.

    Args:
        image_bytes: one encoded JPEG, PNG, BMP or GIF [() string].
        short_side: the length that the shorter side is to get, in pixels.
        crop: name of the crop that is still to come, one of `CROPS`.
        bits: how many bits the values of a 16-bit PNG have, the low ones: these are stretched to 8.

    Returns:
        Pixels in RGB, 0-255 [(height, width, 3) uint8], the sides divided by `reduction`, and height and width of the
        whole image [(2,) int32].

    Raises:
        tf.errors.InvalidArgumentError: The bytes are no such image, a truncated one, one that `headers` refuses, or one
            with a value of more bits.
    """
    size = checked_size(image_bytes)
    decoders = [partial(_decode_jpeg, image_bytes, ratio=ratio) for ratio in REDUCTIONS]
    which = tf.where(is_jpeg(image_bytes), _number_of_reduction(size, short_side, crop), len(decoders))
    # Without the dependency a graph might unpack an image of any size while its size is still looked at.
    with tf.control_dependencies([size]):
        pixels = tf.switch_case(which, [*decoders, partial(_decode_other, image_bytes, bits)])
    orientation = read_orientation(image_bytes)
    size = tf.cond(is_transposed(orientation), lambda: size[::-1], lambda: size)
    return tf.ensure_shape(upright(pixels, orientation), (None, None, 3)), size


def _decode_other(image_bytes: tf.Tensor, bits: int | None) -> tf.Tensor:
    """Returns the pixels of a PNG, BMP or GIF."""

    def as_it_is() -> tf.Tensor:
        return tf.io.decode_image(image_bytes, channels=3, expand_animations=False)

    if bits is None:
        return as_it_is()
    return tf.cond(is_deep_png(image_bytes), lambda: _decode_deep(image_bytes, bits), as_it_is)


def _decode_deep(image_bytes: tf.Tensor, bits: int) -> tf.Tensor:
    values = tf.cast(tf.io.decode_png(image_bytes, channels=3, dtype=tf.uint16), tf.int32)
    greatest, most = tf.reduce_max(values), 2**bits - 1
    text = tf.strings.format(f"The PNG holds the value {{}}, above the {most} of {bits} bits.", greatest)
    check = tf.debugging.Assert(greatest <= most, [text])
    with tf.control_dependencies([] if check is None else [check]):
        return tf.gather(tf.constant(stretch_table(bits)), values)


def reduction(image_bytes: tf.Tensor, size: tf.Tensor, short_side: int | tf.Tensor, crop: str = "none") -> tf.Tensor:
    """Returns by how much `decode_for` divides the sides of an image.

    A JPEG's are divided as long as the shorter one stays twice as long as is wanted (four times before a crop, which
    may take half away) and twice 256, so that the antialiased resizing still decides what is seen. Other formats, and
    JPEGs of less than 1,024 pixels, are decoded whole.

    Args:
        image_bytes: as for `decode_for`.
        size: its height and width, in either order [(2,) int32].
        short_side: as for `decode_for`.
        crop: as for `decode_for`.

    Returns:
        1, 2, 4 or 8 [() int32].
    """
    return tf.where(is_jpeg(image_bytes), tf.gather(REDUCTIONS, _number_of_reduction(size, short_side, crop)), 1)


def _number_of_reduction(size: tf.Tensor, short_side: int | tf.Tensor, crop: str) -> tf.Tensor:
    left = tf.maximum(short_side, LEAST_DECODED_FOR) * (LEFT_OVER if crop == "none" else LEFT_OVER_BEFORE_CROP)
    return tf.reduce_sum(tf.cast(tf.reduce_min(size) >= left * tf.constant(REDUCTIONS[1:]), tf.int32))


def as_stored(pixels: tf.Tensor, size: tf.Tensor, short_side: int | tf.Tensor, crop: str = "none") -> tf.Tensor:
    """Returns what `decode_for` gave as a record stores it, but for the encoding.

    Args:
        pixels: an original, 0-255 [(height, width, 3) uint8].
        size: height and width of the whole original, of which the pixels may have a half to an eighth [(2,) int32].
        short_side: the length that the shorter side gets, in pixels.
        crop: what is cut away before, one of `CROPS`.

    Returns:
        The resized image [(height', width', 3) uint8].
    """
    if crop != "none":
        return resize_short_side(CROPS[crop](pixels), short_side)
    # 450 rows, by eight, are 56.25 rows, of which the decoder makes 57.
    ratio = tf.gather(REDUCTIONS, tf.reduce_sum(tf.cast(size[0] > tf.shape(pixels)[0] * REDUCTIONS[:-1], tf.int32)))
    return resize_short_side(pixels, short_side, size / ratio)


def encode(pixels: tf.Tensor) -> tf.Tensor:
    """Returns pixels [(height, width, 3) uint8] as JPEG bytes [() string], quality 95, colour at full resolution."""
    return tf.io.encode_jpeg(pixels, quality=JPEG_QUALITY, chroma_downsampling=False)


def resize_short_side(pixels: tf.Tensor, short_side: int | tf.Tensor, extent: tf.Tensor | None = None) -> tf.Tensor:
    """Returns the image with its shorter side resized to `short_side` pixels, its shape kept.

    Args:
        pixels: an image, 0-255 [(height, width, 3) uint8].
        short_side: the wanted length of the shorter side, in pixels.
        extent: height and width of what is shown, where the last row and column are there in part [(2,) float64].

    Returns:
        The resized image [(height', width', 3) uint8]. One whose shorter side has that length already is unchanged.
    """
    extent = tf.cast(tf.shape(pixels)[:2], tf.float64) if extent is None else extent
    scale = tf.cast(short_side, tf.float64) / tf.reduce_min(extent)
    size = tf.maximum(tf.cast(tf.round(extent * scale), tf.int32), 1)
    return tf.cast(tf.round(_resized(pixels, size, extent)), tf.uint8)


def resize(pixels: tf.Tensor, size: tf.Tensor | tuple[int, int]) -> tf.Tensor:
    """Returns the image at `size`, bilinear and antialiased: the one way in which this project scales images.

    A training crop resized without antialiasing and a test image resized with it look different to a network.

    Args:
        pixels: an image, 0-255 [(height, width, 3) uint8 or float32].
        size: height and width, in pixels [(2,) int32].

    Returns:
        The resized image, 0-255, not rounded [(size[0], size[1], 3) float32].
    """
    return tf.clip_by_value(tf.image.resize(pixels, size, method="bilinear", antialias=True), 0.0, 255.0)


def _resized(pixels: tf.Tensor, size: tf.Tensor, extent: tf.Tensor) -> tf.Tensor:
    """Returns what `tf.image.resize` does, which knows no parts of pixels: by a rounding error below 0 or above 255."""
    scale = tf.cast(size, tf.float32) / tf.cast(extent, tf.float32)
    return tf.raw_ops.ScaleAndTranslate(
        images=pixels[tf.newaxis], size=size, scale=scale, translation=(0.0, 0.0), kernel_type="triangle"
    )[0]


def normalise(pixels: tf.Tensor) -> tf.Tensor:
    """Returns pixels [(..., 3), 0-255] as a network's input [(..., 3) float32]: minus the mean, over the deviation."""
    return (tf.cast(pixels, tf.float32) - tf.constant(CHANNEL_MEANS)) / tf.constant(CHANNEL_DEVIATIONS)


CROPS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {"none": lambda pixels: pixels, "fundus": crop_fundus}
