"""A classifier cut at its pooling: both parts together are the whole, whatever the network."""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.networks.canet import canet
from conbal_tf.networks.heads import classifier, classifier_head, cosine_head
from conbal_tf.networks.imagenet import imagenet_resnet50
from conbal_tf.networks.pooled_maps import split_at_pooling
from conbal_tf.networks.resnet import BACKBONES, backbone

IMAGES = np.random.default_rng(0).normal(size=(2, 40, 36, 3)).astype(np.float32)


def with_attention() -> keras.Model:
    parts = canet(backbone("resnet10_small", width=4), 5, units=32)
    return classifier(parts.network, parts.head)


def on(network: keras.Model, head: Callable[..., keras.Model] = classifier_head) -> keras.Model:
    return classifier(network, head(network.output_shape[-1], 5))


def on_small(name: str, head: Callable[..., keras.Model] = classifier_head) -> keras.Model:
    return on(backbone(name, width=4), head)


CLASSIFIERS: dict[str, Callable[[], keras.Model]] = {
    **{name: partial(on_small, name) for name in sorted(BACKBONES)},
    "imagenet": lambda: on(imagenet_resnet50(weights=None)),
    "cosine": partial(on_small, "resnet10_small", cosine_head),
    "attention": with_attention,
}


LARGE = ("imagenet", "resnet50")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LARGE)) for name in CLASSIFIERS]
)
def test_both_parts_make_the_whole_again_and_again(name: str) -> None:
    keras.utils.set_random_seed(0)
    whole = CLASSIFIERS[name]()
    for _ in range(2):
        to_maps, to_logits = split_at_pooling(whole)
        maps = to_maps(IMAGES)
        assert len(tf.nest.flatten(maps)) == (2 if name == "attention" else 1)
        assert all(one.shape[0] == 2 and len(one.shape) == 4 for one in tf.nest.flatten(maps))
        np.testing.assert_allclose(tf.nn.softmax(to_logits(maps)), whole(IMAGES), rtol=1e-4, atol=1e-6)


def test_of_an_attention_network_the_maps_are_those_after_its_gates() -> None:
    whole = with_attention()
    network = whole.layers[1]
    to_maps, _ = split_at_pooling(whole)
    before = keras.Model(network.input, network.get_layer("feature_map").output)(IMAGES)
    for after in to_maps(IMAGES):
        assert (np.abs(after) <= np.abs(before)).all()
        assert not np.allclose(after, before)


def test_network_that_pools_no_map_is_refused() -> None:
    images = keras.Input((None, None, 3))
    flat = keras.Model(images, keras.layers.GlobalMaxPooling2D(name="largest")(images), name="flat")
    with pytest.raises(
        ValueError, match=r"'flat' pools no feature map: received the layers .*largest\..*need a GlobalAveragePooling2D"
    ):
        split_at_pooling(on(flat))
