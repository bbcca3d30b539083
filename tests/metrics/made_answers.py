"""Answers for tests: random, with ties, classes that occur nowhere, and weights."""

import numpy as np
from hypothesis import strategies as st

from conbal_tf.metrics.answers import Answers


def made_answers(n: int, n_classes: int, seed: int, *, images_of_a_group: int = 1, skill: float = 1.0) -> Answers:
    """Returns answers that are right more often than by chance, in steps of a twentieth, so that scores tie."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, n_classes, n)
    scores = random.normal(size=(n, n_classes)) + skill * np.eye(n_classes)[labels]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    coarse = np.floor(probabilities * 20) / 20
    coarse[np.arange(n), probabilities.argmax(axis=1)] += 1 - coarse.sum(axis=1)
    groups = np.array([f"g{number // images_of_a_group}" for number in range(n)])
    return Answers(labels, coarse, tuple(f"class {c}" for c in range(n_classes)), groups, ordered=True)


@st.composite
def weighted_answers(draw: st.DrawFn) -> tuple[Answers, np.ndarray]:
    """Draws answers, and whole weights [(2, n)] of which some are 0 but not all."""
    n, n_classes, seed = draw(st.integers(2, 50)), draw(st.integers(2, 6)), draw(st.integers(0, 2**32 - 1))
    weights = np.random.default_rng(seed).integers(0, 4, (2, n))
    weights[:, 0] = 1
    return made_answers(n, n_classes, seed), weights
