"""Residual networks as backbones: normalised images in, features out, for full-size and for small images."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers

from conbal_tf.networks.imagenet import imagenet_resnet50


@dataclass(frozen=True)
class Architecture:
    """What tells one residual network from another."""

    blocks: tuple[int, ...]
    """Residual blocks in each stage; every stage but the first halves the resolution."""
    bottleneck: bool
    """1x1, 3x3, 1x1 convolutions (four times the channels out) instead of two 3x3."""
    small_images: bool
    """A 3x3 stem without pooling, for images of 16 to 64 pixels."""

    @property
    def stride(self) -> int:
        """Pixels from one cell of the last feature map to the next."""
        return 2 ** (len(self.blocks) - 1) * (1 if self.small_images else 4)


def backbone(
    name: str,
    *,
    width: int = 64,
    weights: str = "none",
    synchronized_batch_norm: bool = False,
) -> keras.Model:
    """Returns a backbone: normalised images [(n, height, width, 3)] to features [(n, dimensions) float32].

    The networks are version 1.5: the stride sits in the 3x3 convolution of a bottleneck, and no convolution has a bias.
    Weights are drawn He-normal over the fan-out; batch norm has momentum 0.9 and epsilon 1e-5.
    keras.applications.ResNet50 differs in each of these.

    Args:
        name: one of BACKBONES.
        width: channels of the first stage; 64 in the published networks.
        weights: `none` (random), or `imagenet` for resnet50 of width 64.
        synchronized_batch_norm: whether batch statistics are taken over all replicas.

    Raises:
        ValueError: `name` is unknown, or there are no weights for it.

    Reference:
        He et al. (2016), "Deep residual learning for image recognition".

    >>> import conbal_tf as cb
    >>> cb.backbone("resnet10_small", width=8).output_shape
    (None, 64)
    """
    if name not in BACKBONES:
        raise ValueError(f"Unknown backbone {name!r}. Allowed: {', '.join(BACKBONES)}.")
    if weights == "imagenet":
        if (name, width) != ("resnet50", 64):
            raise ValueError(
                f"No ImageNet weights for {name} of width {width}. There are some for resnet50 of width 64; "
                "use that, or weights 'none'."
            )
        return imagenet_resnet50()
    architecture = BACKBONES[name]
    normalise = _batch_norm(synchronized_batch_norm)
    images = keras.Input((None, None, 3), name="images")
    x = _stem(images, width, architecture.small_images, normalise)
    for stage, blocks in enumerate(architecture.blocks):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            x = _residual_block(x, width * 2**stage, stride, architecture.bottleneck, normalise)
    features = layers.GlobalAveragePooling2D(data_format="channels_last", dtype="float32", name="features")(x)
    return keras.Model(images, features, name=name)


def _batch_norm(synchronized: bool) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    def normalise(x: keras.KerasTensor) -> keras.KerasTensor:
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, synchronized=synchronized)(x)

    return normalise


def _convolution(x: keras.KerasTensor, channels: int, size: int, stride: int = 1) -> keras.KerasTensor:
    # As torch's kaiming_normal_ over the fan-out; Keras's HeNormal is truncated, and over the fan-in.
    initializer = keras.initializers.VarianceScaling(2.0, mode="fan_out", distribution="untruncated_normal")
    if size == 1 and stride > 1:
        # In two steps: oneDNN's gradient of both at once is wrong or crashes below 16 channels (decision 0013).
        x, stride = layers.MaxPooling2D(1, stride, data_format="channels_last")(x), 1
    if stride > 1:
        x = _padded(x, size)
    return layers.Conv2D(
        channels, size, stride, padding="same" if stride == 1 else "valid", use_bias=False,
        kernel_initializer=initializer, data_format="channels_last",
    )(x)  # fmt: skip


def _padded(x: keras.KerasTensor, size: int) -> keras.KerasTensor:
    """Returns the map with zeros all around for a window of that size: step k is then centred on row and column 2k.

    Keras's "same" centres it there for odd maps and on 2k + 1 for even ones. A network that was trained at 32 pixels
    would see everything shifted at 36, where a map of 9 occurs, and lose a third of its balanced accuracy.
    """
    return layers.ZeroPadding2D(size // 2, data_format="channels_last")(x)


def _stem(images: keras.KerasTensor, width: int, small_images: bool, normalise: Callable) -> keras.KerasTensor:
    if small_images:
        return layers.ReLU()(normalise(_convolution(images, width, 3)))
    x = layers.ReLU()(normalise(_convolution(images, width, 7, 2)))
    return layers.MaxPooling2D(3, 2, data_format="channels_last")(
        _padded(x, 3)
    )  # after a ReLU, zeros are as good as nothing


def _residual_block(
    x: keras.KerasTensor, width: int, stride: int, bottleneck: bool, normalise: Callable
) -> keras.KerasTensor:
    channels = 4 * width if bottleneck else width
    shortcut = x
    if stride > 1 or x.shape[-1] != channels:
        shortcut = normalise(_convolution(x, channels, 1, stride))
    if bottleneck:
        x = layers.ReLU()(normalise(_convolution(x, width, 1)))
        x = layers.ReLU()(normalise(_convolution(x, width, 3, stride)))
        x = normalise(_convolution(x, channels, 1))
    else:
        x = layers.ReLU()(normalise(_convolution(x, width, 3, stride)))
        x = normalise(_convolution(x, width, 3))
    return layers.ReLU()(layers.Add()([x, shortcut]))


BACKBONES = {
    "resnet50": Architecture((3, 4, 6, 3), bottleneck=True, small_images=False),
    "resnet18": Architecture((2, 2, 2, 2), bottleneck=False, small_images=False),
    "resnet18_small": Architecture((2, 2, 2, 2), bottleneck=False, small_images=True),
    "resnet10_small": Architecture((1, 1, 1, 1), bottleneck=False, small_images=True),
}
