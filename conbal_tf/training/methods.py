"""The methods: what each learns with, how it is scored meanwhile, and what follows on its backbone.

A new method: a function from (backbone, task, its own settings) to a Learner, its line in METHODS below, and its name
in conbal_tf/settings/choices.py. Only where it has settings of its own or does not go with everything, its traits in
conbal_tf/settings/methods.py say more than nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from conbal_tf.networks.heads import projection_head
from conbal_tf.settings.methods import Contrastive, OhemSampling, own_sections
from conbal_tf.settings.schema import Settings
from conbal_tf.training import adjustment, classification, multitask
from conbal_tf.training.balanced_contrastive import BalancedContrastiveModel
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.diagnosis import advice_if_collapsed
from conbal_tf.training.learning import Learner, Task
from conbal_tf.training.scoring import Answers, Labelled, answer_score, embedding_score


@dataclass(frozen=True)
class Method:
    """One way from a backbone with random weights to a classifier."""

    learner: Callable[..., Learner]
    """(backbone, task, its own settings, in the order of its sections) to what stage 1 fits."""
    retrains_head: bool = False
    """Whether stage 2 trains a new head on the frozen backbone; else stage 1's is the classifier's."""
    adjust: Callable[..., dict[str, float]] | None = None
    """Changes stage 1's head: (head, validation features, validation labels, task, its own settings) to its choice."""
    second_label: str | None = None
    """An attribute of the records that is learnt beside the class."""
    looks_at: Callable[..., int] = lambda *own: 1
    """(its own settings) to how many images a batch holds for each one that is learnt from."""
    score: Callable[[Answers, Labelled, Labelled], dict[str, float]] = answer_score
    """(the answers, class-balanced training images, validation images) to numbers for the log, `val_balanced_accuracy`
    among them. The answers are logits where the learner has a head, else those of its model."""
    own: tuple[Any, ...] = ()
    """Its own settings; filled in by `method_of`."""

    def learn(self, backbone: keras.Model, task: Task) -> Learner:
        """Returns what stage 1 fits."""
        return self.learner(backbone, task, *self.own)

    def correct(self, head: keras.Model, features: np.ndarray, labels: np.ndarray, task: Task) -> dict[str, float]:
        """Changes stage 1's head, and returns what was chosen; for methods that `adjust`.

        Args:
            head: features to logits.
            features: of the validation part [(n, dimensions) float32].
            labels: theirs [(n,) int].
            task: what was learnt.
        """
        return self.adjust(head, features, labels, task, *self.own) if self.adjust else {}

    @property
    def candidates(self) -> int:
        """How many images a batch holds for each one that is learnt from."""
        return self.looks_at(*self.own)


def method_of(settings: Settings) -> Method:
    """Returns the method of a run, with its own settings."""
    own = tuple(getattr(settings, section) for section in own_sections(settings.method))
    return replace(METHODS[settings.method], own=own)


def _contrastive(backbone: keras.Model, task: Task, chosen: Contrastive) -> Learner:
    head = _projection_head(backbone, chosen)
    model = ContrastiveModel(backbone, head, temperature=chosen.temperature, loss_scale=chosen.loss_scale)
    return _compared(model, backbone, task, chosen)


def _balanced_contrastive(backbone: keras.Model, task: Task, chosen: Contrastive) -> Learner:
    head = _projection_head(backbone, chosen)
    model = BalancedContrastiveModel(
        backbone, head, temperature=chosen.temperature, loss_scale=chosen.loss_scale, n_classes=task.n_classes
    )
    return _compared(model, backbone, task, chosen)


def _compared(model: ContrastiveModel, backbone: keras.Model, task: Task, chosen: Contrastive) -> Learner:
    collapsed = model.collapsed_loss(task.stage.batch_size * task.stage.views)
    return Learner(model, backbone, collapsed_loss=collapsed, advice=advice_if_collapsed(chosen, task.stage))


def _projection_head(backbone: keras.Model, sizes: Contrastive) -> keras.Model:
    return projection_head(
        backbone.output_shape[-1], hidden_size=sizes.hidden_size, embedding_size=sizes.embedding_size
    )


def _candidates(own: OhemSampling) -> int:
    return own.candidates


METHODS: dict[str, Method] = {
    "contrastive": Method(_contrastive, retrains_head=True, score=embedding_score),
    "cross_entropy": Method(classification.cross_entropy),
    "focal": Method(classification.focal),
    "ldam": Method(classification.ldam),
    "ldam_drw": Method(classification.ldam_drw),
    "ohem": Method(classification.ohem),
    "ohem_sampling": Method(classification.ohem_sampling, looks_at=_candidates),
    "mtl": Method(multitask.mtl, second_label=multitask.SITE),
    "canet": Method(multitask.one_label_canet),
    "logit_adjusted": Method(classification.logit_adjusted, adjust=adjustment.subtract_log_prior),
    "balanced_softmax": Method(classification.balanced_softmax),
    "crt": Method(classification.cross_entropy, retrains_head=True),
    "tau_norm": Method(classification.cross_entropy, adjust=adjustment.normalise_weights),
    "balanced_contrastive": Method(_balanced_contrastive, retrains_head=True, score=embedding_score),
}
