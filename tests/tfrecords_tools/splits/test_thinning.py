"""Balanced data made long-tailed."""

import numpy as np

from tests.tfrecords_tools.made_labels import counts_of, labels_of
from tfrecords_tools.splits.kinds import split_paper
from tfrecords_tools.splits.thinning import thin


def test_thinned_training_falls_exponentially_and_the_test_part_stays() -> None:
    labels = labels_of({str(number): 180 for number in range(10)})
    parts = split_paper(labels, seed=0)
    thinned = thin(labels, parts, ratio=20, seed=0)
    train = counts_of(labels, thinned, "train")
    assert train == [round(113 * 20 ** (-number / 9)) for number in range(10)]
    assert counts_of(labels, thinned, "test") == counts_of(labels, parts, "test") == [54] * 10
    assert min(counts_of(labels, thinned, "validation")) == 3
    kept = thinned != ""
    assert (thinned[kept] == parts[kept]).all()


def test_thinning_fits_the_profile_to_a_class_with_few_images() -> None:
    labels = labels_of({"a": 100, "b": 10, "c": 100})
    thinned = thin(labels, np.full(210, "train", dtype=object), ratio=4, seed=0)
    assert counts_of(labels, thinned, "train") == [20, 10, 5]


def test_thinning_chooses_among_all_images_of_a_class() -> None:
    labels = labels_of({"a": 100, "b": 100})
    parts = np.full(200, "train", dtype=object)
    kept = np.flatnonzero(thin(labels, parts, ratio=10, seed=0)[100:])
    assert len(kept) == 10 and kept.max() > 20
