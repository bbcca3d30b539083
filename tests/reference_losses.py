"""Slow, obvious versions of the losses of the baselines, for the tests to compare with. All in Python's float64."""

import math
from collections.abc import Sequence

import numpy as np


def cross_entropy(labels: Sequence[int], logits: np.ndarray) -> list[float]:
    """Returns -log p of each label, p the softmax of its logits; 0 for the label -1."""
    losses = []
    for label, row in zip(labels, np.asarray(logits, float).tolist(), strict=True):
        largest = max(row)
        log_sum = largest + math.log(sum(math.exp(logit - largest) for logit in row))
        losses.append(0.0 if label == -1 else log_sum - row[label])
    return losses


def focal(labels: Sequence[int], logits: np.ndarray, gamma: float, class_weights: Sequence[float]) -> list[float]:
    """Returns -alpha (1 - p)^gamma log p of each label; 0 for the label -1.

    Both 1 - p and log p are made of the odds of the other classes, so that they are right for p next to 1.
    """
    losses = []
    for label, row in zip(labels, np.asarray(logits, float).tolist(), strict=True):
        odds = sum(math.exp(logit - row[label]) for c, logit in enumerate(row) if c != label)
        loss = (odds / (1 + odds)) ** gamma * math.log1p(odds)
        losses.append(0.0 if label == -1 else class_weights[label] * loss)
    return losses


def ldam(labels: Sequence[int], logits: np.ndarray, margins: Sequence[float], scale: float) -> list[float]:
    """Returns the cross-entropy with the logit of each label lowered by scale times its margin."""
    lowered = np.array(logits, float)
    for i, label in enumerate(labels):
        if label != -1:
            lowered[i, label] -= scale * margins[label]
    return cross_entropy(labels, lowered)


def adjusted_cross_entropy(labels: Sequence[int], logits: np.ndarray, log_prior: Sequence[float]) -> list[float]:
    """Returns the cross-entropy of logits + log prior."""
    return cross_entropy(labels, np.asarray(logits, float) + np.asarray(log_prior))


def hardest(values: Sequence[float], all_values: Sequence[float], share: float) -> list[float]:
    """Returns 1 for each value that is not below the k-th largest of all, k = max(1, int(share * N)), else 0."""
    k = max(1, int(share * len(all_values)))
    kth_largest = sorted(all_values, reverse=True)[k - 1]
    return [1.0 if value >= kth_largest else 0.0 for value in values]


def balanced_contrastive(
    contrasts: np.ndarray, labels: np.ndarray, anchors: int, temperature: float
) -> list[float | None]:
    """Returns the balanced contrastive loss of the first contrasts, None for one without a positive, class by class.

    Contrasts that are no anchors stand behind them: the prototypes.
    """
    losses: list[float | None] = []
    for i in range(anchors):
        denominator, own = 0.0, []
        for class_ in set(labels.tolist()):
            others = [
                math.exp(float(np.dot(contrasts[i].astype(float), contrasts[k].astype(float))) / temperature)
                for k in range(len(labels))
                if k != i and labels[k] == class_
            ]
            if others:
                denominator += sum(others) / len(others)
            if class_ == labels[i]:
                own = others
        losses.append(-sum(math.log(other / denominator) for other in own) / len(own) if own else None)
    return losses
