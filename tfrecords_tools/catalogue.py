"""The data sets that records can be made of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tfrecords_tools.datasets import aptos, csv_table, digits, folder, isic2018
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import LabelTable


@dataclass(frozen=True)
class Dataset:
    """How one data set is read, and where a user gets it."""

    read_labels: Callable[[Origin], LabelTable]
    """Where the images and labels lie -> the label table."""
    download: str = ""
    """Where to get it. Empty for one that needs no folder of images, and for one's own images."""
    needs: tuple[str, ...] = ()
    """What the user has to say of it: fields of `Origin`. Empty for a data set that is built in."""
    takes: tuple[str, ...] = ()
    """What the user may say beside these."""


def _built_in(read_labels: Callable[[Path], LabelTable], download: str) -> Dataset:
    """Returns a data set whose layout is known: the folder of images says all."""
    return Dataset(lambda origin: read_labels(origin.images), download)


# A new data set: one module in `datasets/`, and one line here.
DATASETS = {
    "aptos": _built_in(aptos.read_labels, aptos.DOWNLOAD),
    "digits": _built_in(digits.read_labels, digits.DOWNLOAD),
    "isic2018": _built_in(isic2018.read_labels, isic2018.DOWNLOAD),
    "folder": Dataset(folder.read_labels, needs=folder.NEEDS, takes=folder.TAKES),
    "csv": Dataset(csv_table.read_labels, needs=csv_table.NEEDS, takes=csv_table.TAKES),
}
