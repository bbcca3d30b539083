"""A saved classifier, cut where it pools: images to feature maps, and feature maps to logits."""

import keras
from keras import layers


def split_at_pooling(trained: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Returns a saved `heads.classifier` in two parts that share its weights.

    The cut lies before the pooling, after all attention: everything behind it treats all places of a map alike. A
    network with one branch pools one map, CANet one for each of its branches.

    Args:
        trained: images to class probabilities.

    Returns:
        Images [(n, height, width, 3)] to a map [(n, rows, columns, channels)], or a list of those where several are
        pooled; and that to logits [(n, n_classes) float32].

    Raises:
        ValueError: The backbone pools no map.
    """
    # Without the softmax: a gradient through it would be of all classes.
    _, backbone, head, _ = trained.layers
    maps = [layer.input for layer in backbone.layers if _pools_all(layer)]
    if not maps:
        raise ValueError(
            f"The backbone {backbone.name!r} pools no feature map: received the layers "
            f"{', '.join(layer.name for layer in backbone.layers)}. Heat maps need a GlobalAveragePooling2D without "
            "keepdims; end the network's last map with one."
        )
    return keras.Model(backbone.input, maps), keras.Model(maps, head(backbone.output))


def _pools_all(layer: keras.layers.Layer) -> bool:
    # With keepdims it is a channel's gate, which is attention.
    return isinstance(layer, layers.GlobalAveragePooling2D) and not layer.keepdims
