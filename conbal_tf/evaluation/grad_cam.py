"""Grad-CAM: which places of an image speak for a class."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.networks.pooled_maps import split_at_pooling

# One graph for all sizes of an image.
SIGNATURE = (tf.TensorSpec((None, None, None, 3), tf.float32), tf.TensorSpec((None,), tf.int32))
HeatMaps = Callable[[tf.Tensor, tf.Tensor], np.ndarray]


def grad_cam(trained: keras.Model) -> HeatMaps:
    """Returns the function that tells where a classifier sees signs of a class.

        heat = ReLU(sum over channels k of weight_k * map_k),
        weight_k = mean over all places of d logit of the class / d map_k

    The maps are those that the network pools. Of an attention network they are the ones after attention: a place that
    its gates close is cold, as it should be, which it is not where the gates lie between map and class.

    Args:
        trained: a saved `heads.classifier`, images to class probabilities.

    Returns:
        A function of (images [(n, height, width, 3) float32], classes [(n,) int]) to heat at each cell of the map
        [(n, rows, columns) float32], 0 or more, not scaled.

    Reference:
        Selvaraju et al. (2017), "Grad-CAM: visual explanations from deep networks", Eq. (1) and (2).
    """
    to_maps, to_logits = split_at_pooling(trained)

    @tf.function(input_signature=SIGNATURE)
    def heat(pictures: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        # Maps of half precision are summed in full.
        maps = [tf.cast(one, tf.float32) for one in tf.nest.flatten(to_maps(pictures, training=False))]
        with tf.GradientTape() as tape:
            tape.watch(maps)
            logits = tf.gather(to_logits(maps, training=False), classes, batch_dims=1)
        gradients = tape.gradient(logits, maps)
        weighted = [
            tf.einsum("nhwk,nk->nhw", one, tf.reduce_mean(gradient, axis=(1, 2)))
            for one, gradient in zip(maps, gradients, strict=True)
        ]
        return tf.nn.relu(tf.add_n(weighted))

    return lambda pictures, classes: heat(pictures, tf.cast(classes, tf.int32)).numpy()


def over_pixels(heat: np.ndarray, extent: tuple[int, int], side: int) -> np.ndarray:
    """Returns heat maps as wide as a square picture of the images, bilinear, each with 1 as its largest value.

    Every halving of this project's networks centres cell k on row and column 2k (see `networks.resnet`), so that cell
    k of a map lies over pixel k * stride of the image, not in the middle of its share of the image. Maps without any
    heat stay 0.

    Args:
        heat: [(n, rows, columns) float], 0 or more.
        extent: height and width of the images that the network saw, in pixels.
        side: of the picture, to which the whole image is squeezed.

    Returns:
        [(n, side, side) float32] in 0-1.
    """
    down, across = (
        _interpolation(cells, pixels, side) for cells, pixels in zip(heat.shape[1:], extent, strict=True)
    )  # fmt: skip
    pixels = down @ heat.astype(np.float32) @ across.T
    largest = pixels.max(axis=(1, 2), keepdims=True)
    return np.divide(pixels, largest, out=np.zeros_like(pixels), where=largest > 0)


def _interpolation(cells: int, pixels: int, side: int) -> np.ndarray:
    """Returns the weights of a line of cells for each of `side` places along an image [(side, cells) float32]."""
    # A map has the image's length over its stride, rounded up; strides are powers of two.
    stride = 2 ** np.ceil(np.log2(pixels / cells))
    # Centres of the picture's pixels, counted in pixels of the image.
    places = (np.arange(side) + 0.5) * pixels / side - 0.5
    nearness = 1 - np.abs(np.clip(places / stride, 0, cells - 1)[:, np.newaxis] - np.arange(cells))
    return np.maximum(nearness, 0).astype(np.float32)
