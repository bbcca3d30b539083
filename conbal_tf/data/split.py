"""Records under a protocol: what training and evaluation are given."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.data.protocol import read_protocol
from conbal_tf.data.records import Records, open_records
from conbal_tf.settings.choices import Part, names
from tfrecords_tools.splits.leaks import Leaks, find_leaks


@dataclass(frozen=True)
class SplitRecords:
    """Records and the ids of each part."""

    records: Records
    """The groups of their index are the protocol's."""
    parts: dict[str, list[str]]
    """Part to ids."""
    protocol: Path
    """The protocol's file."""

    def ids(self, *parts: str) -> list[str]:
        """Returns the ids of one part or several."""
        return [identity for part in parts for identity in self.parts[part]]

    def rows(self, *parts: str) -> pd.DataFrame:
        """Returns id, group and label of one part or several, in reading order."""
        return self.records.select(self.ids(*parts))

    def leaks(self) -> Leaks:
        """Returns which test images share their group with an image of train or validation."""
        index = self.records.index
        part_of = {identity: part for part, ids in self.parts.items() for identity in ids}
        # A record that the protocol leaves out is in no part.
        parts = index["id"].map(part_of).fillna("").to_numpy(str)
        return find_leaks(parts, index["group"].to_numpy(str), index["label"].to_numpy(), self.records.class_names)

    def balanced_sample(self, parts: tuple[str, ...], per_class: int, seed: int) -> pd.DataFrame:
        """Returns at most `per_class` rows of each class, drawn with `seed`, in reading order."""
        rows = self.rows(*parts)
        order = np.random.default_rng(seed).permutation(len(rows))
        return rows.iloc[order].groupby("label").head(per_class).sort_index()


def open_split(records: Path, protocol: Path) -> SplitRecords:
    """Opens a folder of records under a protocol file.

    Raises:
        FileNotFoundError: One of them is not there.
        ValueError: The protocol does not fit the records.
    """
    opened = open_records(records)
    table = read_protocol(protocol, opened.index["id"])
    # The protocol's groups know copies of an image, too; what it leaves out keeps the records'.
    joined = opened.index["id"].map(table.set_index("id")["group"]).fillna(opened.index["group"])
    parts = {part: table.loc[table["part"] == part, "id"].tolist() for part in names(Part)}
    return SplitRecords(replace(opened, index=opened.index.assign(group=joined)), parts, protocol)
