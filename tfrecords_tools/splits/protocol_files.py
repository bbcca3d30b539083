"""The CSV of a protocol: written whole, checked against the records, or made of somebody else's split."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfrecords_tools.folders.label_files import read_table
from tfrecords_tools.labels.name_texts import NAMES_SHOWN, apart, listed, some
from tfrecords_tools.labels.names import canonical, respelled
from tfrecords_tools.labels.other_spellings import other_spelling
from tfrecords_tools.records import Labels
from tfrecords_tools.splits.covering import NoCoveringError
from tfrecords_tools.splits.dealing import deal
from tfrecords_tools.splits.groups import joined_groups
from tfrecords_tools.splits.kinds import PARTS, VALIDATION_SHARE

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("id", "part", "group")
# How others call the parts.
SYNONYMS = {"training": "train", "val": "validation", "valid": "validation", "dev": "validation", "testing": "test"}


def check_protocol(path: Path, labels: Labels, *, complete: bool = True) -> None:
    """Raises ValueError unless the CSV has the right columns and parts, and its ids and groups are the records'.

    Args:
        path: the CSV.
        labels: the records.
        complete: whether every record must be in it, but the owners' validation and test images.
    """
    import pandas as pd  # here, since `--help` does without it

    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    remedy = f"Remove {path}, and it is written anew."
    if tuple(table.columns) != COLUMNS:
        raise ValueError(f"{path} has columns {', '.join(table.columns)}; expected: {', '.join(COLUMNS)}. {remedy}")
    wrong = sorted(set(table["part"]) - set(PARTS))
    if wrong:
        told = ", ".join(apart((*wrong, *PARTS))[: len(wrong)])
        raise ValueError(f"{path} has unknown parts: {told}; allowed: {', '.join(PARTS)}. {remedy}")
    table["id"] = respelled(table["id"], labels.ids.tolist())
    repeated = sorted(table["id"][table["id"].duplicated()].unique())
    if repeated:
        raise ValueError(f"{path} names images more than once: {some(repeated)}. {remedy}")
    unknown = sorted(set(table["id"]) - set(labels.ids))
    expected = labels.ids[np.isin(labels.official_parts, ("", "train"))]
    absent = sorted(set(expected) - set(table["id"])) if complete else []
    if unknown or absent:
        raise ValueError(
            f"{path} does not fit the records: {some(unknown) if unknown else 0} of its ids are no records, and "
            f"{some(absent) if absent else 0} records are not in it. Was it made from other images? {remedy}"
        )
    group_of = dict(zip(labels.ids, joined_groups(labels.groups, labels.pixel_hashes), strict=True))
    strange = [
        name
        for name, group in zip(table["id"], table["group"], strict=True)
        if canonical(group_of[name]) != canonical(group)
    ]
    if strange:
        raise ValueError(
            f"{path} has other groups than the records: {some(strange)}. Was it made before they were? {remedy}"
        )


def import_split(path: Path, labels: Labels, seed: int) -> np.ndarray:
    """Returns the split of a CSV with the columns `id` and `part`, so that a published split can be repeated.

    A split without a validation part gets one: a tenth of its train part, whole groups.

    Args:
        path: the CSV; records that it does not name belong to no part.
        labels: the records, N of them.
        seed: of the choice of validation groups, where the CSV names none.

    Returns:
        One of `PARTS` for each record, "" for those without a row [(N,) object].

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A column is missing, an id is no record, or a part is unknown or empty.
    """
    table = read_table(path, ("id", "part"))
    named = table["part"].str.lower().replace(SYNONYMS)
    unknown = sorted(set(named) - set(PARTS))
    if unknown:
        allowed = ", ".join((*PARTS, *SYNONYMS))
        raise ValueError(
            f"{path} has unknown parts: {some(unknown, beside=PARTS)}. Allowed: {allowed}. Correct these rows."
        )
    known = labels.ids.tolist()
    named_ids = respelled(table["id"], known)
    strangers = sorted(set(named_ids) - set(known))
    if strangers:
        raise ValueError(
            f"{path} names {len(strangers)} of {len(table)} ids that are not among the records: "
            f"{some(strangers, beside=known[:1])}. Ids of the records look like "
            f"{listed(known[:1], beside=strangers[:NAMES_SHOWN])}: correct or remove these rows. "
            f"{other_spelling(strangers, known)}".rstrip()
        )
    part_of = dict(zip(named_ids, named, strict=True))
    parts = np.array([part_of.get(name, "") for name in labels.ids], dtype=object)
    trained = parts == "train"
    if not (parts == "validation").any() and trained.any():
        groups = joined_groups(labels.groups, labels.pixel_hashes)[trained]
        dealt = _validating(groups, labels.labels[trained], len(labels.class_names), seed)
        parts[trained] = np.array(["train", "validation"], dtype=object)[dealt]
        lacking = set(labels.labels[trained]) - set(labels.labels[parts == "validation"])
        without = ", ".join(labels.class_names[label] for label in sorted(lacking))
        print(
            f"{path} names no validation part: {int(dealt.sum())} images of its train part, whole groups, make one"
            + (f", without {without}: train's groups do not suffice for both." if lacking else ".")
        )
    absent = [part for part in PARTS if not (parts == part).any()]
    if absent:
        raise ValueError(
            f"{path} names no image of {' and '.join(absent)}. A split needs {', '.join(PARTS)}: add some."
        )
    return parts


def _validating(groups: np.ndarray, labels: np.ndarray, classes: int, seed: int) -> np.ndarray:
    """Returns which images of a train part are to validate [(n,) int, 1 for those].

    Train keeps every class that it has. Validation goes without the classes that cannot be in both, the rarest first:
    the split is somebody else's, and no group can be added to it.
    """
    counts = np.bincount(labels, minlength=classes)
    needs = np.tile(counts > 0, (2, 1))
    begun = np.zeros((2, classes), np.int64)
    while True:
        try:
            return deal(groups, labels, (1 - VALIDATION_SHARE, VALIDATION_SHARE), seed, begun, needs=needs)
        except NoCoveringError as error:
            # One class less in each round, so that it ends.
            waived = [label for label in error.classes if needs[1, label]]
            needs[1, min(waived, key=lambda label: counts[label])] = False


def write_protocol(table: "pd.DataFrame", path: Path) -> None:
    """Writes a table with the columns of `COLUMNS` as a CSV that appears whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several trainings may write the same one at once. No mkstemp, whose files the umask does not decide about.
    unfinished = path.with_name(f".{path.name}_{os.getpid()}")
    try:
        table.to_csv(unfinished, index=False, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
