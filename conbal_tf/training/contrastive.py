"""Stage 1 of the paper as a Keras model: a backbone and a projection head under the supervised contrastive loss."""

from typing import Any

import keras
import tensorflow as tf

from conbal_tf.losses.contrastive import supervised_contrastive
from conbal_tf.metrics.collapsed_loss import collapsed_contrastive_loss
from conbal_tf.training.replicas import gather, sum_over_replicas
from tfrecords_tools.surroundings.keras_settings import check_backend

# By which the paper's code divides; docs/method.md says why it scales its loss at all.
BASE_TEMPERATURE = 0.07


@keras.saving.register_keras_serializable("conbal_tf")
class ContrastiveModel(keras.Model):
    """Images to embeddings z on the unit sphere, trained so that a class's embeddings attract one another.

    `compile(optimizer)` takes no loss: it is the paper's Eq. (1) over the global batch. Under a distribution strategy
    each replica takes its own images as anchors and the gathered images of all replicas as contrasts, and the mean is
    over the global anchors that have a positive, so that any number of replicas gives the same loss, gradients and
    weights.

    Args:
        backbone: images [(n, height, width, 3)] to features [(n, dimensions)].
        projection_head: features to unit vectors [(n, embedding_size) float32].
        temperature: divides the cosine similarities; above 0.
        loss_scale: `temperature` multiplies the loss by temperature / 0.07, so that its gradient does not grow as 1 /
            temperature; `none` is Eq. (1) to the letter.

    Raises:
        ValueError: `temperature` or `loss_scale` is not allowed, or Keras runs on another backend than TensorFlow.

    Reference:
        Marrakchi, Makansi, Brox (2021), section 3.

    >>> import keras, numpy as np
    >>> import conbal_tf as cb
    >>> network = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D()])
    >>> model = cb.ContrastiveModel(network, cb.projection_head(3, hidden_size=8, embedding_size=4))
    >>> model.compile(cb.CoupledSGD(learning_rate=0.05))
    >>> images, labels = np.random.default_rng(0).random((6, 8, 8, 3), np.float32), np.array([0, 0, 0, 1, 1, 1])
    >>> history = model.fit(images, labels, batch_size=6, verbose=0)
    >>> model.predict(images, verbose=0).shape
    (6, 4)
    """

    def __init__(
        self,
        backbone: keras.Model,
        projection_head: keras.Model,
        temperature: float = 0.05,
        loss_scale: str = "temperature",
        **model: object,
    ) -> None:
        check_backend(keras.config.backend())
        super().__init__(**model)
        if temperature <= 0:
            raise ValueError(f"The temperature is {temperature}; it must be above 0 (the paper uses 0.01 to 1.0).")
        if loss_scale not in ("temperature", "none"):
            raise ValueError(f"Unknown loss_scale {loss_scale!r}. Allowed: temperature, none.")
        self.backbone = backbone
        self.projection_head = projection_head
        self.temperature = temperature
        self.loss_scale = loss_scale
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def compile(self, optimizer: Any = "sgd", *, jit_compile: bool | str = False, **options: Any) -> None:
        """Configures training; the loss is the model's own.

        Args:
            optimizer: a Keras optimiser or its name.
            jit_compile: whether XLA compiles the step. Keras's "auto" would where it can, and breaks several replicas.
            options: others of keras.Model.compile.

        Raises:
            ValueError: A loss or metrics are given.
        """
        foreign = [name for name in ("loss", "loss_weights", "metrics", "weighted_metrics") if options.get(name)]
        if foreign:
            raise ValueError(
                f"ContrastiveModel.compile was given {', '.join(foreign)}; it has one loss, Eq. (1), and reports it. "
                "Leave them out, and score embeddings in a callback (conbal_tf.training.callbacks.ValidationScore)."
            )
        super().compile(optimizer, jit_compile=jit_compile, **options)

    def get_compile_config(self) -> dict:
        """Returns what a saved model needs to go on training."""
        return keras.saving.serialize_keras_object({"optimizer": self.optimizer, "jit_compile": self.jit_compile})

    def compile_from_config(self, config: dict) -> None:
        """Configures a loaded model as the saved one was."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        # Keras skips the optimiser's saved numbers where it has no variables yet.
        self.optimizer.build(self.trainable_variables)

    @property
    def metrics(self) -> list[keras.Metric]:
        """The loss alone: `compile` takes none, and Keras's own tracker of it would be a second one of that name."""
        return [self.loss_tracker]

    def call(self, images: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Returns the embeddings of images [(n, height, width, 3)] as unit vectors [(n, embedding_size) float32]."""
        return self.projection_head(self.backbone(images, training=training), training=training)

    @property
    def loss_factor(self) -> float:
        """What Eq. (1) is multiplied by."""
        return self.temperature / BASE_TEMPERATURE if self.loss_scale == "temperature" else 1.0

    def collapsed_loss(self, embeddings: int) -> float:
        """Returns the loss of a batch of that many embeddings, all equal: what a network has that learns nothing."""
        return collapsed_contrastive_loss(embeddings, self.loss_factor)

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Takes one step on (images [(n, height, width, 3)], labels [(n,) int]), n being this replica's share."""
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            share = self._share_of_loss(self(images, training=True), labels)
            # Under float16 the loss is scaled up; in a step of one's own Keras leaves that to the step.
            scaled = self.optimizer.scale_loss(share)
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(scaled, weights), weights, strict=True))
        return self._logged(share)

    def test_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Returns the loss of a batch without learning from it."""
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self._logged(self._share_of_loss(self(images, training=False), labels))

    def _share_of_loss(self, embeddings: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Returns this replica's part of the loss [() float32]; the parts of all replicas add up to the global mean."""
        losses, has_positive = self._anchor_losses(embeddings, tf.reshape(tf.cast(labels, tf.int32), [-1]))
        anchors = sum_over_replicas(tf.reduce_sum(tf.cast(has_positive, tf.float32)))
        # Keras adds the replicas' gradients up, so each one contributes its sum over the global count.
        return self.loss_factor * tf.reduce_sum(losses) / tf.maximum(anchors, 1.0)

    def _anchor_losses(self, embeddings: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the loss of each of this replica's anchors [(n,) float32], and which have one [(n,) bool]."""
        contrasts, places = gather(embeddings)
        return supervised_contrastive(
            embeddings, labels, contrasts, gather(labels)[0], anchor_indices=places, temperature=self.temperature
        )

    def _logged(self, share: tf.Tensor) -> dict[str, tf.Tensor]:
        self.loss_tracker.update_state(sum_over_replicas(tf.stop_gradient(share)))
        return {"loss": self.loss_tracker.result()}

    def get_config(self) -> dict:
        """Returns what rebuilds the model, both networks included."""
        networks = {
            "backbone": keras.saving.serialize_keras_object(self.backbone),
            "projection_head": keras.saving.serialize_keras_object(self.projection_head),
        }
        return super().get_config() | networks | {"temperature": self.temperature, "loss_scale": self.loss_scale}

    @classmethod
    def from_config(cls, config: dict) -> "ContrastiveModel":
        """Returns the model that `get_config` described, with new weights."""
        networks = {
            name: keras.saving.deserialize_keras_object(config.pop(name)) for name in ("backbone", "projection_head")
        }
        return cls(**networks, **config)
