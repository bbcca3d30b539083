"""The data sets that records can be made of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tfrecords_tools.datasets import aptos, digits, isic2018
from tfrecords_tools.tables import LabelTable


@dataclass(frozen=True)
class Dataset:
    """How one data set is read, and where a user gets it."""

    read_labels: Callable[[Path], LabelTable]
    """Folder of the download -> its label table."""
    download: str
    """Where to get it. Empty for one that needs no folder of images."""


# A new data set: one module in `datasets/`, and one line here.
DATASETS = {
    "aptos": Dataset(aptos.read_labels, aptos.DOWNLOAD),
    "digits": Dataset(digits.read_labels, digits.DOWNLOAD),
    "isic2018": Dataset(isic2018.read_labels, isic2018.DOWNLOAD),
}
