"""Balanced batches of anybody's items, tested by counting them."""

from collections import Counter

import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.data.balanced_batches import balanced_batches

Item = tuple[int, int]


def labelled(counts: list[int]) -> tf.data.Dataset:
    """Returns (item, label) of every class in turn; items are numbered through."""
    labels = np.repeat(np.arange(len(counts)), counts)
    return tf.data.Dataset.from_tensor_slices((np.arange(len(labels)), labels))


def by_class(counts: list[int]) -> list[tf.data.Dataset]:
    """Returns the same items as datasets of their own, which do not know how many they are."""

    def of(number: int) -> tf.data.Dataset:
        return labelled(counts).filter(lambda item, label: label == number)

    return [of(number) for number in range(len(counts))]


def taken(batches: tf.data.Dataset, count: int) -> list[Item]:
    """Returns the (item, label) of so many batches, in their order."""
    shown = list(batches.take(count).as_numpy_iterator())
    return [(int(item), int(label)) for items, labels in shown for item, label in zip(items, labels, strict=True)]


@pytest.mark.parametrize("counts", [[5, 2, 1], [3, 3], [1]])
def test_every_epoch_shows_all_classes_equally_often_and_their_items_in_turn(counts: list[int]) -> None:
    epoch = max(counts) * len(counts)
    shown = taken(balanced_batches(labelled(counts), epoch, seed=3), 2)
    for begin in (0, epoch):
        of_epoch = Counter(label for _, label in shown[begin : begin + epoch])
        assert of_epoch == dict.fromkeys(range(len(counts)), max(counts))
    for label, count in enumerate(counts):
        items = [item for item, shown_label in shown if shown_label == label]
        passes = [items[begin : begin + count] for begin in range(0, len(items) - count + 1, count)]
        assert all(sorted(one) == sorted(passes[0]) and len(set(one)) == count for one in passes)


def test_order_is_the_same_from_any_batch_and_for_both_forms_of_the_items() -> None:
    whole = taken(balanced_batches(labelled([5, 2]), 4, seed=5), 8)
    assert taken(balanced_batches(labelled([5, 2]), 4, seed=5, first_batch=6), 2) == whole[24:]
    assert taken(balanced_batches(by_class([5, 2]), 4, seed=5), 8) == whole


@pytest.mark.parametrize("step", [2, 3_000_000, 2**40])
def test_class_that_no_item_has_is_no_part_of_the_batches(step: int) -> None:
    gap = labelled([3, 1]).map(lambda item, label: (item, step * label))
    assert Counter(label for _, label in taken(balanced_batches(gap, 6), 2)) == {0: 6, step: 6}


def test_number_that_is_not_whole_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        balanced_batches(labelled([2, 1]), 2.0)  # type: ignore[arg-type]


def test_elements_keep_their_structure_and_batches_their_size() -> None:
    items = [tf.data.Dataset.from_tensor_slices({"path": ["a", "b"], "age": [1.0, 2.0]}) for _ in range(2)]
    spec = balanced_batches(items, 4).element_spec
    assert {name: (part.shape.as_list(), part.dtype.name) for name, part in spec.items()} == {
        "path": ([4], "string"),
        "age": ([4], "float32"),
    }


def test_batches_have_no_end_and_say_so_to_keras() -> None:
    assert int(balanced_batches(labelled([2, 1]), 2).cardinality()) == tf.data.INFINITE_CARDINALITY


@pytest.mark.parametrize(
    ("items", "options", "message"),
    [
        (labelled([2, 1]), {"batch_size": 0}, "batch_size is 0; allowed is 1 or more"),
        (labelled([2, 1]), {"first_batch": -1}, "first_batch is -1; allowed is 0 or more"),
        (labelled([2, 1]).repeat(), {}, "The items of the dataset have no end"),
        ([tf.data.Dataset.range(3), tf.data.Dataset.range(2).repeat()], {}, "The items of class 1 have no end"),
        ([tf.data.Dataset.range(3), tf.data.Dataset.range(0)], {}, r"A class has no items: received \[3, 0\]"),
        (labelled([2, 1]).filter(lambda *_: False), {}, r"A class has no items: received \[\]"),
        ([], {}, r"A class has no items: received \[\]"),
        (tf.data.Dataset.range(3), {}, "The items of the dataset carry no label"),
        (labelled([2, 1]).batch(2), {}, "carry no label.*batch nothing before"),
        (labelled([2, 1]).map(lambda item, label: (item, -label)), {}, "A label is -1; allowed is 0 or more"),
    ],
)
def test_mistake_is_refused_with_what_was_received(
    items: tf.data.Dataset | list[tf.data.Dataset], options: dict[str, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        balanced_batches(items, **{"batch_size": 2, **options})
