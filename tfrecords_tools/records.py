"""Where records lie, whether they are there, and what they say of themselves. Only reading them imports TensorFlow."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

VERSION = "1.0.0"
"""Of the records' content: a change of it makes records of an older version unusable."""


def size_name(image_size: int) -> str:
    """Returns the folder name of a size.

    >>> size_name(256)
    'px256'
    """
    return f"px{image_size}"


def split_name(label: int) -> str:
    """Returns the split of a class.

    >>> split_name(3)
    'class_03'
    """
    return f"class_{label:02d}"


def records_directory(dataset: str, records: Path, image_size: int) -> Path:
    """Returns where the records of a data set at one size lie, or would lie."""
    return Path(records) / dataset / size_name(image_size) / VERSION


def is_built(dataset: str, records: Path, image_size: int) -> bool:
    """Returns whether finished records of this size and of this version are there."""
    return _is_finished(records_directory(dataset, records, image_size))


def others_built(dataset: str, records: Path, image_size: int) -> list[str]:
    """Returns finished records of other sizes or versions, as in `px256/1.0.0`."""
    folder = Path(records) / dataset
    wanted = records_directory(dataset, records, image_size)
    found = [path for path in folder.glob("px*/*") if path != wanted and _is_finished(path)]
    return sorted(str(path.relative_to(folder)) for path in found)


def build_command(dataset: str, images: Path | None, records: Path, image_size: int) -> str:
    """Returns the command that makes these records."""
    source = f" --images {images}" if images else ""
    return f"python -m tfrecords_tools.build --dataset {dataset}{source} --records {records} --image_size {image_size}"


def read_metadata(records_dir: Path) -> dict[str, Any]:
    """Returns what the builder noted (see `builder.RecordsBuilder`): `class_counts`, `fingerprint` and others."""
    return json.loads((records_dir / "metadata.json").read_text())


@dataclass(frozen=True)
class Labels:
    """The labels of all records, sorted by id."""

    class_names: tuple[str, ...]
    ids: np.ndarray
    """[(N,) str]"""
    labels: np.ndarray
    """[(N,) int64]"""
    groups: np.ndarray
    """[(N,) str]"""


def read_labels(records_dir: Path) -> Labels:
    """Returns ids, labels and groups of all records of a version folder; no image is decoded.

    Raises:
        FileNotFoundError: There are no finished records.
    """
    if not _is_finished(records_dir):
        raise FileNotFoundError(
            f"No records in {records_dir}. Make them with: python -m tfrecords_tools.build (--help tells how)."
        )
    from tfrecords_tools.quiet import import_tensorflow

    import_tensorflow()
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(records_dir)
    few = tfds.decode.PartialDecoding({"id", "group", "label"})
    rows = []
    for split in sorted(builder.info.splits):
        rows += list(builder.as_dataset(split=split, decoders=few).as_numpy_iterator())
    rows.sort(key=lambda row: row["id"])
    return Labels(
        class_names=tuple(builder.info.features["label"].names),
        ids=np.array([row["id"].decode() for row in rows]),
        labels=np.array([row["label"] for row in rows], np.int64),
        groups=np.array([row["group"].decode() for row in rows]),
    )


def _is_finished(folder: Path) -> bool:
    # A build is renamed to its place when it is complete; these two files are the last that TFDS writes.
    return (folder / "dataset_info.json").is_file() and (folder / "features.json").is_file()
