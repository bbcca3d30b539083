"""Training on images that are drawn by their current loss, out of more candidates."""

import keras
import tensorflow as tf


class LossSampling(keras.Model):
    """A classifier whose every step looks at candidates without gradient and learns from some of them.

    Of each replica's candidates one in `candidates` is drawn, without replacement, with probability in proportion to
    its loss (Gumbel top-k). So images that are hard now are seen more often than easy ones, and the backbone sees as
    many images with gradient as under any other method. The loss is that of this very moment; a table of the losses at
    an image's last visit would be older by an epoch.

    Args:
        classifier: images [(n, height, width, 3)] to logits [(n, classes) float32].
        candidates: images that are looked at for each one that is learnt from, 2 or more; the batches hold them all.
        seed: of the draws.

    Reference:
        Marrakchi, Makansi, Brox (2021), section 4.2, of OHEM: images sampled by their current loss. Shrivastava et al.
        (2016) take the hardest outright.
    """

    def __init__(self, classifier: keras.Model, candidates: int, seed: int = 0) -> None:
        super().__init__()
        self.classifier = classifier
        self.candidates = candidates
        self.seed = seed

    def call(self, images: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Returns the logits of images [(n, height, width, 3)] as [(n, classes) float32]."""
        return self.classifier(images, training=training)

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Takes one step on the drawn ones of (images [(n, height, width, 3)], labels [(n,) int])."""
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        # In inference mode: candidates that are not drawn leave no trace in batch norm's moving averages.
        logits = self.classifier(images, training=False)
        losses = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        drawn = draw(tf.stop_gradient(losses), tf.shape(images)[0] // self.candidates, self._draw_seed())
        return super().train_step((tf.gather(images, drawn), tf.gather(labels, drawn)))

    def _draw_seed(self) -> tf.Tensor:
        # Replicas hold other candidates, and draw by other numbers.
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        updates = tf.cast(keras.ops.convert_to_tensor(self.optimizer.iterations), tf.int64)
        return tf.random.fold_in(tf.stack([tf.constant(self.seed, tf.int64), updates]), replica)


def draw(losses: tf.Tensor, count: int | tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Returns the places of `count` examples, drawn without replacement in proportion to their losses [(count,) int32].

    Args:
        losses: 0 or more [(n,) float].
        count: how many to draw, at most n.
        seed: of the draw [(2,) int64].
    """
    # The largest of log(loss) + Gumbel noise are a draw without replacement. At 0 the noise would be infinite.
    uniform = tf.random.stateless_uniform(tf.shape(losses), seed, minval=1e-7, maxval=1.0)
    gumbel = -tf.math.log(-tf.math.log(uniform))
    # A loss of 0 is not to be drawn while there are others, but has to have a finite place in the order.
    return tf.math.top_k(tf.math.log(tf.maximum(tf.cast(losses, tf.float32), 1e-12)) + gumbel, count).indices
