"""The deterministic image code: conversion, training, evaluation and serving call it, so they cannot drift apart.

Every function is made of TensorFlow operations and runs eagerly, inside tf.data and inside a SavedModel alike.
"""

import tensorflow as tf

JPEG_QUALITY = 95
# Mean and standard deviation of ImageNet's channels on the 0-255 scale, as commonly published.
CHANNEL_MEANS = (123.675, 116.28, 103.53)
CHANNEL_DEVIATIONS = (58.395, 57.12, 57.375)


def decode(image_bytes: tf.Tensor) -> tf.Tensor:
    """Returns the pixels of an encoded JPEG or PNG.

    Args:
        image_bytes: one encoded image [() string].

    Returns:
        Pixels in RGB, 0-255 [(height, width, 3) uint8]; a grey image has three equal channels.

    Raises:
        tf.errors.InvalidArgumentError: The bytes are no image, or a truncated one.
    """
    pixels = tf.io.decode_image(image_bytes, channels=3, expand_animations=False)
    return tf.ensure_shape(pixels, (None, None, 3))


def encode(pixels: tf.Tensor) -> tf.Tensor:
    """Returns pixels [(height, width, 3) uint8] as JPEG bytes [() string], quality 95, colour at full resolution."""
    return tf.io.encode_jpeg(pixels, quality=JPEG_QUALITY, chroma_downsampling=False)


def resize_short_side(pixels: tf.Tensor, short_side: int) -> tf.Tensor:
    """Returns the image with its shorter side resized to `short_side` pixels, its shape kept.

    Args:
        pixels: an image, 0-255 [(height, width, 3) uint8].
        short_side: the wanted length of the shorter side, in pixels.

    Returns:
        The resized image [(height, width, 3) uint8]. One whose shorter side has that length already is unchanged.
    """
    height, width = tf.unstack(tf.shape(pixels)[:2])
    scale = short_side / tf.minimum(height, width)
    size = tf.maximum(tf.cast(tf.round(tf.cast(tf.stack([height, width]), scale.dtype) * scale), tf.int32), 1)
    return tf.cast(tf.round(resize(pixels, size)), tf.uint8)


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


def normalise(pixels: tf.Tensor) -> tf.Tensor:
    """Returns pixels [(..., 3), 0-255] as a network's input [(..., 3) float32]: minus the mean, over the deviation."""
    return (tf.cast(pixels, tf.float32) - tf.constant(CHANNEL_MEANS)) / tf.constant(CHANNEL_DEVIATIONS)
