"""Stage 1 with the balanced contrastive loss in the place of the paper's: a prototype for each class."""

from typing import Any

import keras
import tensorflow as tf

from conbal_tf.losses.balanced_contrastive import balanced_contrastive
from conbal_tf.metrics.collapsed_loss import collapsed_balanced_loss
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.replicas import gather


@keras.saving.register_keras_serializable("conbal_tf")
class BalancedContrastiveModel(ContrastiveModel):
    """A ContrastiveModel whose loss counts all classes alike in the denominator, with a prototype of each.

    The prototypes are learnt with the rest. They are contrasts, and no anchors, so every anchor has a positive. In its
    paper the loss stands beside a cross-entropy; here, as for the contrastive loss, the classifier comes after.

    Args:
        backbone: images [(n, height, width, 3)] to features [(n, dimensions)].
        projection_head: features to unit vectors [(n, embedding_size) float32].
        n_classes: how many prototypes there are.
        options: others of ContrastiveModel.

    Reference:
        Zhu et al. (2022), "Balanced contrastive learning for long-tailed visual recognition".

    >>> import keras
    >>> import conbal_tf as cb
    >>> network = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D()])
    >>> head = cb.projection_head(3, hidden_size=8, embedding_size=4)
    >>> cb.BalancedContrastiveModel(network, head, n_classes=7).prototypes.shape
    TensorShape([7, 4])
    """

    def __init__(self, backbone: keras.Model, projection_head: keras.Model, *, n_classes: int, **options: Any) -> None:
        super().__init__(backbone, projection_head, **options)
        self.n_classes = n_classes
        shape = (n_classes, projection_head.output_shape[-1])
        self.prototypes = self.add_weight(shape=shape, initializer="random_normal", dtype="float32", name="prototypes")

    def collapsed_loss(self, embeddings: int) -> float:
        """Returns the loss where all embeddings and prototypes are equal, whatever the size of the batch."""
        return collapsed_balanced_loss(self.n_classes, self.loss_factor)

    def _anchor_losses(self, embeddings: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        contrasts, places = gather(tf.cast(embeddings, tf.float32))
        prototypes = tf.math.l2_normalize(keras.ops.convert_to_tensor(self.prototypes), axis=1)
        return balanced_contrastive(
            embeddings,
            labels,
            tf.concat([contrasts, prototypes], axis=0),
            tf.concat([gather(labels)[0], tf.range(self.n_classes)], axis=0),
            anchor_indices=places,
            temperature=self.temperature,
        )

    def get_config(self) -> dict:
        """Returns what rebuilds the model, both networks included."""
        return super().get_config() | {"n_classes": self.n_classes}
