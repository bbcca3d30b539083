"""Where records lie, whether they are there, and what they say of themselves. Only reading them imports TensorFlow."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tfrecords_tools.labels.names import check_read_back

VERSION = "3.0.0"
"""Of the records' content: a change of it makes records of an older version unusable."""
CHANGES = {
    "1.0.0": "the first",
    "2.0.0": "records know equal images and official parts",
    "3.0.0": "JPEGs are decoded exactly, so that pixels are a little brighter and copies in other formats are known",
}
READ_TOGETHER = 4096
CROPS = ("none", "fundus")
"""What may be cut off originals before they are resized; `images.CROPS` has the functions."""


def size_name(image_size: int, crop: str = "none") -> str:
    """Returns the folder name of a size and crop.

    >>> size_name(256), size_name(256, "fundus")
    ('px256', 'px256_fundus')
    """
    return f"px{image_size}" + ("" if crop == "none" else f"_{crop}")


def split_name(label: int) -> str:
    """Returns the split of a class.

    >>> split_name(3)
    'class_03'
    """
    return f"class_{label:02d}"


def records_directory(dataset: str, records: Path, image_size: int, crop: str = "none") -> Path:
    """Returns where the records of a data set at one size and crop lie, or would lie."""
    return Path(records) / dataset / size_name(image_size, crop) / VERSION


def is_built(dataset: str, records: Path, image_size: int, crop: str = "none") -> bool:
    """Returns whether finished records of this size, crop and version are there."""
    return is_finished(records_directory(dataset, records, image_size, crop))


def is_finished(folder: Path) -> bool:
    """Returns whether a version folder holds finished records."""
    # A build is renamed to its place when it is complete; these two files are the last that TFDS writes.
    return (folder / "dataset_info.json").is_file() and (folder / "features.json").is_file()


def found_instead(dataset: str, records: Path, image_size: int, crop: str = "none") -> str:
    """Returns what to say of finished records of other sizes, crops or versions; empty where there are none.

    Those of an older version are not read: what changed since, and what becomes of their folder, is said, too.
    """
    folder = Path(records) / dataset
    wanted = records_directory(dataset, records, image_size, crop)
    found = sorted(path for path in folder.glob("px*/*") if path != wanted and is_finished(path))
    if not found:
        return ""
    said = f"Found there: {', '.join(str(path.relative_to(folder)) for path in found)}."
    older = [version for version in CHANGES if version != VERSION and version in {path.name for path in found}]
    if not older:
        return said
    return (
        f"{said} Records of version {' and '.join(older)} are not read any more ({_changes_since(older[0])}): they are "
        "made anew from the images, and their folders may be removed."
    )


def check_version(folder: Path) -> None:
    """Raises ValueError if records are of an older version, whose pixels and hashes are not those of today."""
    version = read_metadata(folder).get("version", VERSION)
    if version != VERSION:
        raise ValueError(
            f"The records in {folder} are of version {version}; read are those of {VERSION} "
            f"({_changes_since(version)}). Make them anew: the command that made them makes a folder beside this one, "
            "which may be removed."
        )


def check_bits(folder: Path, bits: int | None, anew: str) -> None:
    """Raises ValueError if records were made with another number of bits for 16-bit files than is said now.

    Args:
        folder: the records' version folder.
        bits: what is said now.
        anew: the command that makes them anew.
    """
    before = read_metadata(folder).get("bits")
    if before == bits:
        return
    with_before, with_now = (f"with --bits {given}" if given else "without --bits" for given in (before, bits))
    as_before = f"say --bits {before}" if before else "leave out --bits"
    raise ValueError(
        f"The records in {folder} were made {with_before}, and this is {with_now}: 16-bit files look different. "
        f"To use them, {as_before}; to make them anew: {anew}; or keep both, with another --name."
    )


def _changes_since(version: str) -> str:
    known = list(CHANGES)
    return "; ".join(CHANGES[later] for later in known[known.index(version) + 1 if version in known else 0 :])


def build_command(dataset: str, images: Path | None, records: Path, image_size: int, crop: str = "none") -> str:
    """Returns the command that makes these records."""
    source = f" --images {images}" if images else ""
    flags = f"--dataset {dataset}{source} --records {records} --image_size {image_size}"
    return f"python -m tfrecords_tools.build {flags}" + ("" if crop == "none" else f" --crop {crop}")


def read_metadata(records_dir: Path) -> dict[str, Any]:
    """Returns what the builder noted (see `builder.RecordsBuilder`): `class_counts`, `fingerprint` and others."""
    return json.loads((records_dir / "metadata.json").read_text(encoding="utf-8"))


def check_written(records_dir: Path) -> None:
    """Raises ValueError unless TFDS reads the names of classes back as they were written; no record is read."""
    import tensorflow_datasets as tfds

    names = tfds.builder_from_directory(records_dir).info.features["label"].names
    check_read_back(names, read_metadata(records_dir)["class_counts"], records_dir)


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of all records, sorted by id."""

    class_names: tuple[str, ...]
    ids: np.ndarray
    """[(N,) str]"""
    labels: np.ndarray
    """[(N,) int64]"""
    groups: np.ndarray
    """[(N,) str]"""
    pixel_hashes: np.ndarray
    """[(N,) str]; equal for images of equal pixels."""
    official_parts: np.ndarray
    """[(N,) str]; empty where the data set's owners named none."""


def read_labels(records_dir: Path) -> Labels:
    """Returns ids, labels and groups of all records of a version folder; no image is decoded.

    Raises:
        FileNotFoundError: There are no finished records.
        ValueError: They cannot be read, or name their classes otherwise than was written.
    """
    if not is_finished(records_dir):
        raise FileNotFoundError(
            f"No records in {records_dir}. Make them with: python -m tfrecords_tools.build (--help tells how)."
        )
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    import tensorflow as tf
    import tensorflow_datasets as tfds
    from google.protobuf import json_format

    texts = ("id", "group", "pixel_hash", "official_part")
    few = tfds.decode.PartialDecoding({*texts, "label"})
    try:
        builder = tfds.builder_from_directory(records_dir)
        splits = [builder.as_dataset(split=split, decoders=few) for split in sorted(builder.info.splits)]
        batches = [batch for split in splits for batch in split.batch(READ_TOGETHER).as_numpy_iterator()]
    except (tf.errors.OpError, json_format.ParseError) as error:
        raise ValueError(
            f"The records in {records_dir} are damaged ({str(error).splitlines()[0]}). "
            "Make them anew: the command that made them, with --overwrite."
        ) from error
    class_names = tuple(builder.info.features["label"].names)
    check_read_back(class_names, read_metadata(records_dir)["class_counts"], records_dir)
    labels = np.concatenate([batch["label"] for batch in batches]).astype(np.int64)
    ids, groups, pixel_hashes, official_parts = (
        np.array([text.decode() for batch in batches for text in batch[name]]) for name in texts
    )
    order = np.argsort(ids)
    return Labels(
        class_names=class_names,
        ids=ids[order],
        labels=labels[order],
        groups=groups[order],
        pixel_hashes=pixel_hashes[order],
        official_parts=official_parts[order],
    )
