"""Every recipe by itself, eagerly and inside tf.data; and the pieces that they are made of."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.data.augment import (
    RECIPES,
    Strength,
    augment,
    colour_jitter,
    random_flip,
    random_quarter_turns,
    random_resized_crop,
)
from conbal_tf.settings import choices

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 53, 3)).astype(np.uint8)
NO_CHANGE = {"brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0}


def seed(number: int) -> tf.Tensor:
    return tf.constant([7, number], tf.int64)


def draws(function: Callable[[tf.Tensor], tf.Tensor], count: int = 60) -> list[np.ndarray]:
    return [np.asarray(function(seed(number))) for number in range(count)]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_gives_a_square_crop_in_range_that_hangs_on_the_seed_alone(name: str) -> None:
    crops = draws(lambda key: augment(name)(IMAGE, 24, Strength(), key), 8)
    assert all(crop.shape == (24, 24, 3) and crop.dtype == np.float32 for crop in crops)
    assert all(crop.min() >= 0 and crop.max() <= 255 for crop in crops)
    assert len({crop.tobytes() for crop in crops}) == 8
    np.testing.assert_array_equal(augment(name)(IMAGE, 24, Strength(), seed(3)), crops[3])


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_gives_the_same_inside_tf_data(name: str) -> None:
    dataset = tf.data.Dataset.range(3).map(
        lambda number: augment(name)(IMAGE, 24, Strength(), tf.stack([tf.constant(7, tf.int64), number]))
    )
    for number, crop in enumerate(dataset.as_numpy_iterator()):
        np.testing.assert_allclose(crop, augment(name)(IMAGE, 24, Strength(), seed(number)), atol=1e-3)


def test_recipes_are_the_choices_of_the_settings() -> None:
    assert sorted(RECIPES) == sorted(choices.names(choices.Augmentation))


def test_unknown_recipe_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Unknown augmentation 'papre'. Allowed: paper, medical, digits"):
        augment("papre")


def test_flip_mirrors_half_of_the_time() -> None:
    image = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    flipped = draws(lambda key: random_flip(image, key, axis=1), 200)
    assert all(np.array_equal(one, image) or np.array_equal(one, image[:, ::-1]) for one in flipped)
    assert 70 < sum(np.array_equal(one, image) for one in flipped) < 130


def test_quarter_turns_are_equally_likely() -> None:
    image = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    turned = draws(lambda key: random_quarter_turns(tf.constant(image), key), 200)
    counts = [sum(np.array_equal(one, np.rot90(image, turns)) for one in turned) for turns in range(4)]
    assert sum(counts) == 200
    assert min(counts) > 25


def test_digits_are_never_mirrored() -> None:
    # Bright on the left, dark on the right: no crop, brightness or contrast turns that round.
    image = np.zeros((16, 16, 3), np.uint8)
    image[:, :8] = 200
    for crop in draws(lambda key: augment("digits")(image, 16, Strength(0.6), key)):
        assert crop[:, :4].mean() >= crop[:, -4:].mean()


def test_crop_shows_at_least_the_share_of_the_area_that_it_is_told() -> None:
    # A ramp across the image: how much of it a crop shows is seen in the difference of its edges.
    ramp = np.tile(np.linspace(0, 255, 100)[None, :, None], (100, 1, 3)).astype(np.uint8)
    mild = draws(lambda key: random_resized_crop(ramp, 20, 0.9, key), 40)
    harsh = draws(lambda key: random_resized_crop(ramp, 20, 0.08, key), 40)
    assert min(np.ptp(crop) for crop in mild) > 190
    assert min(np.ptp(crop) for crop in harsh) < 110


def test_crop_of_the_whole_image_is_resized_as_test_images_are() -> None:
    from tfrecords_tools.pixels import images

    square = IMAGE[:, :40]
    crop = random_resized_crop(square, 24, 0.9999, seed(0))
    assert np.abs(np.asarray(crop) - np.asarray(images.resize(square, (24, 24)))).mean() < 12


def test_colour_jitter_of_strength_zero_changes_nothing() -> None:
    image = tf.cast(IMAGE, tf.float32)
    np.testing.assert_allclose(colour_jitter(image, seed(0), **NO_CHANGE), image, atol=1e-3)


@pytest.mark.parametrize("kind", ["brightness", "contrast", "saturation", "hue"])
def test_each_kind_of_colour_jitter_changes_the_image(kind: str) -> None:
    image = tf.cast(IMAGE, tf.float32)
    changed = colour_jitter(image, seed(1), **(NO_CHANGE | {kind: 0.4}))
    assert float(tf.reduce_mean(tf.abs(changed - image))) > 1


def test_saturation_and_hue_leave_a_grey_image_alone() -> None:
    grey = tf.cast(np.repeat(IMAGE[:, :, :1], 3, axis=2), tf.float32)
    changed = colour_jitter(grey, seed(1), **(NO_CHANGE | {"saturation": 0.4, "hue": 0.2}))
    np.testing.assert_allclose(changed, grey, atol=0.1)


def test_colour_strength_of_zero_leaves_colours_alone_and_a_half_changes_less_than_one() -> None:
    image = tf.cast(IMAGE, tf.float32)
    full = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.2}
    none, half, whole = (colour_jitter(image, seed(1), factor, **full) for factor in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(none, image, atol=1e-3)
    assert 0 < np.abs(half - image).mean() < np.abs(whole - image).mean()
