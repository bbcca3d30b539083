"""Slow, obvious versions of the equations, for the tests to compare with."""

import math

import numpy as np


def supervised_contrastive(embeddings: np.ndarray, labels: np.ndarray, temperature: float) -> list[float | None]:
    """Returns Eq. (1) of the paper for every sample, None for one without a positive, as a plain double loop."""
    losses: list[float | None] = []
    n = len(labels)
    for i in range(n):
        similarities = [
            float(np.dot(embeddings[i].astype(float), embeddings[k].astype(float))) / temperature for k in range(n)
        ]
        positives = [p for p in range(n) if p != i and labels[p] == labels[i]]
        if not positives:
            losses.append(None)
            continue
        largest = max(similarities[k] for k in range(n) if k != i)
        denominator = largest + math.log(sum(math.exp(similarities[k] - largest) for k in range(n) if k != i))
        losses.append(-sum(similarities[p] - denominator for p in positives) / len(positives))
    return losses


def coupled_sgd(weights: float, gradients: list[float], rates: list[float], momentum: float, decay: float) -> float:
    """Returns a weight after steps of torch.optim.SGD's rule: v = mu v + (g + wd w); w -= rate v."""
    velocity = 0.0
    for gradient, rate in zip(gradients, rates, strict=True):
        velocity = momentum * velocity + gradient + decay * weights
        weights -= rate * velocity
    return weights
