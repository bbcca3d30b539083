"""What contrastive losses have in common: anchors against contrasts, the anchor itself left out."""

from typing import NamedTuple

import keras
from keras import ops

# Stands for minus infinity in float32: exp(it) is 0, and unlike -inf it gives no NaN gradient.
_MASKED = -1e30


class Pairs(NamedTuple):
    """Every anchor with every contrast, each [(anchors, contrasts)]."""

    similarities: keras.KerasTensor
    """Inner products over the temperature, float32."""
    is_self: keras.KerasTensor
    """Whether the contrast is the anchor itself, bool."""


def pairs(
    anchors: keras.KerasTensor, contrasts: keras.KerasTensor, anchor_indices: keras.KerasTensor, temperature: float
) -> Pairs:
    """Returns all pairs, in float32 whatever comes in; the arguments are those of the losses."""
    anchors, contrasts = ops.cast(anchors, "float32"), ops.cast(contrasts, "float32")
    similarities = ops.matmul(anchors, ops.transpose(contrasts)) / temperature
    columns = ops.arange(ops.shape(contrasts)[0])
    is_self = ops.expand_dims(ops.cast(anchor_indices, columns.dtype), 1) == ops.expand_dims(columns, 0)
    return Pairs(similarities, is_self)


def of_one_class(labels: keras.KerasTensor, others: keras.KerasTensor) -> keras.KerasTensor:
    """Returns 1 where a label [(n,) int] is another [(m,) int], else 0 [(n, m) float32]."""
    return ops.cast(ops.expand_dims(labels, 1) == ops.expand_dims(others, 0), "float32")


def mean_over_positives(
    compared: Pairs, same_class: keras.KerasTensor, denominators: keras.KerasTensor
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Returns log sum_k exp(denominator_ik) - the mean similarity of i's positives, and which anchors have one.

    The anchor itself is masked before the row maximum is taken: with the self-similarity 1/t in the maximum, the other
    terms underflow at small t.

    Args:
        compared: all pairs.
        same_class: 1 where the two have one class, the anchor itself included [(anchors, contrasts) float32].
        denominators: what is summed for each pair [(anchors, contrasts) float32].

    Returns:
        The loss of each anchor [(anchors,) float32], 0 where no other contrast shares its class, and whether one does
        [(anchors,) bool].
    """
    # P(i) of Eq. (1), and |P(i)|.
    positives = ops.where(compared.is_self, 0.0, same_class)
    positive_counts = ops.sum(positives, axis=1)
    has_positive = positive_counts > 0
    # The sum over k != i. It is the same for all p in P(i), so it stands outside the mean over them.
    log_denominator = ops.logsumexp(ops.where(compared.is_self, _MASKED, denominators), axis=1)
    positive_mean = ops.sum(positives * compared.similarities, axis=1) / ops.maximum(positive_counts, 1.0)
    return ops.where(has_positive, log_denominator - positive_mean, 0.0), has_positive
