"""Networks have their channels last, whatever ~/.keras/keras.json says."""

from collections.abc import Iterator

import keras
import pytest

from conbal_tf.networks.attention import channel_gate, spatial_gate
from conbal_tf.networks.resnet import BACKBONES, backbone


@pytest.fixture
def channels_first() -> Iterator[None]:
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format(before)


@pytest.mark.usefixtures("channels_first")
@pytest.mark.parametrize("name", BACKBONES)
def test_every_backbone_has_its_channels_last(name: str) -> None:
    network = backbone(name, width=2)
    formats = {layer.data_format for layer in network.layers if hasattr(layer, "data_format")}
    assert formats == {"channels_last"}
    assert network.compute_output_shape((1, 32, 32, 3)) == (1, network.output_shape[-1])


@pytest.mark.usefixtures("channels_first")
def test_attention_looks_at_channels_that_are_last() -> None:
    shown = keras.Input((8, 9, 32))
    network = keras.Model(shown, spatial_gate(channel_gate(shown)))
    assert network.output_shape == (None, 8, 9, 32)
    formats = {layer.data_format for layer in network.layers if hasattr(layer, "data_format")}
    assert formats == {"channels_last"}
