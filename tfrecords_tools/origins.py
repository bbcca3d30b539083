"""Where the images and the labels of a data set lie, and what they mean: what a user says of them."""

import shlex
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Origin:
    """What the reader of a data set is told. Of the data sets that are built in, the folder of images alone.

    A field more is a field here and in the settings of training, a flag in `build_flags`, and a name in `TAKES` of the
    data sets that know what to do with it.
    """

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
    class_order: tuple[str, ...] | None = None
    """All classes, where they have an order, from its one end to the other."""
    keep_missing: bool = False
    """Whether words for a missing value (nan, unknown) are real names of classes and groups."""
    bits: int | None = None
    """How many bits the values of one's own 16-bit PNGs have, 8 to 16, where these are the low ones."""

    def said(self) -> dict[str, Any]:
        """Returns the fields that say something, `images` always.

        >>> Origin(Path("moles"), keep_missing=True).said()
        {'images': PosixPath('moles'), 'keep_missing': True}
        """
        told = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: value for name, (value, default) in told.items() if value != default}

    def arguments(self) -> list[str]:
        """Returns what was said as flags of `tfrecords_tools.build`.

        >>> Origin(Path("my moles"), class_order=("-", "+")).arguments()
        ['--images=my moles', '--class_order=-', '--class_order=+']
        """
        # With "=", a value may begin with a dash.
        return [f"--{name}={value}" for name, values in self.said().items() for value in _each(values)]

    def flags(self) -> str:
        """Returns what was said as one types it.

        >>> Origin(Path("my moles"), class_order=("none", "mild"), name="moles").flags()
        "--images 'my moles' --name moles --class_order none mild"
        """
        told = self.said()
        if any(str(value).startswith("-") for values in told.values() for value in _each(values)):
            return shlex.join(self.arguments())
        return shlex.join(word for name, values in told.items() for word in (f"--{name}", *map(str, _each(values))))


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
