"""The cross-entropy family: losses of logits, one value per example.

Every loss is computed in float32, whatever the type of the logits. A label of -1 is unknown: its example has the value
and the gradient 0, so values may be multiplied by the weights of `known`.
"""

import keras
from keras import ops
from numpy.typing import ArrayLike

# Stands for minus infinity in float32: exp(it) is 0, and unlike -inf it gives no NaN gradient.
_MASKED = -1e30


def cross_entropy(labels: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Returns -log p_y of every example, p the softmax of its logits [(n,) float32].

    Args:
        labels: 0 to classes - 1, or -1 where unknown [(n,) int].
        logits: one per class [(n, classes) float].
    """
    logits = ops.cast(logits, "float32")
    log_probabilities = ops.log_softmax(logits, axis=1)
    # Chosen by `where`: a label of -1 finds no class, so that its value and its gradient are 0.
    return -ops.sum(ops.where(_is_label(labels, logits), log_probabilities, 0.0), axis=1)


def focal(
    labels: keras.KerasTensor, logits: keras.KerasTensor, *, gamma: float, class_weights: ArrayLike
) -> keras.KerasTensor:
    """Returns -alpha_y (1 - p_y)^gamma log p_y of every example, p the softmax of its logits [(n,) float32].

    With gamma 0 and weights of 1 it is the cross-entropy.

    Args:
        labels: 0 to classes - 1, or -1 where unknown [(n,) int].
        logits: one per class [(n, classes) float].
        gamma: how strongly easy examples are faded out, 0 or more.
        class_weights: alpha of each class [(classes,) float].

    Reference:
        Lin et al. (2017), Eq. (5), with an alpha for each class.

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> logits = np.array([[4, 0], [0, 0]], np.float32)  # an easy example, and one at chance
    >>> cb.focal(np.array([0, 0]), logits, gamma=2.0, class_weights=[1.0, 1.0]).numpy().round(5)
    array([1.0000e-05, 1.7329e-01], dtype=float32)
    """
    logits = ops.cast(logits, "float32")
    is_label = _is_label(labels, logits)
    # The logit of p_y against all other classes together. 1 - p_y taken from p_y would be 0 for an easy example, and
    # its power would have an infinite gradient at gamma below 1.
    others = ops.logsumexp(ops.where(is_label, _MASKED, logits), axis=1)
    lead = ops.sum(ops.where(is_label, logits, 0.0), axis=1) - others
    alphas = ops.sum(ops.where(is_label, ops.cast(class_weights, "float32"), 0.0), axis=1)
    return alphas * ops.exp(gamma * ops.log_sigmoid(-lead)) * ops.softplus(-lead)


def ldam(
    labels: keras.KerasTensor, logits: keras.KerasTensor, *, margins: ArrayLike, scale: float
) -> keras.KerasTensor:
    """Returns the cross-entropy of every example, its true class put at a disadvantage [(n,) float32].

    The logit of the true class y is lowered by scale * margin_y: rare classes have the larger margins.

    Args:
        labels: 0 to classes - 1, or -1 where unknown [(n,) int].
        logits: scale * cosine, one per class [(n, classes) float].
        margins: of each class, as from `class_counts.ldam_margins` [(classes,) float].
        scale: what the cosines were multiplied with.

    Reference:
        Cao et al. (2019), the LDAM loss; the scale is that of its released code.

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> cosines = np.full((2, 2), 0.5, np.float32)  # undecided: the rare class costs more
    >>> cb.ldam(np.array([0, 1]), 2 * cosines, margins=cb.ldam_margins([1600, 100]), scale=2.0).numpy().round(3)
    array([0.974, 1.313], dtype=float32)
    """
    logits = ops.cast(logits, "float32")
    # The margin is one of cosines, and these are multiplied by `scale` already.
    lowered = logits - scale * ops.cast(margins, "float32")
    return cross_entropy(labels, ops.where(_is_label(labels, logits), lowered, logits))


def adjusted_cross_entropy(
    labels: keras.KerasTensor, logits: keras.KerasTensor, *, log_prior: ArrayLike
) -> keras.KerasTensor:
    """Returns the cross-entropy of logits + log prior, of every example [(n,) float32].

    Logarithms of class counts give the same values as those of frequencies, since softmax does not see a constant:
    balanced softmax is this loss.

    Args:
        labels: 0 to classes - 1, or -1 where unknown [(n,) int].
        logits: one per class [(n, classes) float].
        log_prior: logarithm of each class's share in training, or tau times it [(classes,) float].

    Reference:
        Menon et al. (2021), the logit adjusted loss; Ren et al. (2020), balanced softmax.

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> undecided, log_counts = np.zeros((2, 2), np.float32), np.log([90, 10])
    >>> cb.adjusted_cross_entropy(np.array([0, 1]), undecided, log_prior=log_counts).numpy().round(3)
    array([0.105, 2.303], dtype=float32)
    """
    return cross_entropy(labels, ops.cast(logits, "float32") + ops.cast(log_prior, "float32"))


def hardest(values: keras.KerasTensor, all_values: keras.KerasTensor, *, share: float) -> keras.KerasTensor:
    """Returns 1 where a value is among the largest of the global batch, else 0 [(n,) float32].

    The k largest of N count, k = max(1, int(share * N)); with values equal to the k-th, more than k do. No gradient
    flows through the choice.

    Args:
        values: losses of this replica's examples [(n,) float].
        all_values: losses of the global batch, `values` among them [(N,) float].
        share: of the global batch, above 0 and up to 1.

    Raises:
        ValueError: If the share is not in (0, 1].

    Reference:
        Shrivastava et al. (2016), with images in the place of regions.
    """
    if not 0 < share <= 1:
        raise ValueError(
            f"No share of a batch: received share = {share}. Allowed is above 0 up to 1; for 70 percent, give 0.7."
        )
    values, all_values = (ops.stop_gradient(ops.cast(losses, "float32")) for losses in (values, all_values))
    n = ops.shape(all_values)[0]
    # float64, for the same k as in Python: n is a tensor where the size of the batch is not known beforehand.
    k = ops.maximum(ops.cast(share * ops.cast(n, "float64"), "int32"), 1)
    return ops.cast(values >= ops.take(ops.sort(all_values), n - k), "float32")


def known(labels: keras.KerasTensor) -> keras.KerasTensor:
    """Returns 1 where the label is a class, 0 where it is -1 and so unknown [(n,) float32].

    Args:
        labels: 0 to classes - 1, or -1 where unknown [(n,) int].
    """
    return ops.cast(ops.cast(labels, "int32") >= 0, "float32")


def _is_label(labels: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Returns where each example's own class stands, nowhere for an unknown one [(n, classes) bool]."""
    classes = ops.arange(ops.shape(logits)[1], dtype="int32")
    return ops.expand_dims(ops.cast(labels, "int32"), 1) == ops.expand_dims(classes, 0)
