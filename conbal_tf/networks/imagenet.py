"""ResNet50 with ImageNet weights, fed with this project's normalised images."""

import keras
from keras import layers, ops

# What the images were normalised with; a test holds it equal to that of tfrecords_tools.pixels.images, which networks
# do not import.
_MEANS = (123.675, 116.28, 103.53)
_DEVIATIONS = (58.395, 57.12, 57.375)
# What keras.applications' ResNet50 was trained on: BGR minus these means, on the 0-255 scale.
_BGR_MEANS = (103.939, 116.779, 123.68)


@keras.saving.register_keras_serializable("conbal_tf")
class CaffeInput(layers.Layer):
    """Turns images normalised by channel mean and deviation into the input of keras.applications' ResNet50.

    Args:
        channel_means: what the images were reduced by, RGB, on the 0-255 scale.
        channel_deviations: what they were divided by after.
    """

    def __init__(
        self, channel_means: tuple[float, ...], channel_deviations: tuple[float, ...], **layer: object
    ) -> None:
        super().__init__(**layer)
        self.channel_means = tuple(channel_means)
        self.channel_deviations = tuple(channel_deviations)

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Returns BGR images minus their means, of the shape of `images` [(n, height, width, 3) float]."""
        pixels = images * ops.array(self.channel_deviations, images.dtype) + ops.array(self.channel_means, images.dtype)
        return ops.flip(pixels, axis=-1) - ops.array(_BGR_MEANS, images.dtype)

    def get_config(self) -> dict:
        """Returns what rebuilds the layer."""
        config = {"channel_means": self.channel_means, "channel_deviations": self.channel_deviations}
        return super().get_config() | config


def imagenet_resnet50(weights: str | None = "imagenet") -> keras.Model:
    """Returns keras.applications' ResNet50: images [(n, height, width, 3)] to features [(n, 2048) float32].

    Args:
        weights: `imagenet`, or None for the same network with random weights.

    Raises:
        FileNotFoundError: The weights are not at hand and cannot be downloaded.
    """
    try:
        network = keras.applications.ResNet50(include_top=False, weights=weights, pooling=None)
    except Exception as error:  # keras raises a bare Exception when a download fails
        raise FileNotFoundError(
            f"The ImageNet weights of ResNet50 could not be downloaded ({error}). Connect once, or put the file that "
            "the message names into ~/.keras/models, or train from scratch with --network.weights none."
        ) from error
    images = keras.Input((None, None, 3), name="images")
    x = network(CaffeInput(_MEANS, _DEVIATIONS, name="caffe_input")(images))
    features = layers.GlobalAveragePooling2D(data_format="channels_last", dtype="float32", name="features")(x)
    return keras.Model(images, features, name="resnet50")
