"""Balanced batches of anybody's items: every class as often as the largest, exactly, from any batch on."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from conbal_tf.data.schedule import schedule, visits_per_epoch

_COUNTED_TOGETHER = 4096


def balanced_batches(
    items: tf.data.Dataset | Sequence[tf.data.Dataset], batch_size: int, *, seed: int = 0, first_batch: int = 0
) -> tf.data.Dataset:
    """Returns endless batches in which all classes are equally frequent: items of the smaller ones are repeated.

    An epoch shows each class exactly as often as the largest class has items, in one shuffled order; of the classes
    that have items it is `n_classes * largest` items long, which Keras wants to know as `steps_per_epoch`. Every item
    of a class is shown once before any is shown again. The order depends on `seed` alone, whatever the batch it begins
    at and whatever TensorFlow's global seed.

    Let the items be small (paths, encoded images) and map what is costly or random after the batching: then an item
    that is repeated is augmented anew.

    Args:
        items: one finite dataset of (item, label [() int], ...), which is read and kept in memory class by class; or
            one finite dataset for each class, of any elements, which are read again for each pass over the class. They
            come in the same order each time they are read: they are shuffled here, so leave `.shuffle` out.
        batch_size: items in a batch, 1 or more.
        seed: of the whole sequence.
        first_batch: number of the batch to begin with, as after an interruption; 0 is the first.

    Returns:
        A dataset without an end of what the items are, each tensor [(batch_size, ...)].

    Raises:
        TypeError: A number is no whole number.
        ValueError: A number is out of its range, a dataset is endless, there are no items, a dataset of a class has
            none, or the items of one dataset carry no label of 0 or more.

    Reference:
        Marrakchi, Makansi, Brox (2021), section 3.

    >>> import tensorflow as tf
    >>> import conbal_tf as cb
    >>> paths = [f"benign{n}.png" for n in range(6)] + ["malignant0.png", "malignant1.png"]
    >>> photos = tf.data.Dataset.from_tensor_slices((paths, [0] * 6 + [1] * 2))
    >>> batches = cb.balanced_batches(photos, 4, seed=1)
    >>> batches.element_spec[0].shape
    TensorShape([4])
    >>> epoch = [int(label) for _, labels in batches.take(3) for label in labels]
    >>> (epoch.count(0), epoch.count(1))
    (6, 6)
    """
    for name, number, smallest in (("batch_size", batch_size, 1), ("first_batch", first_batch, 0)):
        if operator.index(number) < smallest:
            raise ValueError(f"{name} is {number}; allowed is {smallest} or more. Give another {name}.")
    if isinstance(items, tf.data.Dataset):
        classes, counts = _by_label(items)
    else:
        classes, counts = list(items), np.array([_count(one, f"class {place}") for place, one in enumerate(items)])
    if not len(counts) or not counts.all():
        raise ValueError(
            f"A class has no items: received {counts.tolist()} of the classes in their order. Allowed are datasets "
            "with one item or more; leave the empty ones out, or look at what filters them."
        )
    visits = visits_per_epoch(counts, "balanced")
    sequence = schedule(classes, counts, visits, seed=seed, start=first_batch * batch_size)
    batches = sequence.map(lambda position, item: item).batch(batch_size, drop_remainder=True)
    # Else Keras would not ask for steps_per_epoch, and the first epoch would never end.
    endless = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    return batches.apply(endless).prefetch(tf.data.AUTOTUNE)


def _by_label(items: tf.data.Dataset) -> tuple[list[tf.data.Dataset], np.ndarray]:
    """Returns the items of each class, kept in memory, and how many there are [(n_classes,) int64]."""
    spec = items.element_spec
    label = spec[1] if isinstance(spec, tuple) and len(spec) > 1 else None
    if not isinstance(label, tf.TensorSpec) or not label.dtype.is_integer or label.shape.rank != 0:
        raise ValueError(
            f"The items of the dataset carry no label: received {spec}. Allowed are tuples whose second part is the "
            "class, a whole number; make them so with .map, and batch nothing before."
        )
    _refuse_endless(items, "the dataset")
    told = items.map(lambda *item: tf.cast(item[1], tf.int64)).batch(_COUNTED_TOGETHER)
    labels = np.concatenate([np.zeros(0, np.int64), *told.as_numpy_iterator()])
    if labels.size and labels.min() < 0:
        raise ValueError(f"A label is {labels.min()}; allowed is 0 or more. Leave out what has no class, with .filter.")
    # Of the labels that there are: ids of any size may be labels, and each class costs a pass over the items.
    numbers, counts = np.unique(labels, return_counts=True)
    # A schedule reads a class again for every pass over it, and each time all items would be looked through for it.
    return [_of_class(items, number).cache() for number in numbers], counts


def _of_class(items: tf.data.Dataset, number: int) -> tf.data.Dataset:
    return items.filter(lambda *item: tf.equal(tf.cast(item[1], tf.int64), number))


def _count(items: tf.data.Dataset, name: str) -> int:
    """Returns how many items a dataset has, by going through it where it does not tell."""
    known = _refuse_endless(items, name)
    return known if known >= 0 else int(items.reduce(np.int64(0), lambda count, _: count + 1))


def _refuse_endless(items: Any, name: str) -> int:
    """Returns how many items a dataset says that it has, negative where it does not know."""
    known = int(items.cardinality())
    if known == tf.data.INFINITE_CARDINALITY:
        raise ValueError(
            f"The items of {name} have no end: received a dataset that repeats. Allowed is each item once, since "
            "repeating is done here; leave .repeat() out."
        )
    return known
