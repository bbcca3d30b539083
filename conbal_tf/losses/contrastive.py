"""The supervised contrastive loss of the paper, Eq. (1)."""

import keras
from keras import ops

# Stands for minus infinity in float32: exp(it) is 0, and unlike -inf it gives no NaN gradient.
_MASKED = -1e30


def supervised_contrastive(
    anchors: keras.KerasTensor,
    anchor_labels: keras.KerasTensor,
    contrasts: keras.KerasTensor,
    contrast_labels: keras.KerasTensor,
    *,
    anchor_indices: keras.KerasTensor,
    temperature: float,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Returns the loss of every anchor, and which anchors have one.

    For anchor i, with P(i) the other contrasts of its class:

        L_i = -1/|P(i)| sum_{p in P(i)} [ z_i.z_p / t - log sum_{k != i} exp(z_i.z_k / t) ]

    The anchor itself is masked before the row maximum is taken, and everything is float32: with the self-similarity 1/t
    in the maximum, the other terms underflow at small t. Perfect clusters give about ln|P|, a collapsed network ln(N -
    1).

    Args:
        anchors: unit vectors [(anchors, dimensions) float].
        anchor_labels: class of each anchor [(anchors,) int].
        contrasts: unit vectors, the anchors among them [(contrasts, dimensions) float].
        contrast_labels: class of each contrast [(contrasts,) int].
        anchor_indices: where each anchor stands among the contrasts [(anchors,) int].
        temperature: divides the similarities, above 0.

    Returns:
        The loss of each anchor [(anchors,) float32], 0 where no other contrast shares its class, and whether one does
        [(anchors,) bool]. The mean is to be taken over the latter alone.

    Reference:
        Marrakchi, Makansi, Brox (2021), Eq. (1); Khosla et al. (2020), L_out.
    """
    anchors, contrasts = ops.cast(anchors, "float32"), ops.cast(contrasts, "float32")
    similarities = ops.matmul(anchors, ops.transpose(contrasts)) / temperature
    columns = ops.arange(ops.shape(contrasts)[0])
    is_self = ops.expand_dims(ops.cast(anchor_indices, columns.dtype), 1) == ops.expand_dims(columns, 0)
    same_class = ops.expand_dims(anchor_labels, 1) == ops.expand_dims(contrast_labels, 0)
    positives = ops.cast(ops.logical_and(same_class, ops.logical_not(is_self)), "float32")
    positive_counts = ops.sum(positives, axis=1)
    has_positive = positive_counts > 0

    log_denominator = ops.logsumexp(ops.where(is_self, _MASKED, similarities), axis=1)
    positive_mean = ops.sum(positives * similarities, axis=1) / ops.maximum(positive_counts, 1.0)
    return ops.where(has_positive, log_denominator - positive_mean, 0.0), has_positive
