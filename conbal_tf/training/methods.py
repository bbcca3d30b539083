"""What tells one way of training the backbone from another: the model, its loss, and its score meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from conbal_tf.networks.heads import classifier, classifier_head, projection_head
from conbal_tf.settings.schema import Settings
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.scoring import Answers, Labelled, answer_score, nearest_neighbour_score


@dataclass(frozen=True)
class Method:
    """One way of training the backbone."""

    build: Callable[[keras.Model, Settings, int], keras.Model]
    """(backbone, settings, n_classes) to the model that is fit."""
    loss: Callable[[], keras.losses.Loss | None]
    """What `compile` gets as loss; None where the model's own train_step has it."""
    score: Callable[[Answers, Labelled, Labelled], float]
    """(the model's answers, class-balanced training images, validation images) to balanced accuracy."""
    has_head: bool
    """Whether the classifier head is trained with the backbone, so that there is no second stage."""


def _contrastive_model(backbone: keras.Model, settings: Settings, n_classes: int) -> keras.Model:
    sizes = settings.contrastive
    head = projection_head(
        backbone.output_shape[-1], hidden_size=sizes.hidden_size, embedding_size=sizes.embedding_size
    )
    return ContrastiveModel(backbone, head, temperature=sizes.temperature, loss_scale=sizes.loss_scale)


def _own_loss() -> None:
    return None


def _cross_entropy_model(backbone: keras.Model, settings: Settings, n_classes: int) -> keras.Model:
    return classifier(backbone, classifier_head(backbone.output_shape[-1], n_classes), softmax=False)


def _cross_entropy_loss() -> keras.losses.Loss:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


METHODS: dict[str, Method] = {
    "contrastive": Method(_contrastive_model, _own_loss, nearest_neighbour_score, has_head=False),
    "cross_entropy": Method(_cross_entropy_model, _cross_entropy_loss, answer_score, has_head=True),
}
