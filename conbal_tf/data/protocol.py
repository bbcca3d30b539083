"""A protocol file: which record belongs to which part."""

from pathlib import Path

import pandas as pd

from conbal_tf.settings.choices import Part, names
from tfrecords_tools.labels.names import respelled


def read_protocol(path: Path, record_ids: pd.Series) -> pd.DataFrame:
    """Returns the rows of a protocol.

    Args:
        path: a CSV with the columns `id`, `part` and `group`.
        record_ids: ids of the records that it is to split; records that it leaves out belong to no part.

    Returns:
        The columns `id`, `part` and `group`, all str; every part has at least one row.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A column is missing, a part is unknown or empty, or an id is given twice or is not among the
            records.
    """
    if not path.exists():
        raise FileNotFoundError(f"No protocol file {path}. tfrecords_tools.build writes it beside the records.")
    # An id or a group may be called NA.
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    missing = {"id", "part", "group"} - set(table.columns)
    if missing:
        raise ValueError(
            f"{path} lacks the columns {sorted(missing)}; it has {list(table.columns)}. Expected: id, part, group."
        )
    unknown = sorted(set(table["part"]) - set(names(Part)))
    if unknown:
        raise ValueError(f"{path} names unknown parts {unknown}. Allowed: {', '.join(names(Part))}.")
    table["id"] = respelled(table["id"], record_ids)
    twice = table.loc[table["id"].duplicated(), "id"].tolist()
    if twice:
        raise ValueError(f"{path} gives {len(twice)} ids twice, such as {twice[:3]}. Every id belongs to one part.")
    strangers = sorted(set(table["id"]) - set(record_ids))
    if strangers:
        raise ValueError(
            f"{path} splits {len(strangers)} ids that are not among the records, such as {strangers[:3]}. "
            "It was made for other records: remove it, and it is made anew."
        )
    empty = [part for part in names(Part) if part not in set(table["part"])]
    if empty:
        raise ValueError(f"{path} leaves the parts {empty} empty. Every part needs images.")
    return table[["id", "part", "group"]]
