"""Records under a protocol: what training and evaluation are given."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.data.protocol import read_protocol
from conbal_tf.data.records import Records, open_records


@dataclass(frozen=True)
class SplitRecords:
    """Records and the ids of each part."""

    records: Records
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
    return SplitRecords(opened, read_protocol(protocol, opened.index["id"]), protocol)
