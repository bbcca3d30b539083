"""Which part of an image a training crop shows."""

import math

import tensorflow as tf

TRIES = 10
LARGEST_ASPECT = 4 / 3
"""Of width to height, or of height to width."""


def random_crop(size: tf.Tensor, smallest: float, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns a random part of an image, drawn as torchvision's RandomResizedCrop draws it.

    Share of the area, uniform, and aspect ratio, uniform in its logarithm, are drawn up to ten times, until the part
    fits into the image; if none does, it is the largest central part of an allowed aspect ratio. TensorFlow's own
    `sample_distorted_bounding_box` keeps the same limits, but draws smaller parts: of 600 x 450 pixels, at 0.08, .355
    of the area on average instead of .435.

    Args:
        size: height and width of the image, in pixels [(2,) int32].
        smallest: the least share of the image's area that the part has, 0 to 1; its aspect ratio is 3/4 to 4/3.
        seed: of the draws [(2,) int64].

    Returns:
        The part's upper left corner and its height and width, in pixels [(2,) int32 each].
    """
    extent = tf.cast(size, tf.float32)
    # All tries at once, and the first that fits: ten numbers cost less than a loop of the graph.
    share, aspect, *place = tf.unstack(tf.random.stateless_uniform((4, TRIES), seed))
    side = tf.sqrt((smallest + (1.0 - smallest) * share) * tf.reduce_prod(extent))
    # The logarithm of the aspect ratio is uniform in +-log(4/3); of its root, in half of that.
    root_of_aspect = tf.exp(math.log(LARGEST_ASPECT) * (aspect - 0.5))
    tried = tf.round(tf.stack([side / root_of_aspect, side * root_of_aspect], axis=1))
    fits = tf.reduce_all((tried >= 1.0) & (tried <= extent), axis=1)
    # Of equal values the first; 0 where no try fits, which `where` finds out below.
    first = tf.argmax(fits)
    # The shorter side whole, and of the longer one as much as the largest aspect ratio allows.
    central = tf.minimum(extent, tf.round(extent[::-1] * LARGEST_ASPECT))
    part = tf.where(fits[first], tried[first], central)
    room = extent - part
    corner = tf.where(fits[first], tf.stack(place, axis=1)[first] * (room + 1.0), room / 2.0)
    # A draw just below 1 may be rounded up to the first place that is too far.
    return tf.cast(tf.minimum(tf.floor(corner), room), tf.int32), tf.cast(part, tf.int32)
