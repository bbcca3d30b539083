"""Which image belongs to which part: a CSV (`id,part,group`) beside the records, for every size of them."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfrecords_tools.records import Labels, read_labels, read_metadata
from tfrecords_tools.splits.conflicts import CONFLICTS
from tfrecords_tools.splits.groups import joined_groups
from tfrecords_tools.splits.kinds import split_fold, split_grouped, split_official, split_paper
from tfrecords_tools.splits.protocol_files import check_protocol, import_split, write_protocol
from tfrecords_tools.splits.thinning import thin
from tfrecords_tools.tables import LabelTable

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "grouped"
IMPORT = "import"
FOLD = re.compile(r"fold_([1-9]\d*)_of_([1-9]\d*)")
FOLD_EXAMPLE = "fold_3_of_5"


def ensure_protocol(
    records_dir: Path,
    protocol: str,
    seed: int,
    *,
    conflicts: str = "train",
    file: Path | None = None,
    renew: bool = False,
    spare: Path | None = None,
) -> Path:
    """Returns the CSV of a protocol; writes it if it is missing.

    Its column `group` holds the records' groups, those that share an image joined (`groups.joined_groups`).

    Args:
        records_dir: version folder of the records.
        protocol: a name of `PROTOCOLS`, one fold such as `fold_3_of_5`, or `import`.
        seed: of the split.
        conflicts: a name of `conflicts.CONFLICTS`: what becomes of copies with different labels in `grouped` and folds.
        file: the CSV that `import` takes (`id,part`).
        renew: write a CSV anew that does not fit the records any more; the old one stays beside it, as `.csv.old`.
        spare: a folder for a CSV that is missing and cannot be written beside the records, as on a shared drive.

    Returns:
        `records/<dataset>/protocols/<protocol>_seed<seed>.csv`. An id that it does not name belongs to no part.

    Raises:
        FileNotFoundError: There are no finished records, or no file to import.
        ValueError: Unknown protocol, a class too small to be split, or a CSV that does not fit the records.
    """
    check_name(protocol, conflicts)
    if seed < 0:
        raise ValueError(f"protocol_seed is {seed}; it must be 0 or more.")
    import pandas as pd  # here, since `--help` does without it

    labels = read_labels(records_dir)
    ratio = read_metadata(records_dir)["imbalance_ratio"]
    # Beside the sizes, since a split holds for records of any size.
    path = records_dir.parent.parent / "protocols" / f"{_file_name(protocol, seed, conflicts, file)}.csv"
    if path.is_file():
        # Owners' splits, imported ones and those that leave copies out need not name every record.
        by_all = protocol == "paper" or (protocol not in (IMPORT, "official") and conflicts == "train")
        try:
            check_protocol(path, labels, complete=ratio == 1 and by_all)
            return path
        except ValueError:
            if not renew:
                raise
            path.replace(path.with_suffix(".csv.old"))
            print(f"{path} was of other images: it is written anew, and the old one kept as {path.name}.old.")
    parts = _import(file, labels, seed) if protocol == IMPORT else _split(labels, protocol, seed, conflicts)
    if ratio > 1:
        parts = thin(labels, parts, ratio, seed)
    groups = joined_groups(labels.groups, labels.pixel_hashes)
    table = pd.DataFrame({"id": labels.ids, "part": parts, "group": groups})
    return _written(table[table["part"] != ""], path, spare)


def _written(table: "pd.DataFrame", path: Path, spare: Path | None) -> Path:
    """Writes the CSV of a protocol, and returns where it lies."""
    try:
        write_protocol(table, path)
        return path
    except OSError as error:
        if spare is None:
            raise
        print(f"{path} cannot be written ({error.strerror}): the run folder alone keeps this split.", flush=True)
        write_protocol(table, spare / path.name)
        return spare / path.name


def check_name(protocol: str, conflicts: str = "train") -> None:
    """Raises ValueError unless there is such a protocol, and such a way with copies of different labels."""
    fold = FOLD.fullmatch(protocol)
    if protocol not in (*PROTOCOLS, IMPORT) and not fold:
        allowed = ", ".join((*PROTOCOLS, IMPORT, f"one fold such as {FOLD_EXAMPLE}"))
        raise ValueError(f"Unknown protocol {protocol!r}. Allowed: {allowed}.")
    if fold and not 1 <= int(fold[1]) <= int(fold[2]) >= 2:
        raise ValueError(f"Protocol {protocol!r} is no fold. Folds are numbered from 1, of 2 or more: {FOLD_EXAMPLE}.")
    if conflicts not in CONFLICTS:
        raise ValueError(f"Unknown conflicts {conflicts!r}. Allowed: {', '.join(CONFLICTS)}.")


def check_can_be_split(table: LabelTable, protocol: str) -> None:
    """Raises ValueError unless every class of the table has an image for every part of the protocol.

    Copies are not known before the images are read, so a class may still turn out to be too small afterwards.
    """
    check_name(protocol)
    if protocol == IMPORT:
        return
    labels = Labels(
        class_names=table.class_names,
        ids=np.array([example.id for example in table.examples]),
        labels=np.array([example.label for example in table.examples]),
        groups=np.array([example.group for example in table.examples]),
        pixel_hashes=np.array([example.id for example in table.examples]),
        official_parts=np.array([example.official_part for example in table.examples]),
    )
    _split(labels, protocol, 0, "train")


def _split(labels: Labels, protocol: str, seed: int, conflicts: str) -> np.ndarray:
    fold = FOLD.fullmatch(protocol)
    if fold:
        return split_fold(labels, seed, conflicts, (int(fold[1]), int(fold[2])))
    return PROTOCOLS[protocol](labels, seed, conflicts)


def _import(file: Path | None, labels: Labels, seed: int) -> np.ndarray:
    if file is None:
        raise ValueError("Protocol 'import' needs a CSV with the columns id and part: name it with --protocol_file.")
    return import_split(file, labels, seed)


def _file_name(protocol: str, seed: int, conflicts: str, file: Path | None) -> str:
    parts = [protocol]
    if protocol == IMPORT and file is not None and file.is_file():
        # Two files of one name are two splits.
        parts += [file.stem, hashlib.sha256(file.read_bytes()).hexdigest()[:8]]
    if conflicts != "train" and (protocol == "grouped" or FOLD.fullmatch(protocol)):
        parts.append(f"conflicts_{conflicts}")
    return "_".join([*parts, f"seed{seed}"])


PROTOCOLS: dict[str, Callable[[Labels, int, str], np.ndarray]] = {
    "grouped": split_grouped,
    "paper": lambda labels, seed, _: split_paper(labels, seed),
    "official": lambda labels, *_: split_official(labels),
}
