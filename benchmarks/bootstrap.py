"""Intervals of all metrics, ours against a loop over scikit-learn: `python -m benchmarks.bootstrap`.

Both draw resamples of 3,000 made-up predictions of 7 classes and compute the same metrics of each. The loop gets fewer
resamples; times are per resample. Ours includes what BCa needs on top, each group left out once.
"""

import argparse
import time
from functools import partial

import numpy as np
from sklearn import metrics as sk

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import bootstrap
from conbal_tf.metrics.measures import measure

IMAGES, CLASSES = 3000, 7


def main() -> None:
    """Prints the time of both, and their ratio for each resample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--loop", type=int, default=20, help="resamples of the loop over scikit-learn")
    flags = parser.parse_args()
    answers = made_up()
    start = time.perf_counter()
    bootstrap(partial(measure, answers), answers.groups, answers.labels, resamples=flags.resamples)
    ours = time.perf_counter() - start
    random = np.random.default_rng(0)
    start = time.perf_counter()
    for _ in range(flags.loop):
        with_scikit_learn(answers, random.integers(0, IMAGES, IMAGES))
    loop = time.perf_counter() - start
    print(f"ours: {flags.resamples} resamples and {IMAGES} left out in {ours:.1f} s")
    print(
        f"scikit-learn: {flags.loop} resamples in {loop:.1f} s, {loop / flags.loop * flags.resamples:.0f} s for as many"
    )
    print(f"scikit-learn to ours, for each resample: {loop / flags.loop / (ours / (flags.resamples + IMAGES)):.0f}")


def made_up() -> Answers:
    """Returns predictions with classes as unequal as those of skin lesions."""
    random = np.random.default_rng(0)
    labels = random.choice(CLASSES, IMAGES, p=[0.11, 0.67, 0.05, 0.03, 0.11, 0.01, 0.02])
    scores = np.exp(random.normal(size=(IMAGES, CLASSES)) + 2 * np.eye(CLASSES)[labels])
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    groups = np.arange(IMAGES).astype(str)
    return Answers(
        labels, probabilities, tuple("abcdefg"), groups, (("b",), ("a", "e"), ("c", "d", "f", "g")), ordered=True
    )


def with_scikit_learn(answers: Answers, drawn: np.ndarray) -> None:
    """Computes the metrics that scikit-learn has, and calibration errors in NumPy, of one resample."""
    labels, probabilities = answers.labels[drawn], answers.probabilities[drawn]
    predicted, classes = probabilities.argmax(axis=1), range(CLASSES)
    sk.precision_recall_fscore_support(labels, predicted, labels=classes, zero_division=0)
    sk.accuracy_score(labels, predicted)
    sk.recall_score(labels, predicted, labels=classes, average="macro", zero_division=np.nan)
    sk.cohen_kappa_score(labels, predicted, labels=classes, weights="quadratic")
    sk.log_loss(labels, probabilities, labels=classes)
    sk.brier_score_loss(labels, probabilities, labels=classes)
    for c in classes:
        sk.recall_score(labels != c, predicted != c)
        sk.roc_auc_score(labels == c, probabilities[:, c])
        sk.average_precision_score(labels == c, probabilities[:, c])
        np.histogram(probabilities[:, c], bins=15, range=(0, 1), weights=(labels == c) - probabilities[:, c])
    largest = probabilities.max(axis=1)
    np.histogram(largest, bins=15, range=(0, 1), weights=(labels == predicted) - largest)


if __name__ == "__main__":
    main()
