"""The way from this project's normalised images into keras.applications' ResNet50."""

from pathlib import Path

import keras
import numpy as np
import pytest

from conbal_tf.networks import imagenet
from conbal_tf.networks.imagenet import CaffeInput, imagenet_resnet50
from conbal_tf.networks.resnet import backbone
from tfrecords_tools.pixels import images


def test_input_equals_keras_preprocessing() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 4, 3)).astype(np.float32)
    ours = CaffeInput(images.CHANNEL_MEANS, images.CHANNEL_DEVIATIONS)(images.normalise(pixels))
    np.testing.assert_allclose(ours, keras.applications.resnet50.preprocess_input(pixels.copy()), atol=1e-3)


def test_means_are_those_of_the_image_code() -> None:
    assert (imagenet._MEANS, imagenet._DEVIATIONS) == (images.CHANNEL_MEANS, images.CHANNEL_DEVIATIONS)


@pytest.mark.slow
def test_network_gives_features_at_any_size_and_survives_saving(tmp_path: Path) -> None:
    network = imagenet_resnet50(weights=None)
    inputs = np.random.default_rng(0).normal(size=(1, 64, 48, 3)).astype(np.float32)
    network.save(tmp_path / "backbone.keras")
    loaded = keras.models.load_model(tmp_path / "backbone.keras")
    np.testing.assert_allclose(loaded(inputs), network(inputs), atol=1e-5)


def test_weights_that_cannot_be_downloaded_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        keras.applications,
        "ResNet50",
        lambda **_: (_ for _ in ()).throw(Exception("URL fetch failure")),
    )
    with pytest.raises(
        FileNotFoundError, match=r"could not be downloaded .*train from scratch with --network.weights none"
    ):
        backbone("resnet50", weights="imagenet")
