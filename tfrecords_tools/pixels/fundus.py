"""The bounding box of a fundus photograph's bright disc, in TensorFlow operations."""

import tensorflow as tf

# Of 255, in the brightest channel. In APTOS 2019 the black border has up to 16 (99th percentile, with JPEG's noise);
# boxes at 15 and at 25 are those at 20, within 3 of 128 pixels, in 99 % of its images.
DARK = 20
# A row or column with less than this share above it is border: specks, hot pixels and noise are.
LEAST_SHARE = 0.01
# A box smaller than this share of either side is no fundus, and would be blown up out of all proportion.
LEAST_SIDE = 0.25
# Images are looked at on a grid of about this many points along the shorter side.
GRID = 512


def crop_fundus(pixels: tf.Tensor) -> tf.Tensor:
    """Returns an image without its black border.

    Where nothing, or next to nothing, is brighter than a border, the whole image is returned.

    Args:
        pixels: a fundus photograph, 0-255 [(height, width, 3) uint8].

    Returns:
        The bounding box of what is no border [(height', width', 3) uint8]. Where the shorter side has twice `GRID`
        pixels or more, it may be larger by one step of the grid on each side.
    """
    shape = tf.shape(pixels)[:2]
    step = tf.maximum(tf.reduce_min(shape) // GRID, 1)
    bright = tf.reduce_max(pixels[::step, ::step], axis=2) > DARK
    (top, bottom), (left, right) = (_extent(bright, axis, step, shape[1 - axis]) for axis in (1, 0))
    begin, size = tf.stack([top, left]), tf.stack([bottom - top, right - left])
    is_fundus = tf.reduce_all(tf.cast(size, tf.float32) >= LEAST_SIDE * tf.cast(shape, tf.float32))
    begin, size = tf.where(is_fundus, begin, 0), tf.where(is_fundus, size, shape)
    return tf.slice(pixels, tf.concat([begin, [0]], axis=0), tf.concat([size, [3]], axis=0))


def _extent(bright: tf.Tensor, axis: int, step: tf.Tensor, length: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns where what is bright begins and ends along the other axis, in pixels; nothing bright is 0 and 0."""
    share = tf.reduce_mean(tf.cast(bright, tf.float32), axis=axis)
    places = tf.cast(tf.where(share >= LEAST_SHARE)[:, 0], tf.int32)
    bounds = tf.cond(
        tf.size(places) > 0, lambda: tf.stack([places[0], places[-1] + 1]), lambda: tf.zeros((2,), tf.int32)
    )
    # What is bright at a point of the grid may begin right after the point before.
    return tf.maximum(bounds[0] * step - (step - 1), 0), tf.minimum(bounds[1] * step, length)
