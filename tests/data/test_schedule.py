"""The schedule over classes, tested by counting ids."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.data import schedule as module
from conbal_tf.data.schedule import SAMPLINGS, schedule, visits_per_epoch
from conbal_tf.settings import choices


def sequence(counts: list[int], sampling: str, length: int, *, seed: int = 0, start: int = 0) -> list[tuple[int, int]]:
    """Returns (class, item) of `length` places; items of a class are numbered from 0."""
    items = [
        tf.data.Dataset.from_tensor_slices({"class": np.full(count, label), "item": np.arange(count)})
        for label, count in enumerate(counts)
    ]
    places = schedule(items, np.array(counts), visits_per_epoch(np.array(counts), sampling), seed=seed, start=start)
    taken = list(places.take(length).as_numpy_iterator())
    assert [position for position, _ in taken] == list(range(start, start + length))
    return [(int(item["class"]), int(item["item"])) for _, item in taken]


@settings(max_examples=6, deadline=None)
@given(counts=st.lists(st.integers(1, 9), min_size=1, max_size=4), seed=st.integers(0, 2**40), epochs=st.integers(1, 3))
def test_every_epoch_shows_each_class_as_often_as_the_sampling_says(counts: list[int], seed: int, epochs: int) -> None:
    for sampling, each in (("original", counts), ("balanced", [max(counts)] * len(counts))):
        shown = sequence(counts, sampling, epochs * sum(each), seed=seed)
        for epoch in range(epochs):
            of_epoch = Counter(label for label, _ in shown[epoch * sum(each) : (epoch + 1) * sum(each)])
            assert [of_epoch[label] for label in range(len(counts))] == each


@settings(max_examples=6, deadline=None)
@given(counts=st.lists(st.integers(1, 9), min_size=2, max_size=4), seed=st.integers(0, 2**40))
def test_every_image_is_used_once_before_any_is_used_again(counts: list[int], seed: int) -> None:
    shown = sequence(counts, "balanced", 3 * max(counts) * len(counts), seed=seed)
    for label, count in enumerate(counts):
        items = [item for shown_label, item in shown if shown_label == label]
        passes = [items[begin : begin + count] for begin in range(0, len(items) - count + 1, count)]
        assert all(sorted(one_pass) == list(range(count)) for one_pass in passes)


@settings(max_examples=6, deadline=None)
@given(
    counts=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    start=st.integers(0, 60),
    sampling=st.sampled_from(sorted(SAMPLINGS)),
)
def test_starting_anywhere_gives_the_same_sequence(counts: list[int], start: int, sampling: str) -> None:
    whole = sequence(counts, sampling, start + 20, seed=5)
    assert sequence(counts, sampling, 20, seed=5, start=start) == whole[start:]


def test_same_seed_gives_the_same_order_whatever_the_global_seed_and_another_seed_another() -> None:
    tf.random.set_seed(1)
    first = sequence([30, 5], "balanced", 60, seed=3)
    tf.random.set_seed(2)
    assert sequence([30, 5], "balanced", 60, seed=3) == first
    assert sequence([30, 5], "balanced", 60, seed=4) != first


def test_classes_and_items_are_shuffled_anew_in_every_epoch() -> None:
    shown = sequence([20, 20], "original", 120)
    epochs = [shown[begin : begin + 40] for begin in (0, 40, 80)]
    for one, other in pairwise(epochs):
        assert [label for label, _ in one] != [label for label, _ in other]
        assert [item for label, item in one if label == 0] != [item for label, item in other if label == 0]


def test_order_is_shuffled_over_the_whole_epoch_not_class_by_class() -> None:
    labels = [label for label, _ in sequence([50, 50], "original", 100)]
    changes = sum(one != other for one, other in pairwise(labels))
    assert 30 < changes < 70  # 1 if blocked, 99 if alternating


def test_a_class_larger_than_the_block_is_still_shown_once_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHUFFLE_BLOCK", 4)
    items = [item for _, item in sequence([11], "original", 22)]
    assert sorted(items[:11]) == sorted(items[11:]) == list(range(11))
    assert items[:11] != items[11:]


def test_a_class_without_images_is_no_part_of_the_schedule() -> None:
    assert visits_per_epoch(np.array([4, 0, 2]), "balanced").tolist() == [4, 0, 4]
    assert {label for label, _ in sequence([4, 0, 2], "balanced", 16)} == {0, 2}


def test_showing_a_class_that_has_no_images_is_refused() -> None:
    items = [tf.data.Dataset.range(3), tf.data.Dataset.range(0)]
    with pytest.raises(ValueError, match=r"classes \[1\] have no training images"):
        schedule(items, np.array([3, 0]), np.array([3, 3]), seed=0)


def test_unknown_sampling_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Unknown sampling 'blanced'. Allowed: original, balanced"):
        visits_per_epoch(np.array([1]), "blanced")


def test_samplings_are_the_choices_of_the_settings() -> None:
    assert sorted(SAMPLINGS) == sorted(choices.names(choices.Sampling))
