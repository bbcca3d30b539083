"""A protocol file: which record belongs to which part."""

from pathlib import Path

import pandas as pd

from conbal_tf.settings.choices import Part, names


def read_protocol(path: Path, record_ids: pd.Series) -> dict[str, list[str]]:
    """Returns the ids of every part of a protocol.

    Args:
        path: a CSV with the columns `id`, `part` and `group`.
        record_ids: ids of the records that it is to split; records that it leaves out belong to no part.

    Returns:
        Part name to ids; every part has at least one.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A column is missing, a part is unknown or empty, or an id is given twice or is not among the
            records.
    """
    if not path.exists():
        raise FileNotFoundError(f"No protocol file {path}. tfrecords_tools.build writes it beside the records.")
    table = pd.read_csv(path, dtype=str)
    missing = {"id", "part", "group"} - set(table.columns)
    if missing:
        raise ValueError(
            f"{path} lacks the columns {sorted(missing)}; it has {list(table.columns)}. Expected: id, part, group."
        )
    unknown = sorted(set(table["part"]) - set(names(Part)))
    if unknown:
        raise ValueError(f"{path} names unknown parts {unknown}. Allowed: {', '.join(names(Part))}.")
    twice = table.loc[table["id"].duplicated(), "id"].tolist()
    if twice:
        raise ValueError(f"{path} gives {len(twice)} ids twice, such as {twice[:3]}. Every id belongs to one part.")
    strangers = sorted(set(table["id"]) - set(record_ids))
    if strangers:
        raise ValueError(
            f"{path} splits {len(strangers)} ids that are not among the records, such as {strangers[:3]}. "
            "It was made for other records: remove it, and it is made anew."
        )
    parts = {part: table.loc[table["part"] == part, "id"].tolist() for part in names(Part)}
    empty = [part for part, ids in parts.items() if not ids]
    if empty:
        raise ValueError(f"{path} leaves the parts {empty} empty. Every part needs images.")
    return parts
