"""The order in which classes and their images are shown: exact, seeded, the same from any starting point.

An epoch is a list of class ids, each as often as the sampling says, shuffled as a whole. A class hands out its items
pass after pass: each pass is a permutation, so every item is used once before any is used again, across epochs too.
Both draws depend on (seed, epoch) and (seed, class, pass) alone: the item at any place is the same wherever one starts.
"""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

# Items of one class that are shuffled together: a class with more is shuffled block by block, to bound the memory.
SHUFFLE_BLOCK = 8192


def visits_per_epoch(class_counts: np.ndarray, sampling: str) -> np.ndarray:
    """Returns how often each class is shown in an epoch [(n_classes,) int64].

    >>> visits_per_epoch(np.array([5, 2]), "balanced")
    array([5, 5])

    Args:
        class_counts: images of each class [(n_classes,) int].
        sampling: one of SAMPLINGS.

    Raises:
        ValueError: `sampling` is unknown.

    Reference:
        Marrakchi, Makansi, Brox (2021), section 3.
    """
    if sampling not in SAMPLINGS:
        raise ValueError(f"Unknown sampling {sampling!r}. Allowed: {', '.join(SAMPLINGS)}.")
    return SAMPLINGS[sampling](np.asarray(class_counts, np.int64))


def schedule(
    class_items: Sequence[tf.data.Dataset], item_counts: np.ndarray, visits: np.ndarray, *, seed: int, start: int = 0
) -> tf.data.Dataset:
    """Returns the endless sequence of items, class by class as the epochs order them.

    Args:
        class_items: the items of each class, a finite dataset each; all of one element structure.
        item_counts: how many items each of them has [(n_classes,) int].
        visits: how often each class is shown in an epoch [(n_classes,) int]; a class may be shown more often than it
            has items.
        seed: of the whole sequence.
        start: position in the sequence to begin at, counted in items from the beginning of epoch 0.

    Returns:
        A dataset of (position [() int64], item).

    Raises:
        ValueError: A class is to be shown and has no items.
    """
    item_counts, visits = np.asarray(item_counts, np.int64), np.asarray(visits, np.int64)
    if np.any((item_counts == 0) & (visits > 0)):
        missing = np.flatnonzero((item_counts == 0) & (visits > 0)).tolist()
        raise ValueError(f"The classes {missing} have no training images. Every class needs one.")
    epoch, offset = divmod(start, int(visits.sum()))
    # What the epoch that `start` lies in has shown before tells how far into its stream each class is.
    begun = _class_order(tf.constant(visits), seed, tf.constant(epoch, tf.int64))[:offset]
    seen = epoch * visits + np.bincount(begun.numpy(), minlength=len(visits))
    shown = np.flatnonzero(visits).tolist()
    streams = [
        _class_stream(class_items[label], int(item_counts[label]), seed=(seed, label), start=int(seen[label]))
        for label in shown
    ]
    # Numbered among the classes that are shown. The shuffle is of places, so it is that of `begun` all the same.
    order = tf.data.Dataset.range(epoch, np.iinfo(np.int64).max).flat_map(
        lambda number: tf.data.Dataset.from_tensor_slices(_class_order(tf.constant(visits[shown]), seed, number))
    )
    items = tf.data.Dataset.choose_from_datasets(streams, order.skip(offset), stop_on_empty_dataset=True)
    return items.enumerate(start=start)


def _class_order(visits: tf.Tensor, seed: int, epoch: tf.Tensor) -> tf.Tensor:
    """Returns the class of every place of an epoch [(visits.sum(),) int64]."""
    in_turn = tf.repeat(tf.range(tf.size(visits, tf.int64), dtype=tf.int64), visits)
    return tf.random.experimental.stateless_shuffle(in_turn, seed=tf.stack([tf.cast(seed, tf.int64), epoch]))


def _class_stream(items: tf.data.Dataset, count: int, *, seed: tuple[int, int], start: int) -> tf.data.Dataset:
    """Returns a class's items pass after pass, each pass a permutation, from the start-th item on."""
    first, offset = divmod(start, count)
    passes = tf.data.Dataset.range(first, np.iinfo(np.int64).max)
    # Of the pass that `start` lies in, what was shown before is skipped; those after it are whole.
    return passes.flat_map(lambda number: _permuted(items, count, seed, number)).skip(offset)


def _permuted(items: tf.data.Dataset, count: int, seed: tuple[int, int], number: tf.Tensor) -> tf.data.Dataset:
    """Returns the items in an order drawn from (seed, number), block by block.

    Dataset.shuffle would do, but its order hangs on TensorFlow's global seed, too.
    """
    key = tf.random.fold_in(tf.constant(seed, tf.int64), number)

    def shuffled(block_number: tf.Tensor, block: object) -> tf.data.Dataset:
        size = tf.shape(tf.nest.flatten(block)[0])[0]
        order = tf.random.experimental.stateless_shuffle(tf.range(size), seed=tf.random.fold_in(key, block_number))
        return tf.data.Dataset.from_tensor_slices(tf.nest.map_structure(lambda part: tf.gather(part, order), block))

    return items.batch(min(count, SHUFFLE_BLOCK)).enumerate().flat_map(shuffled)


def _each_once(class_counts: np.ndarray) -> np.ndarray:
    return class_counts


def _all_as_the_largest(class_counts: np.ndarray) -> np.ndarray:
    return np.where(class_counts > 0, class_counts.max(), 0)


SAMPLINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "original": _each_once,
    "balanced": _all_as_the_largest,
}
