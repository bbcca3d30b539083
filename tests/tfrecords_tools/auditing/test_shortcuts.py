"""Labels that size or colour tell, and labels that they do not."""

import numpy as np
import pytest

from tests.tfrecords_tools.auditing.made_facts import made_facts
from tfrecords_tools.auditing.shortcuts import find_shortcuts, predict

COUNT = 400


def labels_of(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.repeat([0, 1], [COUNT - 80, 80]))


def test_size_that_tells_the_class_is_a_warning() -> None:
    labels = labels_of()
    rng = np.random.default_rng(1)
    heights = np.where(labels == 1, 400, 300) + rng.integers(0, 20, COUNT)
    sizes, colours = np.stack([heights, heights + 50], axis=1), rng.uniform(0, 255, (COUNT, 3))
    size, colour = find_shortcuts(made_facts(labels.tolist(), sizes=sizes, colours=colours))
    assert size.severity == "warning" and size.details["balanced_accuracy"] > 0.98
    assert size.details["recall"].keys() == {"common", "rare"} and size.details["chance"] == 0.5
    assert colour.severity == "note" and "hardly" in colour.title


def test_colour_that_tells_the_class_is_a_note_since_it_may_be_the_disease() -> None:
    labels = labels_of()
    colours = np.random.default_rng(1).uniform(0, 100, (COUNT, 3)) + 60 * labels[:, None]
    size, colour = find_shortcuts(made_facts(labels.tolist(), colours=colours))
    assert "is the same for all images" in size.title
    assert colour.severity == "note" and "mean colour alone tells" in colour.title


@pytest.mark.parametrize("seed", range(10))
def test_chance_is_not_reported(seed: int) -> None:
    features = np.random.default_rng(seed + 100).uniform(size=(COUNT, 3))
    found = predict(made_facts(labels_of(seed).tolist()), features)
    assert not found.is_notable and abs(found.balanced_accuracy - 0.5) < 0.15


def test_images_of_one_group_do_not_tell_each_other() -> None:
    # Every group has a label and a feature of its own, drawn apart: only whoever has seen the group knows.
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(20), 20)
    labels, features = rng.permutation(np.repeat([0, 1], 10))[group], rng.uniform(size=20)[group, None]
    alone = predict(made_facts(labels.tolist()), features)
    together = predict(made_facts(labels.tolist(), groups=group.astype(str)), features)
    assert alone.balanced_accuracy > 0.85
    assert together.balanced_accuracy < 0.8 and not together.is_notable


def test_one_group_of_a_class_is_too_few() -> None:
    (found,) = find_shortcuts(made_facts([0, 0, 1, 1], groups=["a", "b", "c", "c"]))
    assert "not looked for" in found.title
