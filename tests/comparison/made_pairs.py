"""Made-up methods and their trainings, of which it is known whether they differ."""

from dataclasses import dataclass

import numpy as np

from conbal_tf.metrics.answers import Answers

SHARES = (0.6, 0.25, 0.1, 0.05)
NAMES = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Images:
    """Test images, some of a group; all networks find the same ones hard."""

    labels: np.ndarray
    groups: np.ndarray
    looks: np.ndarray


def made_images(random: np.random.Generator, n: int, images_of_a_group: int = 1) -> Images:
    """Returns n images of 4 unequal classes; those of a group look and are labelled alike."""
    groups = np.repeat(np.arange(n // images_of_a_group), images_of_a_group)
    labels = random.choice(len(SHARES), groups.max() + 1, p=SHARES)[groups]
    return Images(labels, groups.astype(str), random.normal(0, 0.8, (groups.max() + 1, len(SHARES)))[groups])


def trainings(
    random: np.random.Generator,
    images: Images,
    seeds: int = 1,
    *,
    skill: float = 2.0,
    seed_noise: float = 0.2,
    method_noise: float = 0.3,
) -> list[Answers]:
    """Returns answers of one method, trained with several seeds.

    Args:
        random: what all noise comes from.
        images: the test images.
        seeds: how many trainings.
        skill: of the method.
        seed_noise: how much the skill of a training varies.
        method_noise: how much all trainings of the method agree on an image, beside what all methods see in it.
    """
    n, n_classes = images.looks.shape
    _, members = np.unique(images.groups, return_inverse=True)
    of_method = random.normal(0, 1, (members.max() + 1, n_classes))[members] * method_noise
    answers = []
    for _ in range(seeds):
        skills = skill + seed_noise * random.normal(size=n_classes)
        scores = images.looks + of_method + random.normal(0, 0.8, (n, n_classes))
        odds = np.exp(1.5 * (scores + skills * np.eye(n_classes)[images.labels]))
        answers.append(
            Answers(images.labels, odds / odds.sum(axis=1, keepdims=True), NAMES, images.groups, ordered=True)
        )
    return answers


def certain(labels: list[int], predicted: list[int], groups: list[str], n_classes: int = 2) -> Answers:
    """Returns answers that are almost sure of what they say."""
    probabilities = np.full((len(labels), n_classes), 0.1 / (n_classes - 1))
    probabilities[np.arange(len(labels)), predicted] = 0.9
    return Answers(np.array(labels), probabilities, NAMES[:n_classes], np.array(groups), ordered=True)
