"""Learners with a second task beside the classes: the body site (MTL), or whether a grade is referable (CANet)."""

import keras
import tensorflow as tf

from conbal_tf.losses import classification as losses
from conbal_tf.networks.canet import REFERABLE_FROM, canet
from conbal_tf.networks.heads import classifier_head
from conbal_tf.settings.methods import Canet, Mtl
from conbal_tf.training.classification import accuracy
from conbal_tf.training.global_mean import GlobalMean
from conbal_tf.training.learning import Learner, Task

SITE = "localization"


def mtl(backbone: keras.Model, task: Task, chosen: Mtl) -> Learner:
    """Returns the learner of lesion and body site from the same features; an unknown site teaches nothing.

    Reference:
        Liao and Luo (2017), "A deep multi-task learning approach to skin lesion classification".
    """
    head = classifier_head(backbone.output_shape[-1], task.n_classes)
    second = task.stage.second_label
    assert second is not None  # the plan of a method with a second label has one
    site = keras.layers.Dense(len(second.values), dtype="float32", name=SITE)
    # Of any size: test images may be larger than training crops.
    images = keras.Input((None, None, 3), name="images")
    features = backbone(images)
    model = keras.Model(images, {"label": head(features), SITE: site(features)}, name="multitask")
    options = {
        "loss": {"label": GlobalMean(losses.cross_entropy), SITE: GlobalMean(losses.cross_entropy, _where_known)},
        "loss_weights": {"label": 1.0, SITE: chosen.site_weight},
        "metrics": {"label": accuracy()},
    }
    # The layer of the site has served its purpose: only backbone and head are saved.
    return Learner(model, backbone, head, options)


def one_label_canet(backbone: keras.Model, task: Task, chosen: Canet) -> Learner:
    """Returns the learner of CANet, adapted to one label (see `conbal_tf.networks.canet`)."""
    parts = canet(backbone, task.n_classes, units=chosen.units)
    weights = {"label": 1.0, "referable": 1.0}
    weights |= {f"{name}_specific": chosen.specific_weight for name in weights}
    options = {
        "loss": {name: GlobalMean(losses.cross_entropy) for name in weights},
        "loss_weights": weights,
        "metrics": {"label": accuracy()},
    }
    return Learner(parts.training_model, parts.network, parts.head, options, _grade_and_referable)


def _where_known(labels: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    return losses.known(labels)


def _grade_and_referable(labels: tf.Tensor) -> dict[str, tf.Tensor]:
    referable = tf.cast(labels >= REFERABLE_FROM, tf.int32)
    return {"label": labels, "label_specific": labels, "referable": referable, "referable_specific": referable}
