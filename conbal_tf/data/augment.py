"""Random changes of training images: stateless, each a function of (image, seed) alone.

A recipe takes an image [(height, width, 3) uint8], the side of the crop in pixels, how strong the changes are, and a
seed [(2,) int64]; it returns a crop [(side, side, 3) float32, 0-255]. The same seed gives the same crop.
"""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from conbal_tf.data.crop import random_crop
from tfrecords_tools.pixels import images

# Of red, green and blue (ITU-R BT.601), as in Pillow's conversion to grey.
_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Strength:
    """How strong a recipe's changes are; the defaults are those of the paper's code."""

    smallest_crop: float = 0.08
    """Least share of the image's area that a crop shows, 0 to 1."""
    colour: float = 1.0
    """Factor of the colour changes, 0 to 1."""


Recipe = Callable[[tf.Tensor, int, Strength, tf.Tensor], tf.Tensor]


def augment(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        ValueError: There is none.
    """
    if name not in RECIPES:
        raise ValueError(f"Unknown augmentation {name!r}. Allowed: {', '.join(RECIPES)}.")
    return RECIPES[name]


def random_resized_crop(image: tf.Tensor, side: int, smallest: float, seed: tf.Tensor) -> tf.Tensor:
    """Returns a random part of the image, resized to a square.

    Args:
        image: an image [(height, width, 3) uint8].
        side: of the crop, in pixels.
        smallest: the least share of the image's area that the part has, 0 to 1; its aspect ratio is 3/4 to 4/3.
        seed: of the draw [(2,) int64].

    Returns:
        The crop [(side, side, 3) float32], 0-255, resized as test images are.
    """
    corner, size = random_crop(tf.shape(image)[:2], smallest, seed)
    part = tf.slice(image, tf.concat([corner, [0]], axis=0), tf.concat([size, [-1]], axis=0))
    return images.resize(part, (side, side))


def random_flip(image: tf.Tensor, seed: tf.Tensor, axis: int) -> tf.Tensor:
    """Returns the image [(height, width, 3)], mirrored along `axis` half of the time."""
    return tf.cond(_uniform(seed, 1)[0] < 0.5, lambda: tf.reverse(image, [axis]), lambda: image)


def random_quarter_turns(image: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Returns the square image [(side, side, 3)] turned by 0, 90, 180 or 270 degrees, equally likely."""
    # rot90 gives up what is known of the shape, which no turn of a square changes.
    turned = tf.image.rot90(image, tf.cast(_uniform(seed, 1)[0] * 4, tf.int32))
    return tf.ensure_shape(turned, image.shape)


def colour_jitter(
    image: tf.Tensor,
    seed: tf.Tensor,
    factor: float = 1.0,
    *,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
) -> tf.Tensor:
    """Returns the image with changed brightness, contrast, saturation and hue, in this order.

    Each of the first three blends the image with black, its mean grey, or its own grey version by a factor drawn from
    1 - strength to 1 + strength, and clips. The paper names no order; a fixed one costs no branches.

    Args:
        image: 0-255 [(height, width, 3) float32].
        seed: of the draws [(2,) int64].
        factor: of all strengths.
        brightness: strength, 0 to 1.
        contrast: strength, 0 to 1.
        saturation: strength, 0 to 1.
        hue: largest turn of the colour circle either way, 0 to 0.5.

    Returns:
        The changed image, 0-255 [(height, width, 3) float32].
    """
    draws = factor * (_uniform(seed, 4) * 2.0 - 1.0)
    image = tf.clip_by_value(image * (1.0 + brightness * draws[0]), 0.0, 255.0)
    image = _blend(image, tf.reduce_mean(_grey(image)), 1.0 + contrast * draws[1])
    image = _blend(image, _grey(image), 1.0 + saturation * draws[2])
    # The way to hues and back takes as long for no change as for any.
    if hue == 0.0:
        return image
    return tf.clip_by_value(tf.image.adjust_hue(image / 255.0, hue * draws[3]) * 255.0, 0.0, 255.0)


def _blend(image: tf.Tensor, other: tf.Tensor, factor: tf.Tensor) -> tf.Tensor:
    return tf.clip_by_value(other + factor * (image - other), 0.0, 255.0)


def _grey(image: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(image * tf.constant(_GREY), axis=-1, keepdims=True)


def _uniform(seed: tf.Tensor, count: int) -> tf.Tensor:
    return tf.random.stateless_uniform((count,), seed)


def _paper(image: tf.Tensor, side: int, strength: Strength, seed: tf.Tensor) -> tf.Tensor:
    """The paper's code: crop of 8 to 100 % of the area, horizontal flip, colour jitter (.4, .4, .4, .2)."""
    # Each change has a seed of its own, so that none hangs on how many numbers another draws.
    crop, flip, colour = tf.unstack(tf.random.split(seed, 3))
    image = random_flip(random_resized_crop(image, side, strength.smallest_crop, crop), flip, axis=1)
    return colour_jitter(image, colour, strength.colour, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.2)


def _medical(image: tf.Tensor, side: int, strength: Strength, seed: tf.Tensor) -> tf.Tensor:
    """The paper's, with vertical flip and quarter turns: neither a lesion nor a retina has an upright."""
    base, flip, turn = tf.unstack(tf.random.split(seed, 3))
    return random_quarter_turns(random_flip(_paper(image, side, strength, base), flip, axis=0), turn)


def _digits(image: tf.Tensor, side: int, strength: Strength, seed: tf.Tensor) -> tf.Tensor:
    """For grey characters: a crop and mild contrast; no flip, which turns one digit into another."""
    crop, colour = tf.unstack(tf.random.split(seed, 2))
    image = random_resized_crop(image, side, strength.smallest_crop, crop)
    return colour_jitter(image, colour, strength.colour, brightness=0.3, contrast=0.3, saturation=0.0, hue=0.0)


RECIPES: dict[str, Recipe] = {
    "paper": _paper,
    "medical": _medical,
    "digits": _digits,
}
