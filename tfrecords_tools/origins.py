"""Where the images and the labels of a data set lie: what a user says of them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """What the reader of a data set is told. Of the data sets that are built in, the folder of images alone."""

    images: Path
    """Folder of the download, or of one's own images."""
    labels: Path | None = None
    """Label table of one's own images, where it is not their subfolders that name the classes."""
    image_column: str | None = None
    """The table's column of image files."""
    label_column: str | None = None
    """Its column of classes."""
    group_column: str | None = None
    """Its column of groups (patients, lesions), if there is one."""
    name: str | None = None
    """What one's own images are called; None for the name of their folder."""

    def flags(self) -> str:
        """Returns what was said as flags.

        >>> Origin(Path("my moles"), name="moles").flags()
        "--images 'my moles' --name moles"
        """
        given = {name: value for name, value in vars(self).items() if value is not None}
        return " ".join(f"--{name} {shlex.quote(str(value))}" for name, value in given.items())


def safe_name(name: str) -> str:
    """Returns a name that a folder can have everywhere; empty where nothing is left of it.

    >>> safe_name("My moles (2024)")
    'My_moles_2024'
    """
    return re.sub(r"[^\w-]+", "_", name).strip("_-")
