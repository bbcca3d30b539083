"""From records to batches: scheduled and augmented for training, each image once for evaluation."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

import tensorflow as tf

from conbal_tf.data.augment import Strength, augment
from conbal_tf.data.records import Records
from conbal_tf.data.schedule import schedule, visits_per_epoch
from conbal_tf.settings.schema import Data
from tfrecords_tools.pixels import images

Labels: TypeAlias = tf.Tensor | dict[str, tf.Tensor]


@dataclass(frozen=True)
class View:
    """How an image is shown in training."""

    image_size: int
    """Side of the square crop, in pixels."""
    augmentation: str
    """Name of a recipe."""
    strength: Strength
    """How strong its changes are."""
    views: int
    """Differently augmented views of each image."""
    seed: int
    """Of every draw."""

    @classmethod
    def of(cls, shown: Data, *, views: int, seed: int) -> "View":
        """Returns the view that the settings describe."""
        strength = Strength(shown.smallest_crop, shown.colour_strength)
        return cls(shown.image_size, shown.augmentation, strength, views, seed)


@dataclass(frozen=True)
class TestView:
    """How an image is shown in evaluation."""

    test_size: int
    """Side, in pixels."""
    test_resize: str = "square"
    """`square`, or `short_side` to keep the image's shape."""

    __test__ = False  # pytest takes a class named Test... for a test

    @classmethod
    def of(cls, shown: Data) -> "TestView":
        """Returns the view that the settings describe."""
        return cls(shown.test_size, shown.test_resize)


@dataclass(frozen=True)
class SecondLabel:
    """An attribute of the records as a second label."""

    attribute: str
    """Its name in the records."""
    values: tuple[str, ...]
    """Those that are classes, in label order; every other value is -1."""

    def number(self, record: dict[str, tf.Tensor]) -> tf.Tensor:
        """Returns the label of a record [() int32]."""
        matches = tf.equal(tf.constant(self.values), record[self.attribute])
        return tf.where(tf.reduce_any(matches), tf.argmax(tf.cast(matches, tf.int32), output_type=tf.int32), -1)


def training_batches(
    records: Records,
    ids: Collection[str],
    view: View,
    *,
    sampling: str,
    batch_size: int,
    start: int = 0,
    second: SecondLabel | None = None,
) -> tf.data.Dataset:
    """Returns endless batches of augmented images.

    Batches are cut from the endless sequence of `schedule`, so an epoch's counts are exact although its length is no
    multiple of the batch. What augments an image depends on (seed, position in the sequence, view) alone.

    Args:
        records: where the images are.
        ids: which of them to use.
        view: how they are shown.
        sampling: `original` or `balanced`.
        batch_size: images in a batch, over all replicas.
        start: number of the first batch.
        second: a second label, if one is wanted.

    Returns:
        A dataset of (normalised images [(batch_size * views, side, side, 3) float32], labels [(batch_size * views,)
        int32]); the views of one image stand side by side. With a second label, the labels are a dict of "label" and
        the attribute.

    Raises:
        ValueError: The batch is larger than an epoch.
    """
    counts = records.class_counts(ids)
    visits = visits_per_epoch(counts, sampling)
    if batch_size > visits.sum():
        raise ValueError(
            f"A batch of {batch_size} images is larger than an epoch of {visits.sum()} (sampling {sampling!r}). "
            f"Set the batch size to at most {visits.sum()}."
        )
    # Encoded bytes are what is shuffled and repeated: an image is decoded when its turn has come.
    items = [records.encoded(label, ids) for label in range(len(counts))]
    sequence = schedule(items, counts, visits, seed=view.seed, start=start * batch_size)
    return (
        # A batch is of images; behind it, each of their views is an input of its own.
        _augmented(sequence, view, second)
        .batch(batch_size, drop_remainder=True)
        .map(_side_by_side)
        .prefetch(tf.data.AUTOTUNE)
    )


def augmented_once(records: Records, ids: Collection[str], view: View, *, batch_size: int) -> tf.data.Dataset:
    """Returns `view.views` augmented views of every image, in reading order, the views of one image side by side.

    Returns:
        A dataset of normalised images [(up to batch_size * views, side, side, 3) float32].
    """
    sequence = records.in_order(ids).enumerate()
    batches = _augmented(sequence, view).batch(batch_size).map(_side_by_side)
    return batches.map(lambda views, _: views).prefetch(tf.data.AUTOTUNE)


def evaluation_batches(records: Records, ids: Collection[str], view: TestView, *, batch_size: int) -> tf.data.Dataset:
    """Returns every image once, in the order of `records.select(ids)`, resized and normalised.

    Args:
        records: where the images are.
        ids: which of them to use.
        view: the size at which they are shown.
        batch_size: images in a batch; with `short_side`, where shapes differ, each image is a batch.

    Returns:
        A dataset of normalised images [(up to batch_size, height, width, 3) float32].
    """
    pixels = records.in_order(ids).map(
        lambda record: prepare_test_image(images.decode(record["image"]), view), num_parallel_calls=tf.data.AUTOTUNE
    )
    return pixels.batch(1 if view.test_resize == "short_side" else batch_size).prefetch(tf.data.AUTOTUNE)


def prepare_test_image(pixels: tf.Tensor, view: TestView) -> tf.Tensor:
    """Returns a stored image [(height, width, 3) uint8] as a test shows it [(height', width', 3) float32]."""
    if view.test_resize == "short_side":
        return images.normalise(images.resize_short_side(pixels, view.test_size))
    return images.normalise(images.resize(pixels, (view.test_size, view.test_size)))


def _augmented(sequence: tf.data.Dataset, view: View, second: SecondLabel | None = None) -> tf.data.Dataset:
    recipe = augment(view.augmentation)

    def show(position: tf.Tensor, record: dict[str, tf.Tensor]) -> tuple[tf.Tensor, Labels]:
        pixels = images.decode(record["image"])
        # The schedule draws from (seed, ...) too; the -1 keeps the two families of draws apart.
        key = tf.random.fold_in(tf.constant([view.seed, -1], tf.int64), position)
        crops = [
            recipe(pixels, view.image_size, view.strength, tf.random.fold_in(key, number))
            for number in range(view.views)
        ]
        labels = tf.cast(record["label"], tf.int32)
        if second is not None:
            labels = {"label": labels, second.attribute: second.number(record)}
        return images.normalise(tf.stack(crops)), tf.nest.map_structure(lambda one: tf.repeat(one, view.views), labels)

    return sequence.map(show, num_parallel_calls=tf.data.AUTOTUNE)


def _side_by_side(views: tf.Tensor, labels: Labels) -> tuple[tf.Tensor, Labels]:
    side_by_side = tf.reshape(views, tf.concat([[-1], tf.shape(views)[2:]], axis=0))
    return side_by_side, tf.nest.map_structure(lambda one: tf.reshape(one, [-1]), labels)
