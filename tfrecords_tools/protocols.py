"""Which image belongs to which part: a CSV (`id,part,group`) beside the records, for every size of them."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tfrecords_tools.records import Labels, read_labels, read_metadata
from tfrecords_tools.tables import LabelTable, some

PARTS = ("train", "validation", "test")
COLUMNS = ("id", "part", "group")
FEWEST_VALIDATION = 3


def ensure_protocol(records_dir: Path, protocol: str, seed: int) -> Path:
    """Returns the CSV of a protocol; writes it if it is missing.

    Args:
        records_dir: version folder of the records.
        protocol: a name of `PROTOCOLS`.
        seed: of the split.

    Returns:
        `records/<dataset>/protocols/<protocol>_seed<seed>.csv`. An id that it does not name belongs to no part.

    Raises:
        FileNotFoundError: There are no finished records.
        ValueError: Unknown protocol, a class too small to be split, or a CSV that does not fit the records.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(f"Unknown protocol {protocol!r}. Allowed: {', '.join(PROTOCOLS)}.")
    if seed < 0:
        raise ValueError(f"protocol_seed is {seed}; it must be 0 or more.")
    path = records_dir.parent.parent / "protocols" / f"{protocol}_seed{seed}.csv"
    labels = read_labels(records_dir)
    ratio = read_metadata(records_dir)["imbalance_ratio"]
    if path.is_file():
        check_protocol(path, labels, complete=ratio == 1)
        return path
    parts = PROTOCOLS[protocol](labels, seed)
    if ratio > 1:
        parts = thin(labels, parts, ratio, seed)
    table = pd.DataFrame({"id": labels.ids, "part": parts, "group": labels.groups})
    _write(table[table["part"] != ""], path)
    return path


def check_can_be_split(table: LabelTable, protocol: str) -> None:
    """Raises ValueError unless every class of the table has an image for every part of the protocol."""
    labels = Labels(
        class_names=table.class_names,
        ids=np.array([example.id for example in table.examples]),
        labels=np.array([example.label for example in table.examples]),
        groups=np.array([example.group for example in table.examples]),
        # Before any image is read, every one is thought to be different.
        pixel_hashes=np.array([example.id for example in table.examples]),
        official_parts=np.array([example.official_part for example in table.examples]),
    )
    PROTOCOLS[protocol](labels, 0)


def check_protocol(path: Path, labels: Labels, *, complete: bool = True) -> None:
    """Raises ValueError unless the CSV has the right columns and parts, and its ids are those of the records.

    Args:
        path: the CSV.
        labels: ids, labels and groups of the records.
        complete: whether every record must be in it.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    remedy = f"Remove {path}, and it is written anew."
    if tuple(table.columns) != COLUMNS:
        raise ValueError(f"{path} has columns {', '.join(table.columns)}; expected: {', '.join(COLUMNS)}. {remedy}")
    wrong = sorted(set(table["part"]) - set(PARTS))
    if wrong:
        raise ValueError(
            f"{path} has unknown parts: {', '.join(map(repr, wrong))}; allowed: {', '.join(PARTS)}. {remedy}"
        )
    repeated = sorted(table["id"][table["id"].duplicated()].unique())
    if repeated:
        raise ValueError(f"{path} names images more than once: {some(repeated)}. {remedy}")
    unknown = sorted(set(table["id"]) - set(labels.ids))
    absent = sorted(set(labels.ids) - set(table["id"])) if complete else []
    if unknown or absent:
        raise ValueError(
            f"{path} does not fit the records: {some(unknown) if unknown else 0} of its ids are no records, and "
            f"{some(absent) if absent else 0} records are not in it. Was it made from other images? {remedy}"
        )


def split_paper(labels: Labels, seed: int) -> np.ndarray:
    """Returns the paper's stratified 7:3 split, with a tenth of the 70 % as validation part: 63/7/30 in every class.

    Each class is permuted with its own generator, after sorting by id, so neither the order of the label table nor the
    other classes matter.

    Args:
        labels: the records' ids and labels, N of them.
        seed: of the permutations.

    Returns:
        One of `PARTS` for each record [(N,) str].

    Raises:
        ValueError: A class has too few images to be in every part.
    """
    parts = np.full(len(labels.ids), "", dtype=object)
    for number, name in enumerate(labels.class_names):
        members = np.flatnonzero(labels.labels == number)
        members = members[np.argsort(labels.ids[members])]
        count = len(members)
        # Whole-number arithmetic: 0.7 * 370 is 258.99... in floating point, and round() takes halves to even.
        developed = (7 * count + 5) // 10
        validation = max(1, (developed + 5) // 10)
        if developed - validation < 1 or count - developed < 1:
            raise ValueError(
                f"Class {name!r} has {count} images, too few for protocol 'paper': each of {', '.join(PARTS)} "
                "needs one, which takes 3 images. Add images of this class."
            )
        order = np.random.default_rng([seed, number]).permutation(members)
        parts[order[developed:]] = "test"
        parts[order[:validation]] = "validation"
        parts[order[validation:developed]] = "train"
    return parts


def thin(labels: Labels, parts: np.ndarray, ratio: float, seed: int) -> np.ndarray:
    """Returns the parts with images dropped, so that class sizes fall exponentially: n_c = n_0 * ratio^(-c / (C - 1)).

    The train part falls by the whole ratio. Validation does too, but no class falls below 3 images (or what it has).
    The test part keeps all. Class 0 gives n_0, or less where another class has too few images for its place in the
    profile.

    Args:
        labels: the records' ids and labels, N of them.
        parts: the part of each record [(N,) str].
        ratio: largest class over smallest, above 1; reached up to rounding.
        seed: of the choice of images.

    Returns:
        The part of each record, "" for the dropped ones [(N,) object].
    """
    parts = parts.copy()
    classes = len(labels.class_names)
    profile = ratio ** (-np.arange(classes) / max(1, classes - 1))
    for part, fewest in (("train", 1), ("validation", FEWEST_VALIDATION)):
        members = [np.flatnonzero((labels.labels == number) & (parts == part)) for number in range(classes)]
        largest = min(len(found) / share for found, share in zip(members, profile, strict=True))
        for number, (found, share) in enumerate(zip(members, profile, strict=True)):
            order = np.random.default_rng([seed, number, classes]).permutation(found)
            parts[order[max(fewest, round(largest * share)) :]] = ""
    return parts


def _write(table: pd.DataFrame, path: Path) -> None:
    """Writes the CSV so that it appears whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}_", dir=path.parent)
    try:
        with os.fdopen(handle, "w", newline="") as file:
            table.to_csv(file, index=False)
        Path(name).chmod(0o644)  # mkstemp's files are for their owner alone
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


PROTOCOLS: dict[str, Callable[[Labels, int], np.ndarray]] = {"paper": split_paper}
