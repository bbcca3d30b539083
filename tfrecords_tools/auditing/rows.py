"""One image that is to be looked at, and the rows of records."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tfrecords_tools.labels.names import check_read_back
from tfrecords_tools.records import read_metadata

READ_TOGETHER = 256
REMEDY = "Make them anew: the command that made them, with --overwrite."
COLUMNS = ("id", "group", "label", "official_part", "image", "height", "width", "pixel_hash")
TWO_COLOURED = "two_coloured"  # of the metadata


@dataclass(frozen=True)
class Original:
    """Size and pixels of an image before anything was done to it."""

    height: int
    width: int
    pixel_hash: str
    """Equal for equal pixels."""
    has_two_colours: bool
    """As masks have."""


@dataclass(frozen=True, eq=False)
class Row:
    """One image that is to be looked at."""

    id: str
    group: str
    label: int
    official_part: str
    source: Path | bytes | np.ndarray
    """A file, its content, or pixels in RGB [(height, width, 3) uint8]."""
    original: Original | None = None
    """Of the image that a record was made of; none where the source is the original."""

    @property
    def file(self) -> str:
        """What to call it where it cannot be read."""
        return str(self.source) if isinstance(self.source, Path) else self.id


def rows_of_records(folder: Path) -> Iterator[Row]:
    """Returns an iterator of the records of a version folder, their images still encoded.

    Raises:
        ValueError: They cannot be read, are of an older version, or name their classes otherwise than was written.
    """
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()  # now, not at the first record: it takes seconds, which are none of reading
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(folder)
    check_read_back(builder.info.features["label"].names, read_metadata(folder)["class_counts"], folder)
    missing = [name for name in COLUMNS if name not in builder.info.features]
    missing += [name for name in (TWO_COLOURED,) if name not in read_metadata(folder)]
    if missing:
        raise ValueError(f"The records in {folder} lack {', '.join(missing)}: an older version. {REMEDY}")
    return _read(builder, folder)


def _read(builder: Any, folder: Path) -> Iterator[Row]:
    import tensorflow as tf
    import tensorflow_datasets as tfds

    two_coloured = set(read_metadata(folder)[TWO_COLOURED])
    decoders = tfds.decode.PartialDecoding(set(COLUMNS), decoders={"image": tfds.decode.SkipDecoding()})
    try:
        for split in sorted(builder.info.splits):
            for batch in builder.as_dataset(split=split, decoders=decoders).batch(READ_TOGETHER).as_numpy_iterator():
                for values in zip(*(batch[name].tolist() for name in COLUMNS), strict=True):
                    yield _row(dict(zip(COLUMNS, values, strict=True)), two_coloured)
    except tf.errors.OpError as error:
        raise ValueError(f"The records in {folder} are damaged ({str(error).splitlines()[0]}). {REMEDY}") from error


def _row(record: dict[str, Any], two_coloured: Collection[str]) -> Row:
    name, group, part, pixel_hash = (record[text].decode() for text in ("id", "group", "official_part", "pixel_hash"))
    original = Original(record["height"], record["width"], pixel_hash, name in two_coloured)
    return Row(name, group, record["label"], part, record["image"], original)
