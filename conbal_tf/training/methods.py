"""The methods: what each learns with, how it is scored meanwhile, and what follows on its backbone.

A new method: a function from (backbone, task) to a Learner, its line in METHODS below, and its name in
conbal_tf/settings/choices.py. Only where it has settings of its own or does not go with everything, its traits in
conbal_tf/settings/methods.py say more than nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from conbal_tf.networks.heads import projection_head
from conbal_tf.settings.schema import Settings
from conbal_tf.training import adjustment, classification, multitask
from conbal_tf.training.contrastive import BalancedContrastiveModel, ContrastiveModel
from conbal_tf.training.learning import Learner, Task
from conbal_tf.training.scoring import Answers, Labelled, answer_score, embedding_score

Adjust = Callable[[keras.Model, np.ndarray, np.ndarray, Task], dict[str, float]]


@dataclass(frozen=True)
class Method:
    """One way from a backbone with random weights to a classifier."""

    learner: Callable[[keras.Model, Task], Learner]
    """(backbone, task) to what stage 1 fits."""
    retrains_head: bool = False
    """Whether stage 2 trains a new head on the frozen backbone; else stage 1's is the classifier's."""
    adjust: Adjust | None = None
    """Changes stage 1's head: (head, validation features, validation labels, task) to what it chose."""
    second_label: str | None = None
    """An attribute of the records that is learnt beside the class."""
    candidates: Callable[[Settings], int] = lambda settings: 1
    """How many images a batch holds for each one that is learnt from."""
    score: Callable[[Answers, Labelled, Labelled], dict[str, float]] = answer_score
    """(the answers, class-balanced training images, validation images) to numbers for the log, `val_balanced_accuracy`
    among them. The answers are logits where the learner has a head, else those of its model."""


def _contrastive(backbone: keras.Model, task: Task) -> Learner:
    chosen, head = task.settings.contrastive, _projection_head(backbone, task)
    model = ContrastiveModel(backbone, head, temperature=chosen.temperature, loss_scale=chosen.loss_scale)
    return _compared(model, backbone, task)


def _balanced_contrastive(backbone: keras.Model, task: Task) -> Learner:
    chosen, head = task.settings.contrastive, _projection_head(backbone, task)
    model = BalancedContrastiveModel(
        backbone, head, temperature=chosen.temperature, loss_scale=chosen.loss_scale, n_classes=task.n_classes
    )
    return _compared(model, backbone, task)


def _compared(model: ContrastiveModel, backbone: keras.Model, task: Task) -> Learner:
    shown = task.settings.training
    return Learner(model, backbone, collapsed_loss=model.collapsed_loss(shown.batch_size * shown.views))


def _projection_head(backbone: keras.Model, task: Task) -> keras.Model:
    sizes = task.settings.contrastive
    return projection_head(
        backbone.output_shape[-1], hidden_size=sizes.hidden_size, embedding_size=sizes.embedding_size
    )


def _candidates(settings: Settings) -> int:
    return settings.ohem_sampling.candidates


METHODS: dict[str, Method] = {
    "contrastive": Method(_contrastive, retrains_head=True, score=embedding_score),
    "cross_entropy": Method(classification.cross_entropy),
    "focal": Method(classification.focal),
    "ldam": Method(classification.ldam),
    "ldam_drw": Method(classification.ldam_drw),
    "ohem": Method(classification.ohem),
    "ohem_sampling": Method(classification.ohem_sampling, candidates=_candidates),
    "mtl": Method(multitask.mtl, second_label=multitask.SITE),
    "canet": Method(multitask.one_label_canet),
    "logit_adjusted": Method(classification.logit_adjusted, adjust=adjustment.subtract_log_prior),
    "balanced_softmax": Method(classification.balanced_softmax),
    "crt": Method(classification.cross_entropy, retrains_head=True),
    "tau_norm": Method(classification.cross_entropy, adjust=adjustment.normalise_weights),
    "balanced_contrastive": Method(_balanced_contrastive, retrains_head=True, score=embedding_score),
}
