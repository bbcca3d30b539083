"""A folder of TFRecords, opened: what it holds, and its encoded records class by class."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
import tensorflow_datasets as tfds
from google.protobuf import json_format

from tfrecords_tools.labels.names import check_read_back

READ_TOGETHER = 4096
# Encoded bytes up to which chosen records, of a class or of all, are read once.
KEPT_IN_MEMORY = 64 * 2**20
_NOT_FOR_BATCHES = ("id", "group", "height", "width", "pixel_hash", "official_part")


@dataclass(frozen=True)
class Records:
    """A folder of records written by tfrecords_tools; `open_records` makes it."""

    builder: tfds.core.DatasetBuilder
    """TFDS's reader of the folder."""
    class_names: tuple[str, ...]
    """Names of the classes, in label order."""
    index: pd.DataFrame
    """One row a record, in reading order: `id`, `group` (str) and `label` (int)."""

    @cached_property
    def _classes(self) -> list[tf.data.Dataset]:
        """All records of each class, encoded; made once, since TFDS takes its time to open a split."""
        wanted = {name: True for name in self.builder.info.features if name not in _NOT_FOR_BATCHES}
        fields = tfds.decode.PartialDecoding(wanted, {"image": tfds.decode.SkipDecoding()})
        return [_in_one_order(self.builder, label, fields) for label in range(len(self.class_names))]

    @property
    def facts(self) -> dict[str, Any]:
        """What the records say of themselves: version, size, class counts, fingerprint."""
        return dict(self.builder.info.metadata or {})

    def select(self, ids: Collection[str]) -> pd.DataFrame:
        """Returns the rows of the index whose id is in `ids`, in reading order."""
        return self.index[self.index["id"].isin(set(ids))]

    def class_counts(self, ids: Collection[str]) -> np.ndarray:
        """Returns how many records of each class are among `ids` [(n_classes,) int64]."""
        return np.bincount(self.select(ids)["label"], minlength=len(self.class_names))

    def attribute_values(self, name: str) -> tuple[str, ...]:
        """Returns the values that an attribute of the records takes, sorted.

        Args:
            name: such as `localization`.

        Raises:
            ValueError: The records have no such attribute.
        """
        if name not in self.builder.info.features or name in _NOT_FOR_BATCHES:
            raise ValueError(
                f"These records say nothing of {name!r}; they have {sorted(self.builder.info.features)}. Make them "
                "from a download that has it, with --overwrite, or choose another --method."
            )
        fields = tfds.decode.PartialDecoding({name: True})
        batches = [
            batch[name]
            for label in range(len(self.class_names))
            for batch in _in_one_order(self.builder, label, fields).batch(READ_TOGETHER).as_numpy_iterator()
        ]
        return tuple(sorted(value.decode("utf-8") for value in np.unique(np.concatenate(batches))))

    def encoded(self, label: int, ids: Collection[str]) -> tf.data.Dataset:
        """Returns the records of one class whose id is in `ids`, in reading order.

        Records of other parts are dropped before anything is decoded.

        Args:
            label: the class.
            ids: which of its records.

        Returns:
            A dataset of {"image": encoded bytes [() string], "label": class [() int64]}, and what else the data set
            knows of an image, such as "localization" [() string].
        """
        return self._chosen(self._classes[label], self.index[self.index["label"] == label], ids)

    def in_order(self, ids: Collection[str]) -> tf.data.Dataset:
        """Returns the records of all classes whose id is in `ids`, in the order of `select(ids)`; as `encoded`."""
        everything, *others = self._classes
        for other in others:
            everything = everything.concatenate(other)
        # Filtering hides the length, and Keras warns of data without one.
        chosen = self._chosen(everything, self.index, ids)
        return chosen.apply(tf.data.experimental.assert_cardinality(len(self.select(ids))))

    def _chosen(self, records: tf.data.Dataset, rows: pd.DataFrame, ids: Collection[str]) -> tf.data.Dataset:
        """Returns those of the records whose id is in `ids`; `rows` of the index are theirs, one each."""
        wanted = rows["id"].isin(set(ids)).to_numpy()
        mask = tf.constant(wanted)
        # The mask goes by place, not by id: TFDS reads unshuffled files in one order, the index's.
        chosen = (
            records.enumerate()
            .filter(lambda place, _: mask[place])
            .map(lambda _, record: record, num_parallel_calls=None)
        )  # fmt: skip
        # A schedule reads a class again for every pass over it: dozens of times an epoch where classes are balanced.
        splits = self.builder.info.splits
        held = sum(splits[f"class_{label:02d}"].num_bytes for label in rows["label"].unique())
        small = held * int(wanted.sum()) <= KEPT_IN_MEMORY * len(wanted)  # as if all were of one size
        return chosen.cache() if small else chosen


def open_records(directory: Path) -> Records:
    """Opens a folder of records.

    Args:
        directory: the version folder, such as records/isic2018/px256/3.0.0.

    Raises:
        FileNotFoundError: There are no records there.
        ValueError: They cannot be read, or name their classes otherwise than was written.
    """
    if not (directory / "dataset_info.json").exists():
        raise FileNotFoundError(
            f"No records in {directory}. Make them with: python -m tfrecords_tools.build --dataset NAME --images DIR."
        )
    try:
        builder = tfds.builder_from_directory(directory)
        records = Records(builder, tuple(builder.info.features["label"].names), _read_index(builder))
    except (tf.errors.OpError, json_format.ParseError, ValueError, KeyError) as error:
        raise ValueError(
            f"The records in {directory} are damaged ({str(error).splitlines()[0]}). "
            "Make them anew: python -m tfrecords_tools.build with --overwrite."
        ) from error
    check_read_back(records.class_names, records.facts.get("class_counts", ()), directory)
    return records


def _in_one_order(builder: tfds.core.DatasetBuilder, label: int, fields: Any) -> tf.data.Dataset:
    # TFDS would read several files at once, interleaved, and cache whole splits; `_chosen` caches what is wanted.
    one_order = tfds.ReadConfig(try_autocache=False, interleave_cycle_length=1)
    return builder.as_dataset(split=f"class_{label:02d}", decoders=fields, read_config=one_order, shuffle_files=False)


def _read_index(builder: tfds.core.DatasetBuilder) -> pd.DataFrame:
    fields = tfds.decode.PartialDecoding({"id": True, "group": True, "label": True})
    frames = []
    for label in range(builder.info.features["label"].num_classes):
        dataset = _in_one_order(builder, label, fields)
        frames += [pd.DataFrame(dict(batch)) for batch in dataset.batch(READ_TOGETHER).as_numpy_iterator()]
    index = pd.concat(frames, ignore_index=True)
    for column in ("id", "group"):
        index[column] = index[column].str.decode("utf-8")
    return index
