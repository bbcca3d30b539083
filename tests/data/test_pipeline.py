"""Batches from real records: counts, order, augmentation by position alone."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.data.augment import Strength
from conbal_tf.data.pipeline import (
    SecondLabel,
    TestView,
    View,
    augmented_once,
    evaluation_batches,
    prepare_test_image,
    training_batches,
)
from conbal_tf.data.split import SplitRecords
from tests.lesion_records import lesion_records
from tfrecords_tools.pixels import images

VIEW = View(image_size=12, augmentation="digits", strength=Strength(0.6), views=2, seed=3)


def test_an_epoch_of_batches_shows_every_class_exactly_as_often(digits: SplitRecords) -> None:
    ids = digits.ids("train")
    batch_size = 28  # 112 images in the largest class, 10 classes: 40 batches
    batches = training_batches(digits.records, ids, VIEW, sampling="balanced", batch_size=batch_size)
    labels = np.concatenate([labels for _, labels in batches.take(40).as_numpy_iterator()])
    assert Counter(labels.tolist()) == dict.fromkeys(range(10), 2 * 112)


def test_batches_hold_the_views_of_an_image_side_by_side(digits: SplitRecords) -> None:
    batches = training_batches(digits.records, digits.ids("train"), VIEW, sampling="original", batch_size=16)
    pixels, labels = next(batches.as_numpy_iterator())
    assert pixels.shape == (32, 12, 12, 3)
    assert pixels.dtype == np.float32
    assert (labels[0::2] == labels[1::2]).all()
    assert not np.allclose(pixels[0::2], pixels[1::2])


def test_starting_later_gives_the_very_same_pixels(digits: SplitRecords) -> None:
    def batches(start: int) -> tf.data.Dataset:
        return training_batches(
            digits.records, digits.ids("train"), VIEW, sampling="balanced", batch_size=50, start=start
        )

    whole = list(batches(0).take(26).as_numpy_iterator())  # 1,120 places an epoch: the 24th batch lies in the second
    for (pixels, labels), (later_pixels, later_labels) in zip(
        whole[23:], batches(23).take(3).as_numpy_iterator(), strict=True
    ):
        np.testing.assert_array_equal(labels, later_labels)
        np.testing.assert_array_equal(pixels, later_pixels)


def test_copies_of_a_repeated_image_differ(digits: SplitRecords) -> None:
    rare = [
        identity for identity in digits.ids("train") if identity in set(digits.rows("train").query("label == 9")["id"])
    ]
    batches = training_batches(digits.records, rare, VIEW, sampling="balanced", batch_size=len(rare))
    first, second = [pixels for pixels, _ in batches.take(2).as_numpy_iterator()]
    everything = np.concatenate([first, second]).reshape(4 * len(rare), -1)
    assert len(np.unique(everything, axis=0)) == 4 * len(rare)


def test_batch_larger_than_an_epoch_is_refused(digits: SplitRecords) -> None:
    with pytest.raises(
        ValueError, match=r"A batch of 5000 images is larger than an epoch of 1120 \(sampling 'balanced'\)"
    ):
        training_batches(digits.records, digits.ids("train"), VIEW, sampling="balanced", batch_size=5000)


def test_evaluation_shows_every_image_once_in_the_order_of_the_rows(digits: SplitRecords) -> None:
    rows = digits.rows("validation", "test")
    batches = evaluation_batches(digits.records, rows["id"], TestView(12), batch_size=100)
    shown = np.concatenate(list(batches.as_numpy_iterator()))
    assert len(shown) == len(rows)
    assert batches.cardinality() == -(-len(rows) // 100)  # Keras's bar and warnings go by it
    for place in (0, len(rows) // 2, len(rows) - 1):
        record = next(digits.records.encoded(rows["label"].iloc[place], [rows["id"].iloc[place]]).as_numpy_iterator())
        expected = prepare_test_image(images.decode(record["image"]), TestView(12))
        np.testing.assert_allclose(shown[place], expected, atol=1e-6)


def test_short_side_keeps_the_shape_of_an_image() -> None:
    pixels = tf.zeros((40, 60, 3), tf.uint8)
    assert prepare_test_image(pixels, TestView(20, "short_side")).shape == (20, 30, 3)
    assert prepare_test_image(pixels, TestView(20)).shape == (20, 20, 3)


def test_augmented_once_gives_all_views_of_every_image_in_order(digits: SplitRecords) -> None:
    rows = digits.rows("validation")
    shown = np.concatenate(list(augmented_once(digits.records, rows["id"], VIEW, batch_size=7).as_numpy_iterator()))
    assert shown.shape == (2 * len(rows), 12, 12, 3)


def test_second_label_is_the_place_of_the_value_and_every_other_value_is_minus_one() -> None:
    site = SecondLabel("localization", ("back", "ear", "face"))
    numbers = [site.number({"localization": tf.constant(value)}) for value in ("back", "face", "unknown", "knee")]
    assert [int(number) for number in numbers] == [0, 2, -1, -1]
    assert {number.dtype for number in numbers} == {tf.int32}


def test_batches_carry_the_second_label_of_each_image_for_all_its_views(tmp_path: Path) -> None:
    sites = {"MEL": ["back", "face", "unknown"], "NV": ["face", "back", "ear"]}
    records = lesion_records(tmp_path, sites)
    second = SecondLabel("localization", ("back", "face"))
    batches = training_batches(
        records, records.index["id"], VIEW, sampling="original", batch_size=6, second=second
    ).take(1)  # fmt: skip
    ((pixels, labels),) = batches.as_numpy_iterator()
    assert pixels.shape == (12, 12, 12, 3)
    assert set(labels) == {"label", "localization"}
    assert (labels["localization"][0::2] == labels["localization"][1::2]).all()
    shown = Counter(zip(labels["label"][::2].tolist(), labels["localization"][::2].tolist(), strict=True))
    assert shown == Counter([(0, 0), (0, 1), (0, -1), (1, 1), (1, 0), (1, -1)])


def test_second_label_changes_neither_images_nor_classes(tmp_path: Path) -> None:
    records = lesion_records(tmp_path, {"MEL": ["back"] * 3, "NV": ["face"] * 3})
    plain, paired = (
        next(
            training_batches(
                records, records.index["id"], VIEW, sampling="balanced", batch_size=5, second=second
            ).as_numpy_iterator()
        )
        for second in (None, SecondLabel("localization", ("back", "face")))
    )
    np.testing.assert_array_equal(plain[0], paired[0])
    np.testing.assert_array_equal(plain[1], paired[1]["label"])
    np.testing.assert_array_equal(paired[1]["localization"], paired[1]["label"])  # here each class has its own site
