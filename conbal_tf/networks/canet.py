"""CANet for one label: a branch of attention for the grade, one for "referable", and each looks at the other."""

from dataclasses import dataclass

import keras
from keras import layers

from conbal_tf.networks.attention import channel_gate, spatial_gate, vector_gate
from conbal_tf.networks.heads import classifier_head

# Moderate retinopathy and worse.
REFERABLE_FROM = 2


@dataclass(frozen=True)
class CANet:
    """Three models that share their weights."""

    network: keras.Model
    """Images [(n, height, width, 3)] to the grade's features [(n, units) float32], named `canet`; the layer that gives
    them is named `features`, and `feature_map` the one that gives what both branches look at."""
    head: keras.Model
    """Those features to the logits of the grade [(n, n_classes) float32], named `classifier_head`."""
    training_model: keras.Model
    """Images to float32 logits {"label": [(n, n_classes)], "referable": [(n, 2)], "label_specific": [(n, n_classes)],
    "referable_specific": [(n, 2)]}. The first two count fully in the loss, the specific ones a quarter."""


def canet(backbone: keras.Model, n_classes: int, *, units: int = 1024) -> CANet:
    """Returns CANet around a backbone, as adapted here for grades alone.

    The published network grades two diseases, retinopathy and macular edema. Where only the first has labels, our
    second task is whether it is referable (grade >= REFERABLE_FROM), which the grade decides. Each task has a branch
    of channel and spatial attention over the last feature map, pooled to features that it answers from (the specific
    logits). Then each adds the other's features, after attention, to its own:

        grade = f_grade + attention(f_referable);   referable = f_referable + attention(f_grade)

    The saved classifier is `heads.classifier(network, head)`.

    Args:
        backbone: images to features; its layer `features` pools the last feature map. Its weights are shared.
        n_classes: number of grades.
        units: dimensions of each task's features.

    Raises:
        ValueError: The backbone has no layer `features` that pools a feature map.

    Reference:
        Li et al. (2020), "CANet: cross-disease attention network for joint diabetic retinopathy and diabetic macular
        edema grading".
    """
    # One name to find the map under, in every backbone.
    feature_map = layers.Identity(name="feature_map")(_feature_map(backbone))
    grade, referable = _branch(feature_map, units, "grade"), _branch(feature_map, units, "referable")
    features = layers.Add(dtype="float32", name="features")([grade, vector_gate(referable)])
    referable_features = layers.Add(dtype="float32", name="referable_features")([referable, vector_gate(grade)])
    head = classifier_head(units, n_classes)
    answers = {
        "label": head(features),
        "referable": _logits(2, "referable")(referable_features),
        "label_specific": _logits(n_classes, "label_specific")(grade),
        "referable_specific": _logits(2, "referable_specific")(referable),
    }
    return CANet(
        network=keras.Model(backbone.input, features, name="canet"),
        head=head,
        training_model=keras.Model(backbone.input, answers, name="canet_training"),
    )


def _feature_map(backbone: keras.Model) -> keras.KerasTensor:
    pooling = next((layer for layer in backbone.layers if layer.name == "features"), None)
    if not isinstance(pooling, layers.GlobalAveragePooling2D):
        raise ValueError(
            f"The backbone {backbone.name!r} has no feature map to attend to: its layer 'features' is {pooling!r}, and "
            "must be a GlobalAveragePooling2D. Name the pooling of its last feature map so."
        )
    return pooling.input


def _branch(feature_map: keras.KerasTensor, units: int, task: str) -> keras.KerasTensor:
    attended = spatial_gate(channel_gate(feature_map))
    pooled = layers.GlobalAveragePooling2D(data_format="channels_last", dtype="float32", name=f"{task}_pooling")(
        attended
    )
    return layers.Dense(units, activation="relu", dtype="float32", name=f"{task}_specific_features")(pooled)


def _logits(n_classes: int, name: str) -> layers.Dense:
    return layers.Dense(n_classes, dtype="float32", name=name)
