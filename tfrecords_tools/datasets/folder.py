"""One's own images in a folder: one subfolder for each class, named after it."""

import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tfrecords_tools.folders.image_files import (
    FoundFiles,
    find_files,
    note_others,
    refuse_unread,
    require_images_folder,
)
from tfrecords_tools.labels.class_names import ordered_class_names
from tfrecords_tools.labels.name_texts import apart
from tfrecords_tools.labels.names import canonical
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import Example, LabelTable, some

NEEDS = ("images",)
TAKES = ("class_order", "keep_missing", "name", "bits")
LAYOUT = "one subfolder for each class, named after it, with the images of the class in it (or deeper)"
# Names of folders that are parts, as many data sets are divided; the parts' names of the records.
PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}


def read_labels(origin: Origin) -> LabelTable:
    """Returns the images below a folder, each with the name of its subfolder as class.

    An id is the path from the folder on, without suffix. An image is its own group. Where the subfolders are named
    train, val and the like, they are parts: the classes are the folders in them, and each image's official part is
    kept.

    Args:
        origin: with the folder of images.

    Raises:
        FileNotFoundError: There is no such folder, or no image in it.
        ValueError: The folder is not laid out so.
    """
    images = origin.images
    require_images_folder(images)
    found = find_files(images)
    tops = [path.name for path in found.folders if len(path.parts) == 1]
    _require_subfolders(images, tops, found)
    refuse_unread(images, found.unread)
    depth = 1 if _are_parts(images, tops) else 0
    _refuse_loose(images, found, depth)
    _refuse_empty(images, found, depth)
    classes = [path.parts[depth] for path in found.images]
    names, ordered = ordered_class_names(classes, str(images), origin.class_order)
    _refuse_twins(images, found.images)
    note_others(images, found)
    number = {name: label for label, name in enumerate(names)}
    examples = [
        Example(
            id=path.with_suffix("").as_posix(),
            group="",
            label=number[name],
            source=images / path,
            official_part=PARTS[path.parts[0].lower()] if depth else "",
        )
        for path, name in zip(found.images, classes, strict=True)
    ]
    called = origin.name or images.resolve().name
    return LabelTable(called, names, tuple(examples), ordered=ordered, keep_missing=origin.keep_missing)


def _require_subfolders(images: Path, tops: Sequence[str], found: FoundFiles) -> None:
    if tops and (found.images or found.unread):
        return
    if tops:
        raise FileNotFoundError(f"No images below {images}, in {some(tops)}. Expected: {LAYOUT}.")
    if not found.images and not found.unread:
        raise FileNotFoundError(f"No images in {images}. Expected: {LAYOUT}.")
    raise ValueError(
        f"{images} has {len(found.images) + len(found.unread)} images and no subfolder, so nothing says their classes. "
        f"Expected: {LAYOUT}. With a table of labels, use --dataset csv instead."
    )


def _are_parts(images: Path, tops: Sequence[str]) -> bool:
    """Returns whether the subfolders are parts, not classes; says so."""
    parts = [name for name in tops if name.lower() in PARTS]
    if not parts:
        return False
    classes = [name for name in tops if name not in parts]
    if classes:
        raise ValueError(
            f"{images} has subfolders named like parts ({', '.join(parts)}) beside {some(classes)}. Allowed are parts "
            "alone, with a folder for each class in them, or classes alone: move or rename the others."
        )
    print(
        f"Note: {', '.join(parts)} in {images} are taken for parts, not classes; the classes are the folders in them. "
        "--protocol official keeps to them where train, validation and test are there; other protocols split anew.",
        file=sys.stderr,
    )
    return True


def _refuse_loose(images: Path, found: FoundFiles, depth: int) -> None:
    loose = [str(path) for path in found.images if len(path.parts) < depth + 2]
    if loose:
        remedy = "Or name the part that has folders of classes: --images DIR/train." if depth else ""
        raise ValueError(
            f"Images in {images} lie beside the folders of the classes, in none of them: {some(loose)}. "
            f"Move each into the folder of its class, or out of {images}. {remedy}".rstrip()
        )


def _refuse_empty(images: Path, found: FoundFiles, depth: int) -> None:
    folders = {path.name for path in found.folders if len(path.parts) == depth + 1}
    empty = sorted(folders - {path.parts[depth] for path in found.images})
    if empty:
        raise ValueError(
            f"Folders of classes in {images} have no images: {some(empty)}. Put images into them, or remove them."
        )


def _refuse_twins(images: Path, paths: Sequence[PurePosixPath]) -> None:
    first: dict[str, PurePosixPath] = {}
    twins = []
    for path in paths:
        other = first.setdefault(canonical(path.with_suffix("").as_posix()), path)
        if other.with_suffix("") != path.with_suffix(""):
            twins.append(" and ".join(apart((str(other), str(path)))))
        elif other != path:
            twins.append(f"{other} and {path}")
    if twins:
        raise ValueError(
            f"Image files in {images} have one name but for their suffix or how accents are composed, and the name is "
            "what tells images apart: "
            f"{some(twins)}. Rename or remove one of each."
        )
