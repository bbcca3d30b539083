"""Backbones: shapes, published sizes, initial values, and what version 1.5 means."""

import keras
import numpy as np
import pytest

from conbal_tf.networks.resnet import BACKBONES, backbone
from conbal_tf.settings import choices


@pytest.mark.parametrize("name", sorted(BACKBONES))
def test_every_backbone_gives_finite_float32_features_at_any_image_size(name: str) -> None:
    network = backbone(name, width=4)
    for height, width in ((32, 32), (48, 40)):
        features = network(np.random.default_rng(0).normal(size=(2, height, width, 3)).astype(np.float32))
        assert features.shape == (2, network.output_shape[-1])
        assert keras.backend.standardize_dtype(features.dtype) == "float32"
        assert np.isfinite(features).all()


def test_resnet50_has_the_published_number_of_weights_and_features() -> None:
    network = backbone("resnet50")
    # 25,557,032 with the classifier of 2048 x 1000 + 1000; batch norm's statistics are not counted there.
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    assert trainable == 25_557_032 - 2_049_000
    assert network.output_shape == (None, 2048)


def test_resnet18_has_the_published_number_of_weights() -> None:
    trainable = sum(int(np.prod(weight.shape)) for weight in backbone("resnet18").trainable_weights)
    assert trainable == 11_689_512 - 513_000


def test_stride_sits_in_the_3x3_convolution_and_no_convolution_has_a_bias() -> None:
    network = backbone("resnet50", width=4)
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    strided = [layer for layer in convolutions[1:] if layer.strides == (2, 2)]
    # No bottleneck halves the resolution in its first 1x1 convolution.
    assert [layer.kernel_size for layer in strided] == [(3, 3)] * 3
    assert not any(layer.use_bias for layer in convolutions)


@pytest.mark.parametrize("name", sorted(BACKBONES))
def test_shortcuts_halve_the_map_before_their_convolution_which_has_no_stride(name: str) -> None:
    network = backbone(name, width=4)
    pools = [layer for layer in network.layers if getattr(layer, "pool_size", None) == (1, 1)]
    assert [pool.strides for pool in pools] == [(2, 2)] * 3
    picture = np.arange(2 * 5 * 6.0).reshape(1, 5, 6, 2)
    for pool in pools:
        np.testing.assert_array_equal(pool(picture), picture[:, ::2, ::2])
        (convolution,) = [node.operation for node in pool._outbound_nodes]
        assert (convolution.kernel_size, convolution.strides) == ((1, 1), (1, 1))


def test_weights_are_he_normal_over_the_fan_out() -> None:
    keras.utils.set_random_seed(0)
    network = backbone("resnet18", width=64)
    kernel = next(w for w in network.weights if w.shape == (3, 3, 128, 256)).numpy()
    assert kernel.std() == pytest.approx(np.sqrt(2 / (9 * 256)), rel=0.02)
    assert np.abs(kernel).max() > 3 * kernel.std()  # not truncated


def test_batch_norm_is_as_published_and_synchronised_when_asked() -> None:
    for synchronized in (False, True):
        network = backbone("resnet10_small", width=4, synchronized_batch_norm=synchronized)
        norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
        assert {(norm.momentum, norm.epsilon, norm.synchronized) for norm in norms} == {(0.9, 1e-5, synchronized)}


def test_unknown_backbone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Unknown backbone 'resnet5'. Allowed: resnet50"):
        backbone("resnet5")


def test_imagenet_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="No ImageNet weights for resnet18 of width 64"):
        backbone("resnet18", weights="imagenet")


def test_backbones_are_the_choices_of_the_settings() -> None:
    assert set(BACKBONES) == set(choices.names(choices.Backbone))


@pytest.mark.parametrize(("name", "sizes"), [("resnet10_small", (64, 68, 71)), ("resnet50", (256, 260, 263, 272))])
def test_what_is_seen_does_not_hang_on_the_parity_of_the_image_size(name: str, sizes: tuple[int, ...]) -> None:
    network = backbone(name, width=4)
    feature_maps = keras.Model(network.input, network.get_layer("features").input)
    # Without biases zeros stay zeros: a picture in a corner has the same maps however far the zeros reach around it.
    picture = np.random.default_rng(0).normal(size=(1, 20, 20, 3)).astype(np.float32)
    maps = [feature_maps(np.pad(picture, ((0, 0), (0, size - 20), (0, size - 20), (0, 0)))) for size in sizes]
    assert np.abs(maps[0][:, :2, :2]).max() > 0
    for other in maps[1:]:
        np.testing.assert_allclose(maps[0][:, :2, :2], other[:, :2, :2], atol=1e-5)
