"""What the contrastive losses are for a network that embeds all images alike: the line below which learning begins."""

import math


def collapsed_contrastive_loss(embeddings: int, factor: float = 1.0) -> float:
    """Returns the supervised contrastive loss of a batch whose embeddings are all equal: factor * ln(embeddings - 1).

    The similarities cancel out, and with them the temperature. Classes do not enter either: every anchor that has a
    positive has this value, and the others are left out of the mean. So it holds for every batch of that size, whatever
    its class counts, but one without any positive, whose loss is 0.

    Args:
        embeddings: how many a batch has over all replicas: images times views, 2 or more.
        factor: of the loss; temperature / 0.07 where the loss is scaled by it.

    Raises:
        ValueError: If there are fewer than two embeddings.

    >>> round(collapsed_contrastive_loss(192), 2), round(collapsed_contrastive_loss(2 * 192), 2)
    (5.25, 5.95)
    """
    if embeddings < 2:
        raise ValueError(
            f"A batch with nothing to compare has no contrastive loss: received {embeddings} embeddings. Allowed are 2 "
            "or more; raise --training.batch_size or --training.views."
        )
    return factor * math.log(embeddings - 1)


def collapsed_balanced_loss(n_classes: int, factor: float = 1.0) -> float:
    """Returns the balanced contrastive loss where all embeddings and prototypes are equal: factor * ln(n_classes).

    As every class has a prototype, all classes are in every denominator, whatever the batch. A network that has
    collapsed while its prototypes have not may come a little below, by pushing away those of classes that a batch
    happens to lack.

    Args:
        n_classes: how many classes, and prototypes, there are.
        factor: of the loss; temperature / 0.07 where the loss is scaled by it.

    >>> round(collapsed_balanced_loss(7), 2)
    1.95
    """
    return factor * math.log(n_classes)
