"""The supervised contrastive loss of the paper, Eq. (1)."""

import keras

from conbal_tf.losses.pairs import mean_over_positives, of_one_class, pairs


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

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> z = np.array([[1, 0], [1, 0], [0, 1]], np.float32)  # the first two are of one class, the third is alone
    >>> labels, places = np.array([0, 0, 1]), np.arange(3)
    >>> losses, has_positive = cb.supervised_contrastive(z, labels, z, labels, anchor_indices=places, temperature=1.0)
    >>> losses.numpy().round(3), has_positive.numpy()
    (array([0.313, 0.313, 0.   ], dtype=float32), array([ True,  True, False]))
    """
    compared = pairs(anchors, contrasts, anchor_indices, temperature)
    return mean_over_positives(compared, of_one_class(anchor_labels, contrast_labels), compared.similarities)
