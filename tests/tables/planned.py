"""A small table of digits, and its runs."""

from pathlib import Path

from conbal_tf.settings.schema import Settings
from conbal_tf.tables.expand import TableRun, expand
from conbal_tf.tables.paper import Row, Table

CE = Row("CE", "cross_entropy")
FOCAL = Row("Focal loss", "focal")
CL = Row("CL + resample", "contrastive", "balanced")
TABLE = Table("Table 0: digits", "digits", ("accuracy", "macro_f1"), (CE, FOCAL, CL, Row("Reported alone", None)))
NAMES = ["paper-cross_entropy-original-seed0", "paper-focal-original-seed0", "paper-contrastive-balanced-seed0"]


def runs(folder: Path, seeds: int = 1) -> list[TableRun]:
    """Returns the runs of the table; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    return expand(TABLE, Settings(protocol="paper"), seeds, folder)
