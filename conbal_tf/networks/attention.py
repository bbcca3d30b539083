"""Attention in plain keras.layers: gates between 0 and 1 that multiply channels, places or features."""

import keras
from keras import layers, ops


def channel_gate(feature_map: keras.KerasTensor, *, reduction: int = 16) -> keras.KerasTensor:
    """Returns the feature map, each channel of each image multiplied by a gate between 0 and 1.

        gate = sigmoid(MLP(average over space) + MLP(maximum over space)), one MLP for both

    Args:
        feature_map: [(n, height, width, channels) float].
        reduction: channels for each hidden unit of the MLP, which has one unit at least.

    Returns:
        [(n, height, width, channels)], of the dtype of the policy.

    Reference:
        Woo et al. (2018), "CBAM: Convolutional block attention module", Eq. (2).
    """
    hidden, out = _perceptron(feature_map.shape[-1], reduction)
    average = layers.GlobalAveragePooling2D(data_format="channels_last", keepdims=True)(feature_map)
    maximum = layers.GlobalMaxPooling2D(data_format="channels_last", keepdims=True)(feature_map)
    gate = layers.Activation("sigmoid")(layers.Add()([out(hidden(average)), out(hidden(maximum))]))
    return layers.Multiply()([feature_map, gate])


def spatial_gate(feature_map: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the feature map, each place of each image multiplied by a gate between 0 and 1.

        gate = sigmoid(7x7 convolution of [mean over channels; maximum over channels])

    The authors' code has batch norm between convolution and sigmoid, the paper's equation has none. We have none: its
    statistics of a single channel would differ from replica to replica.

    Args:
        feature_map: [(n, height, width, channels) float].

    Returns:
        [(n, height, width, channels)], of the dtype of the policy.

    Reference:
        Woo et al. (2018), "CBAM: Convolutional block attention module", Eq. (3).
    """
    mean = ops.mean(feature_map, axis=-1, keepdims=True)
    maximum = ops.max(feature_map, axis=-1, keepdims=True)
    gate = layers.Conv2D(1, 7, padding="same", data_format="channels_last", use_bias=False, activation="sigmoid")(
        layers.Concatenate()([mean, maximum])
    )
    return layers.Multiply()([feature_map, gate])


def vector_gate(features: keras.KerasTensor, *, reduction: int = 16) -> keras.KerasTensor:
    """Returns the features, each multiplied by a gate between 0 and 1 that depends on all of them.

    It is the channel gate of a map of one place, where average and maximum are the same: the MLP is asked once.

    Args:
        features: [(n, dimensions) float].
        reduction: dimensions for each hidden unit of the MLP, which has one unit at least.

    Returns:
        [(n, dimensions) float32], whatever the policy, as all features after the pooling.

    Reference:
        Li et al. (2020), "CANet: cross-disease attention network", section III.
    """
    hidden, out = _perceptron(features.shape[-1], reduction, dtype="float32")
    gate = layers.Activation("sigmoid", dtype="float32")(out(hidden(features)))
    return layers.Multiply(dtype="float32")([features, gate])


def _perceptron(channels: int, reduction: int, dtype: str | None = None) -> tuple[layers.Dense, layers.Dense]:
    hidden = layers.Dense(max(1, channels // reduction), activation="relu", dtype=dtype)
    return hidden, layers.Dense(channels, dtype=dtype)
