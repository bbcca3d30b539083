"""The balanced contrastive loss: every class weighs the same in the denominator, however many contrasts it has."""

import keras
from keras import ops

from conbal_tf.losses.pairs import mean_over_positives, of_one_class, pairs


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

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> z, labels = np.eye(2, dtype=np.float32)[[0, 0, 1]], np.array([0, 0, 1])
    >>> contrasts = np.concatenate([z, np.eye(2, dtype=np.float32)])  # with a prototype of each class
    >>> losses, _ = cb.balanced_contrastive(
    ...     z, labels, contrasts, np.array([0, 0, 1, 0, 1]), anchor_indices=np.arange(3), temperature=1.0
    ... )
    >>> losses.numpy().round(3)
    array([0.313, 0.313, 0.313], dtype=float32)
    """
    compared = pairs(anchors, contrasts, anchor_indices, temperature)
    same_class = of_one_class(anchor_labels, contrast_labels)
    # |B_j| of each contrast's class j, seen from each anchor: its own class has one less, itself. That leaves 0 only
    # where the anchor is alone, and it is masked there.
    sizes = ops.sum(of_one_class(contrast_labels, contrast_labels), axis=0) - same_class
    # Its logarithm is subtracted, which inside the exponential is the 1/|B_j| before the inner sum.
    return mean_over_positives(compared, same_class, compared.similarities - ops.log(ops.maximum(sizes, 1.0)))
