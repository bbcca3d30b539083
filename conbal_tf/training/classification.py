"""Learners with a backbone and a head under a loss of the cross-entropy family, end to end."""

from functools import partial

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.losses import class_counts
from conbal_tf.losses import classification as losses
from conbal_tf.networks.heads import classifier, classifier_head, cosine_head
from conbal_tf.settings.methods import Drw, Focal, Ldam, LogitAdjusted, Ohem, OhemSampling
from conbal_tf.training.global_mean import GlobalMean, Values, Weights
from conbal_tf.training.learning import Learner, Task
from conbal_tf.training.loss_sampling import LossSampling
from conbal_tf.training.replicas import gather


def cross_entropy(backbone: keras.Model, task: Task) -> Learner:
    """Returns the learner of plain cross-entropy (paper, Eq. 2)."""
    return _end_to_end(backbone, task, losses.cross_entropy)


def focal(backbone: keras.Model, task: Task, chosen: Focal) -> Learner:
    """Returns the learner of the focal loss; its α follow how often the sampling shows a class.

    They are 1 on average over the images that are shown, not over the classes: else the whole loss would shrink with
    the imbalance (to .22 of it on ISIC 2018), and with it the learning rate.
    """
    weights = np.ones(task.n_classes)
    if chosen.class_weights == "inverse_frequency":
        # A class that is never shown has a weight that no image gets, and not 1/0.
        weights = task.visits.sum() / (task.n_classes * np.maximum(task.visits, 1))
    return _end_to_end(backbone, task, partial(losses.focal, gamma=chosen.gamma, class_weights=weights))


def ldam(backbone: keras.Model, task: Task, chosen: Ldam) -> Learner:
    """Returns the learner of the LDAM loss; its margins follow how many images a class has, whatever the sampling."""
    return _with_margins(backbone, task, chosen)


def ldam_drw(backbone: keras.Model, task: Task, chosen: Ldam, deferral: Drw) -> Learner:
    """Returns the learner of the LDAM loss that weights the classes late in training."""
    class_weights = tf.constant(class_counts.effective_number_weights(task.class_counts, deferral.beta), tf.float32)
    begin = round(deferral.begin * task.stage.updates)

    def deferred(labels: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        # `GlobalMean` divides by the sum of these weights: a weighted mean, as in the code of LDAM's authors.
        is_late = tf.cast(task.updates_done(), tf.int64) >= begin
        return tf.where(is_late, tf.gather(class_weights, labels), tf.ones_like(values))

    return _with_margins(backbone, task, chosen, deferred)


def ohem(backbone: keras.Model, task: Task, chosen: Ohem) -> Learner:
    """Returns the learner of cross-entropy on the hardest share of the global batch."""

    def is_hard(labels: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        # Of the batch of all replicas: one of them may hold more hard images than another.
        return losses.hardest(values, gather(values)[0], share=chosen.hardest_share)

    return _end_to_end(backbone, task, losses.cross_entropy, is_hard)


def ohem_sampling(backbone: keras.Model, task: Task, chosen: OhemSampling) -> Learner:
    """Returns the learner of cross-entropy on images that are drawn by their current loss."""
    head = classifier_head(backbone.output_shape[-1], task.n_classes)
    model = LossSampling(classifier(backbone, head, softmax=False), chosen.candidates, task.stage.seed)
    return Learner(model, backbone, head, {"loss": GlobalMean(losses.cross_entropy), "metrics": accuracy()})


def balanced_softmax(backbone: keras.Model, task: Task) -> Learner:
    """Returns the learner of balanced softmax: cross-entropy of the logits plus the log counts of the classes."""
    return _end_to_end(backbone, task, partial(losses.adjusted_cross_entropy, log_prior=log_prior(task)))


def logit_adjusted(backbone: keras.Model, task: Task, chosen: LogitAdjusted) -> Learner:
    """Returns the learner of the logit adjusted loss, or of cross-entropy where the adjustment comes after."""
    if chosen.form == "post_hoc":
        return cross_entropy(backbone, task)
    scaled = chosen.tau * log_prior(task)
    return _end_to_end(backbone, task, partial(losses.adjusted_cross_entropy, log_prior=scaled))


def accuracy() -> list[keras.metrics.Metric]:
    """Returns what `compile` gets as metrics of an output of logits."""
    return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]


def log_prior(task: Task) -> np.ndarray:
    """Returns the logarithm of the share in which the sampling shows each class [(classes,) float64].

    Raises:
        ValueError: A class is never shown.
    """
    if not task.visits.all():
        raise ValueError(
            f"Classes {np.flatnonzero(task.visits == 0).tolist()} have no training images, so their share has no "
            "logarithm. Every class needs one: correct the split, or choose another --method."
        )
    return np.log(task.visits / task.visits.sum())


def _end_to_end(backbone: keras.Model, task: Task, values: Values, weights: Weights | None = None) -> Learner:
    return _compose(backbone, classifier_head(backbone.output_shape[-1], task.n_classes), GlobalMean(values, weights))


def _with_margins(backbone: keras.Model, task: Task, chosen: Ldam, weights: Weights | None = None) -> Learner:
    head = cosine_head(backbone.output_shape[-1], task.n_classes, scale=chosen.scale)
    margins = class_counts.ldam_margins(task.class_counts, chosen.largest_margin)
    values = partial(losses.ldam, margins=margins, scale=chosen.scale)
    return _compose(backbone, head, GlobalMean(values, weights))


def _compose(backbone: keras.Model, head: keras.Model, loss: GlobalMean) -> Learner:
    model = classifier(backbone, head, softmax=False)
    return Learner(model, backbone, head, {"loss": loss, "metrics": accuracy()})
