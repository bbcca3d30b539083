"""Settings of one's own images: whether they make sense, and the file that repeats them."""

import contextlib
import shlex
from pathlib import Path

import tomli_w

from conbal_tf.settings.choices import OWN_IMAGES, Dataset, names
from conbal_tf.settings.schema import Settings
from tfrecords_tools.labels.names import safe_name

_COLUMNS = ("image_column", "label_column", "group_column")
# What a data set needs, and what it takes beside that; `images` may be said of all.
_NEEDS = {"folder": ("images",), "csv": ("images", "labels", "image_column", "label_column")}
_TAKES = {
    "folder": ("class_order", "keep_missing", "name", "bits"),
    "csv": ("group_column", "class_order", "keep_missing", "name", "bits"),
}
# All that can be said of one's own images, in the order of their settings.
SAID = ("labels", *_COLUMNS, "class_order", "keep_missing", "name", "bits")
BITS = range(8, 17)
"""Of 16-bit files; tfrecords_tools has the same (a test keeps the two equal)."""
_MEANINGS = {
    "images": "the folder of the images",
    "labels": "the table with a row for each image",
    "image_column": "the table's column of image files",
    "label_column": "the table's column of classes",
}


def check_own_images(settings: Settings) -> None:
    """Refuses settings that say too little of one's own images, or that belong to another data set.

    Raises:
        ValueError: At the first such setting.
    """
    dataset = settings.dataset
    needs = _NEEDS.get(dataset, ())
    missing = [name for name in needs if getattr(settings, name) is None]
    if missing:
        wanted = " and ".join(f"{name} ({_MEANINGS[name]})" for name in missing)
        flags = ", ".join(f"--{name}" for name in missing)
        raise ValueError(f"Data set {dataset!r} needs {wanted}. Please add what is missing ({flags}, or in a file).")
    extra = [
        name
        for name in SAID
        if getattr(settings, name) not in (None, False) and name not in (*needs, *_TAKES.get(dataset, ()))
    ]
    if extra:
        owners = "csv" if set(extra) - set(_TAKES["folder"]) else "folder and csv"
        raise ValueError(
            f"Data set {dataset!r} takes no {' or '.join(extra)}: only {owners} {'does' if owners == 'csv' else 'do'}, "
            f"for images of your own. Please leave out {', '.join(f'--{name}' for name in extra)}, or change --dataset."
        )
    _check_columns(settings)
    _check_order(settings)
    _check_name(settings)
    if settings.bits is not None and settings.bits not in BITS:
        raise ValueError(
            f"bits is {settings.bits}; allowed are {BITS[0]} to {BITS[-1]}, how many of 16 bits the values of your "
            "files use. Please set it to 12, for example (--bits, or bits in a file)."
        )


def write_settings_file(settings: Settings) -> Path | None:
    """Writes what is to be said of one's own images into `<records>/<name>/<name>.toml`, unless such a file is there.

    Args:
        settings: of a run; its records are there.

    Returns:
        The file, or None where nothing was written: of a data set that is built in, there is nothing to say.
    """
    if settings.dataset not in OWN_IMAGES:
        return None
    path = settings.records / settings.data_name / f"{settings.data_name}.toml"
    told = {
        name: value.as_posix() if isinstance(value, Path) else value
        for name in ("images", *SAID, "records")
        if (value := getattr(settings, name)) not in (None, False)
    }
    head = (
        "# Settings of your own; what stands here comes over configs/"
        f"{settings.dataset}.toml.\n# Command: python -m conbal_tf.train --config {shlex.quote(path.as_posix())}\n"
    )
    try:
        # "x": a file that is there may hold the user's changes.
        with path.open("x", encoding="utf-8") as file:
            file.write(head + tomli_w.dumps({"dataset": settings.dataset} | told | {"name": settings.data_name}))
    except FileExistsError:
        return None
    except OSError:  # The records lie where nothing can be written, or the disk is full: the file is a convenience.
        with contextlib.suppress(OSError):
            path.unlink()  # Half of it would be read as all that was said.
        return None
    return path


def _check_columns(settings: Settings) -> None:
    columns = {name: getattr(settings, name) for name in _COLUMNS if getattr(settings, name) is not None}
    empty = [name for name, column in columns.items() if not column.strip()]
    if empty:
        raise ValueError(
            f"{empty[0]} is empty; allowed is a column of the table's header. Please name it (--{empty[0]})."
        )
    if len(set(columns.values())) < len(columns):
        said = ", ".join(f"{name} {column!r}" for name, column in columns.items())
        raise ValueError(
            f"One column has two meanings: {said}. Allowed are different ones: please correct one of them."
        )


def _check_order(settings: Settings) -> None:
    order = settings.class_order
    if order is not None and len(set(order)) < max(2, len(order)):
        raise ValueError(
            f"class_order is {' '.join(map(repr, order)) or 'empty'}; allowed are all classes of your images, two or "
            "more, each once. Please correct it, or leave it out (--class_order, or class_order in a file)."
        )


def _check_name(settings: Settings) -> None:
    name = settings.data_name
    if settings.dataset not in OWN_IMAGES:
        return
    if name != safe_name(name):
        raise ValueError(
            f"name is {name!r}; allowed are letters, digits, _ and -. Please set it to, for example, "
            f"{safe_name(name) or 'my_images'} (--name, or name in a file)."
        )
    if name.casefold() in names(Dataset):
        raise ValueError(
            f"Images of your own cannot be called {name!r}, as a data set that is known already. Please give them "
            f"another name, for example my_{name} (--name, or name in a file)."
        )
