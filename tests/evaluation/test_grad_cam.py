"""Grad-CAM: values by hand, a plain reference, a network that looks at one corner, and where cells lie."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from conbal_tf.evaluation.grad_cam import grad_cam, over_pixels
from conbal_tf.networks.canet import canet
from conbal_tf.networks.heads import classifier, classifier_head, cosine_head
from conbal_tf.networks.pooled_maps import split_at_pooling
from conbal_tf.networks.resnet import backbone

IMAGES = np.random.default_rng(0).normal(size=(3, 24, 16, 3)).astype(np.float32)


def pooled(maps: keras.KerasTensor, images: keras.KerasTensor) -> keras.Model:
    return keras.Model(images, layers.GlobalAveragePooling2D(name="features")(maps), name="tiny")


def test_values_by_hand() -> None:
    # The map is the image itself, of 2 x 2 places; of three channels class 0 likes the first and dislikes the second.
    images = keras.Input((None, None, 3))
    head = classifier_head(3, 2)
    head.set_weights([np.array([[8.0, 0.0], [-4.0, 0.0], [0.0, 4.0]]), np.zeros(2)])
    heat = grad_cam(classifier(pooled(layers.Identity()(images), images), head))
    picture = np.array([[[1.0, 0.0, 5.0], [1.0, 1.0, 0.0]], [[0.0, 3.0, 0.0], [0.0, 0.0, 2.0]]], np.float32)
    # d logit / d map is the weight over 4 places: 2 and -1 for class 0, 1 for class 1.
    found = heat(np.stack([picture, picture]), np.array([0, 1]))
    np.testing.assert_allclose(found, [[[2.0, 1.0], [0.0, 0.0]], [[5.0, 0.0], [0.0, 2.0]]], rtol=1e-6)


@pytest.mark.parametrize("head", [classifier_head, cosine_head])
def test_it_is_the_papers_formula_with_gradients_on_paper(head: Callable[..., keras.Model]) -> None:
    keras.utils.set_random_seed(1)
    network = backbone("resnet10_small", width=4)
    whole = classifier(network, head(network.output_shape[-1], 4))
    maps = split_at_pooling(whole)[0](IMAGES).numpy()
    weights = whole.layers[2].get_weights()[0].T if head is classifier_head else whole.layers[2].get_weights()[0]
    expected = np.zeros(maps.shape[:3])
    for number, label in enumerate([2, 0, 1]):
        slope, features = weights[label], maps[number].mean(axis=(0, 1))
        if head is cosine_head:
            # The derivative of 30 w.f / (|w| |f|).
            w, f, length = slope / np.linalg.norm(slope), features / np.linalg.norm(features), np.linalg.norm(features)
            slope = 30 * (w - (w @ f) * f) / length
        for row, column in np.ndindex(maps.shape[1:3]):
            # Each place has its share of the average.
            expected[number, row, column] = sum(slope / (maps.shape[1] * maps.shape[2]) * maps[number, row, column])
    found = grad_cam(whole)(IMAGES, np.array([2, 0, 1]))
    assert (found.max(axis=(1, 2)) > 0).all()
    np.testing.assert_allclose(found, np.maximum(expected, 0), rtol=1e-4, atol=1e-5 * found.max())


def test_with_attention_it_is_the_sum_of_the_formula_over_both_branches_image_by_image() -> None:
    keras.utils.set_random_seed(1)
    network, head, _ = vars(canet(backbone("resnet10_small", width=4), 4, units=32)).values()
    pooled_maps = [network.get_layer(f"{task}_pooling").input for task in ("grade", "referable")]
    tapped = keras.Model(network.input, [*pooled_maps, network.output])
    found = grad_cam(classifier(network, head))(IMAGES, np.array([2, 0, 1]))
    assert found.max() > 0
    for number, label in enumerate([2, 0, 1]):
        with tf.GradientTape() as tape:
            *maps, features = tapped(IMAGES[number : number + 1])
            logit = head(features)[0, label]
        heat = np.zeros(found.shape[1:])
        for one, gradient in zip(maps, tape.gradient(logit, maps), strict=True):
            for channel in range(one.shape[-1]):
                heat += gradient[0, ..., channel].numpy().mean() * one[0, ..., channel].numpy()
        np.testing.assert_allclose(found[number], np.maximum(heat, 0), rtol=1e-4, atol=1e-5 * found.max())


def test_network_that_looks_at_one_corner_alone_is_hot_in_that_corner_alone() -> None:
    keras.utils.set_random_seed(0)
    gate = np.zeros((1, 8, 8, 1), np.float32)
    gate[:, :3, 5:] = 1.0
    images = keras.Input((8, 8, 3))
    maps = layers.Conv2D(6, 3, padding="same", activation="relu")(images)
    network = pooled(maps * gate, images)
    heat = grad_cam(classifier(network, classifier_head(6, 5)))
    pictures = np.random.default_rng(0).normal(size=(5, 8, 8, 3)).astype(np.float32)
    found = over_pixels(heat(pictures, np.arange(5)), (8, 8), 8)
    assert (found[:, :3, 5:].max(axis=(1, 2)) == 1.0).any()
    found[:, :3, 5:] = 0.0
    assert not found.any()


def test_maps_of_half_precision_give_heat_like_full_ones() -> None:
    found = {}
    for policy in ("float32", "mixed_bfloat16"):
        keras.utils.set_random_seed(3)
        keras.config.set_dtype_policy(policy)
        try:
            network = backbone("resnet10_small", width=8)
            whole = classifier(network, classifier_head(network.output_shape[-1], 4))
        finally:
            keras.config.set_dtype_policy("float32")
        found[policy] = grad_cam(whole)(IMAGES, np.array([0, 1, 2]))
    assert found["mixed_bfloat16"].dtype == np.float32
    np.testing.assert_allclose(found["mixed_bfloat16"], found["float32"], atol=0.05 * found["float32"].max())


def test_cells_lie_over_every_eighth_pixel_and_between_them_it_is_linear() -> None:
    heat = np.zeros((2, 5, 5))
    heat[0, 1, 3] = 7.0
    found = over_pixels(heat, (40, 40), 40)
    assert np.unravel_index(found[0].argmax(), (40, 40)) == (8, 24)
    assert found[0, 8, 24] == 1.0
    np.testing.assert_allclose(found[0, 8:17, 24], np.linspace(1, 0, 9), atol=1e-6)
    np.testing.assert_allclose(found[0, 12, 20], 0.25, atol=1e-6)
    assert not found[1].any()


def test_last_cell_reaches_to_the_edge() -> None:
    heat = np.zeros((1, 5, 5))
    heat[0, 4, 4] = 0.5
    np.testing.assert_allclose(over_pixels(heat, (40, 40), 40)[0, 32:, 32:], 1.0)


@pytest.mark.parametrize(("extent", "cells", "side"), [((36, 36), (5, 5), 36), ((224, 320), (7, 10), 112)])
def test_a_picture_of_any_size_shows_the_cell_where_the_image_has_it(
    extent: tuple[int, int], cells: tuple[int, int], side: int
) -> None:
    heat = np.zeros((1, *cells))
    heat[0, 2, 3] = 1.0
    row, column = np.unravel_index(over_pixels(heat, extent, side)[0].argmax(), (side, side))
    stride = 8 if extent[0] == 36 else 32
    assert row == pytest.approx((2 * stride + 0.5) * side / extent[0] - 0.5, abs=0.51)
    assert column == pytest.approx((3 * stride + 0.5) * side / extent[1] - 0.5, abs=0.51)


def test_cells_of_the_network_look_at_the_pixels_that_they_are_drawn_over() -> None:
    keras.utils.set_random_seed(0)
    network = backbone("resnet10_small", width=8)
    to_maps, _ = split_at_pooling(classifier(network, classifier_head(network.output_shape[-1], 2)))
    images = tf.constant(np.random.default_rng(0).normal(size=(8, 96, 96, 3)).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(images)
        one_cell = tf.reduce_sum(to_maps(images)[:, 5, 7])
    influence = tf.reduce_sum(tape.gradient(one_cell, images) ** 2, axis=(0, 3)).numpy()
    places = np.arange(96)
    centre = [(influence.sum(axis=axis) * places).sum() / influence.sum() for axis in (1, 0)]
    drawn = np.zeros((1, 12, 12))
    drawn[0, 5, 7] = 1.0
    peak = np.unravel_index(over_pixels(drawn, (96, 96), 96)[0].argmax(), (96, 96))
    np.testing.assert_allclose(centre, peak, atol=0.7)
