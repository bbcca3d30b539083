"""What a data set of one's own needs to be told, so that tests can go over all data sets."""

from pathlib import Path
from typing import Any

_TABLE = {"labels": Path("labels.csv"), "image_column": "file", "label_column": "label"}
TOLD: dict[str, dict[str, Any]] = {"folder": {"images": Path("moles")}, "csv": {"images": Path("moles"), **_TABLE}}


def told_flags(dataset: str) -> list[str]:
    """Returns the same as flags; none for a data set that is built in."""
    return [f"--{name}={value}" for name, value in TOLD.get(dataset, {}).items()]
