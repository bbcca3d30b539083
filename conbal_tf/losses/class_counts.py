"""Numbers made of class counts, which losses take: margins, weights."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ldam_margins(class_counts: ArrayLike, largest: float = 0.5) -> NDArray[np.float64]:
    """Returns the margin of each class: proportional to count^(-1/4), that of the rarest is `largest` [(classes,)].

    Args:
        class_counts: training examples of each class, 1 or more [(classes,) int].
        largest: the margin of the rarest class.

    Raises:
        ValueError: If there is no class, or one without examples.

    Reference:
        Cao et al. (2019), the margins of the LDAM loss.

    >>> import conbal_tf as cb
    >>> cb.ldam_margins([1600, 100]).tolist()
    [0.25, 0.5]
    """
    counts = _checked(class_counts)
    return largest * (counts / counts.min()) ** -0.25


def effective_number_weights(class_counts: ArrayLike, beta: float = 0.9999) -> NDArray[np.float64]:
    """Returns the weight of each class: (1 - beta) / (1 - beta^count), all summing to their number [(classes,)].

    Args:
        class_counts: training examples of each class, 1 or more [(classes,) int].
        beta: 0 weighs all classes the same; towards 1, weights go as 1 / count. Below 1.

    Raises:
        ValueError: If there is no class, or one without examples, or beta is not in [0, 1).

    Reference:
        Cui et al. (2019), the class-balanced term.

    >>> import conbal_tf as cb
    >>> cb.effective_number_weights([6705, 115]).round(3).tolist()
    [0.046, 1.954]
    """
    counts = _checked(class_counts)
    if not 0 <= beta < 1:
        raise ValueError(
            f"Effective numbers do not exist for this beta: received {beta}. Allowed is 0 to below 1; 0.9999 is usual."
        )
    weights = (1 - beta) / (1 - beta**counts)
    return weights * len(weights) / weights.sum()


def _checked(class_counts: ArrayLike) -> NDArray[np.float64]:
    counts = np.asarray(class_counts, np.float64)
    if counts.ndim != 1 or counts.size == 0 or not (counts >= 1).all():
        raise ValueError(
            f"Class counts cannot be weighed: received {counts.tolist()}. Allowed is one number per class, 1 or more; "
            "leave out a class without training examples, or choose a protocol that has some."
        )
    return counts
