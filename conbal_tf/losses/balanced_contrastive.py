"""The balanced contrastive loss: every class weighs the same in the denominator, however many contrasts it has."""

import keras
from keras import ops

# Stands for minus infinity in float32: exp(it) is 0, and unlike -inf it gives no NaN gradient.
_MASKED = -1e30


def balanced_contrastive(
    anchors: keras.KerasTensor,
    anchor_labels: keras.KerasTensor,
    contrasts: keras.KerasTensor,
    contrast_labels: keras.KerasTensor,
    *,
    anchor_indices: keras.KerasTensor,
    temperature: float,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Returns the loss of every anchor, and which anchors have one.

    For anchor i of class y, with B_j the contrasts of class j other than i:

        L_i = -1/|B_y| sum_{p in B_y} [ z_i.z_p / t - log sum_{j : |B_j| > 0} 1/|B_j| sum_{k in B_j} exp(z_i.z_k / t) ]

    Class prototypes are contrasts like others: the caller appends them, with their labels. Without them, a class that
    has no contrast but the anchor is missing from the denominator. Perfect clusters give about 0, a collapsed network
    the logarithm of the number of classes, whatever their sizes.

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
        Zhu et al. (2022): class averaging here, class complement by the prototypes of the caller.
    """
    anchors, contrasts = ops.cast(anchors, "float32"), ops.cast(contrasts, "float32")
    similarities = ops.matmul(anchors, ops.transpose(contrasts)) / temperature
    columns = ops.arange(ops.shape(contrasts)[0])
    is_self = ops.expand_dims(ops.cast(anchor_indices, columns.dtype), 1) == ops.expand_dims(columns, 0)
    same_class = ops.cast(ops.expand_dims(anchor_labels, 1) == ops.expand_dims(contrast_labels, 0), "float32")
    positives = ops.where(is_self, 0.0, same_class)
    positive_counts = ops.sum(positives, axis=1)
    has_positive = positive_counts > 0

    contrasts_of_class = ops.expand_dims(contrast_labels, 1) == ops.expand_dims(contrast_labels, 0)
    # |B_j| of each contrast's class j, seen from each anchor: its own class has one less, itself. That leaves 0 only at
    # an anchor that is alone in its class, and it is masked below; the maximum keeps infinity out until then.
    sizes = ops.sum(ops.cast(contrasts_of_class, "float32"), axis=0) - same_class
    averaged = similarities - ops.log(ops.maximum(sizes, 1.0))
    log_denominator = ops.logsumexp(ops.where(is_self, _MASKED, averaged), axis=1)
    positive_mean = ops.sum(positives * similarities, axis=1) / ops.maximum(positive_counts, 1.0)
    return ops.where(has_positive, log_denominator - positive_mean, 0.0), has_positive
