"""What a method is told (Task), and what it answers (Learner)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.training.stage import Stage


@dataclass(frozen=True)
class Task:
    """What there is to learn, and how long."""

    stage: Stage
    updates_done: Callable[[], tf.Tensor]
    """The optimiser's counter [() int], for what changes in the course of the training."""

    @property
    def class_counts(self) -> np.ndarray:
        """Training images of each class [(classes,) int64]."""
        return np.asarray(self.stage.class_counts)

    @property
    def visits(self) -> np.ndarray:
        """How often an epoch of the sampling shows each class [(classes,) int64]."""
        return np.asarray(self.stage.visits)

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.stage.class_counts)


def same(labels: Any) -> Any:
    """Returns the labels as they are."""
    return labels


@dataclass(frozen=True)
class Learner:
    """The model that is fit, and what of it remains."""

    model: keras.Model
    """What `fit` trains, images to whatever the loss wants."""
    network: keras.Model
    """Its part from images to features: backbone.keras."""
    head: keras.Model | None = None
    """Its part from features to logits; None where stage 1 trains none."""
    compile_options: dict[str, Any] = field(default_factory=dict)
    """What `compile` gets beside the optimiser: loss, loss_weights, metrics; nothing where the model has its own."""
    targets: Callable[[Any], Any] = field(default=same)
    """The pipeline's labels to the model's targets."""
    collapsed_loss: float | None = None
    """The loss where all images have one embedding; None where the method compares no embeddings."""
    advice: str = ""
    """What to try where embeddings have collapsed."""
