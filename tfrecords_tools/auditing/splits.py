"""Splits that an audit looks at: the CSVs beside records, and what the data set's owners named."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from tfrecords_tools.folders.label_files import read_table
from tfrecords_tools.labels.name_texts import apart, some
from tfrecords_tools.labels.names import respelled
from tfrecords_tools.labels.other_spellings import other_spelling

PARTS = ("train", "validation", "test")
OFFICIAL = "official parts"


def read_split(path: Path, ids: np.ndarray, unreadable: Collection[str] = ()) -> np.ndarray:
    """Returns the part of each image under a protocol, whatever groups the protocol itself knows.

    Args:
        path: a CSV with the columns `id` and `part`.
        ids: the images [(N,) str].
        unreadable: ids that the file may name, too.

    Returns:
        One of `PARTS` for each image, empty for one that the file does not name [(N,) str].

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no such table, or names other parts or images.
    """
    if not path.is_file():
        raise FileNotFoundError(f"No split {path}. Name a CSV with the columns id and part, of {', '.join(PARTS)}.")
    table = read_table(path, ("id", "part"))
    unknown = sorted(set(table["part"]) - set(PARTS))
    if unknown:
        told = apart((*unknown, *PARTS))[: len(unknown)]
        raise ValueError(
            f"{path} has unknown parts: {some(told)}. Allowed: {', '.join(PARTS)}. Correct them, or remove their rows."
        )
    part_of = dict(zip(respelled(table["id"], [*ids.tolist(), *unreadable]), table["part"], strict=True))
    strangers = sorted(set(part_of) - {*ids.tolist(), *unreadable})
    if strangers:
        raise ValueError(
            f"{path} names images that are not in this data set: {some(strangers)} of {len(part_of)}. "
            "It was made of other images: remove it, or name the right one with --protocol. "
            f"{other_spelling(strangers, ids.tolist())}".rstrip()
        )
    return np.array([part_of.get(name, "") for name in ids.tolist()])
