"""Tests of two classifiers' answers to the same images: whether it matters which of the two gave which answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from conbal_tf.comparison.measures import measure_compared
from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.resampling import WEIGHTS_AT_ONCE, numbered

Array = NDArray[np.float64]

SWAPS = 10_000
# Sums in another order differ in their last digits; that makes no swap less extreme than what was seen.
ROUNDING = 1e-10
BY_RANKS = "macro_auc"


@dataclass(frozen=True)
class RightOrWrong:
    """How often two classifiers are right on the same images."""

    both: int
    only_a: int
    only_b: int
    neither: int
    p: float
    """Two-sided, of McNemar's exact test. It takes images for independent: groups of several make it too small."""


def mcnemar(a: Answers, b: Answers) -> RightOrWrong:
    """Returns how often either is right, with McNemar's exact test: the images on which one alone is right, as coins.

    Args:
        a: answers of one classifier.
        b: answers of the other to the same images, in the same order.

    Reference:
        McNemar (1947), with the binomial distribution in place of chi-squared.
    """
    right_a, right_b = a.predicted == a.labels, b.predicted == b.labels
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    p = float(binomtest(only_b, only_a + only_b).pvalue) if only_a + only_b else 1.0
    return RightOrWrong(int((right_a & right_b).sum()), only_a, only_b, int((~right_a & ~right_b).sum()), p)


def swap_test(a: Answers, b: Answers, *, swaps: int = SWAPS, seed: int = 0) -> dict[str, Array]:
    """Returns two-sided p-values of the difference in each metric of `measure_compared`.

    For each group a coin says whether its answers of the two classifiers change places, all together. Were the two
    alike, the difference would be as large as it is by such swaps alone about as often as p says. Nothing is assumed of
    the images of a group, nor of the distribution of the answers.

    Args:
        a: answers of one classifier.
        b: answers of the other to the same images, in the same order.
        swaps: how many random swaps; the least p is 1 / (swaps + 1).
        seed: of the coins.

    Returns:
        [() float64] for overall metrics, [(C,) float64] for those of classes; NaN for a class without images.

    Reference:
        Fisher's sign-flipping permutation test, by groups. Of AUC the ranks are swapped and not the probabilities, as
        in Venkatraman and Begg (1996), "A distribution-free procedure for comparing receiver operating characteristic
        curves from a paired experiment": two classifiers that rank alike may differ in how sure they are.
    """
    both = Answers(
        np.concatenate([a.labels, b.labels]),
        np.concatenate([a.probabilities, b.probabilities]),
        a.class_names,
        np.concatenate([a.groups, b.groups]),
        ordered=a.ordered and b.ordered,
    )
    members, of_groups = numbered(a.groups, a.labels)
    of_ranks = _auc_of_groups(a, b, members)
    of_a, of_b = measure_compared(a), measure_compared(b)
    found = {name: of_b[name][0] - of_a[name][0] for name in of_a if name in of_b}
    as_extreme = {name: np.zeros_like(value) for name, value in found.items()}
    random, left = np.random.default_rng(seed), swaps
    while left:
        block = min(left, max(1, WEIGHTS_AT_ONCE // len(both)))
        coins = random.integers(0, 2, (block, len(of_groups))).astype(np.float64)
        swapped = coins[:, members]
        # A weight of 0 or 1 chooses, for each image, whose answer counts as the first's; the second's is the other one.
        first = measure_compared(both, np.concatenate([1 - swapped, swapped], axis=1), without=(BY_RANKS,))
        second = measure_compared(both, np.concatenate([swapped, 1 - swapped], axis=1), without=(BY_RANKS,))
        differences = {name: second[name] - first[name] for name in first}
        differences[BY_RANKS] = (1 - 2 * coins) @ of_ranks
        for name, value in found.items():
            as_extreme[name] += (np.abs(differences[name]) >= np.abs(value) - ROUNDING).sum(axis=0)
        left -= block
    # What was seen counts as one of the swaps, so that no p is 0.
    return {
        name: np.where(np.isnan(found[name]), np.nan, (count + 1) / (swaps + 1)) for name, count in as_extreme.items()
    }


def _auc_of_groups(a: Answers, b: Answers, members: NDArray) -> Array:
    """Returns what each group adds to the difference in macro AUC, B - A, and takes from it when swapped [(groups,)].

    A pair of a positive and a negative, both swapped or neither, or one of them: of the difference between the two
    classifiers the terms with two coins cancel, and what is left is linear in them. So no swap needs a new ranking.
    """
    parts = np.zeros(members.max() + 1)
    known = [c for c in range(a.n_classes) if 0 < (a.labels == c).sum() < len(a)]
    for c in known:
        positive = a.labels == c
        rank_a, rank_b = (_ranks(answers.probabilities[:, c]) for answers in (a, b))
        above = {
            (one, other): _shares_above(of_one, of_other, positive)
            for one, of_one in (("a", rank_a), ("b", rank_b))
            for other, of_other in (("a", rank_a), ("b", rank_b))
        }
        plain = above["b", "b"] - above["a", "a"]
        # For a positive the first letter is its own classifier, for a negative the second is.
        mixed = np.where(positive, above["b", "a"] - above["a", "b"], above["a", "b"] - above["b", "a"])
        share = (plain + mixed) / 2 / np.where(positive, positive.sum(), (~positive).sum())
        parts += np.bincount(members, weights=share, minlength=len(parts)) / len(known)
    return parts


def _ranks(scores: np.ndarray) -> NDArray[np.intp]:
    """Returns the rank of each score, that of ties counted double so that it is whole [(n,) int]."""
    ordered = np.sort(scores)
    return np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")


def _shares_above(of_positives: NDArray, of_negatives: NDArray, positive: NDArray) -> Array:
    """Returns for each positive the share of negatives below it, for each negative that of positives above it [(n,)].

    Ties count half.
    """
    positives, negatives = np.sort(of_positives[positive]), np.sort(of_negatives[~positive])
    shares = np.empty(len(positive))
    own = of_positives[positive]
    below = np.searchsorted(negatives, own, "left") + np.searchsorted(negatives, own, "right")
    shares[positive] = below / (2 * len(negatives))
    own = of_negatives[~positive]
    not_above = np.searchsorted(positives, own, "left") + np.searchsorted(positives, own, "right")
    shares[~positive] = 1 - not_above / (2 * len(positives))
    return shares
