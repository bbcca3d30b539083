"""ISIC 2018 task 3 (HAM10000): dermoscopic images of skin lesions, as the challenge and as Kaggle ship them."""

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tfrecords_tools.folders.label_files import class_numbers, find_images, read_table, require_folder
from tfrecords_tools.tables import NAMES_SHOWN, Example, LabelTable, some

DOWNLOAD = (
    "https://challenge.isic-archive.com/data/#2018 (task 3: training input, ground truth, lesion groupings), "
    "or Kaggle, data set kmader/skin-cancer-mnist-ham10000"
)
CLASS_NAMES = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
UNKNOWN_SITE = "unknown"
METADATA = "HAM10000_metadata.csv"
PREFIX = "ISIC2018_Task3"
# The challenge's word for the part of the official split.
OFFICIAL_PARTS = {"Training": "train", "Validation": "validation", "Test": "test"}
KAGGLE_FOLDERS = ("HAM10000_images_part_1", "HAM10000_images_part_2")
LAYOUT = (
    f"either {PREFIX}_Training_GroundTruth.csv and {PREFIX}_Training_Input/ (the challenge; the same of Validation and "
    "Test for the official split), "
    f"or {METADATA} and {KAGGLE_FOLDERS[0]}/, {KAGGLE_FOLDERS[1]}/ (Kaggle)"
)


def read_labels(images: Path) -> LabelTable:
    """Returns the labelled images of the download in `images`, in either layout.

    With the challenge's archives of the validation and test parts beside those of the training part, they are read,
    too; splits other than the official one leave them alone. Their lesions are not published: each is its own group.

    Groups are lesions, from the lesion groupings or the metadata. The attribute `localization` is the body site, from
    the metadata, "unknown" where that is not there. `dx_type` is left out: it tells how the diagnosis was made.

    Args:
        images: folder with the label table and the folder(s) of images.

    Returns:
        The table, its classes in the order of the challenge's label table.

    Raises:
        FileNotFoundError: The folder, the tables or images are missing.
        ValueError: A table is not as expected.
    """
    require_folder(images, LAYOUT)
    ground_truth = _challenge_file(images, "Training", "GroundTruth")
    labels = _kaggle_labels(images) if ground_truth is None else _challenge_labels(ground_truth)
    groups = _groups(images, labels)
    metadata = images / METADATA
    sites = _column(metadata, "image_id", "localization") if metadata.is_file() else {}

    def examples(labels: Mapping[str, int], folders: Sequence[Path], part: str) -> list[Example]:
        files = find_images(labels, folders)
        return [
            Example(
                name, groups.get(name, ""), label, files[name], {"localization": sites.get(name, UNKNOWN_SITE)}, part
            )
            for name, label in labels.items()
        ]

    found = examples(labels, _image_folders(images), "train")
    for word in ("Validation", "Test"):
        table = _challenge_file(images, word, "GroundTruth")
        if table is not None:
            found += examples(_challenge_labels(table), [images / f"{PREFIX}_{word}_Input"], OFFICIAL_PARTS[word])
    return LabelTable("isic2018", CLASS_NAMES, tuple(found))


def _challenge_file(images: Path, word: str, kind: str) -> Path | None:
    """Returns the challenge's table of that kind. The archives unpack to a folder of their own, which some flatten."""
    name = f"{PREFIX}_{word}_{kind}.csv"
    places = [images / name, images / f"{PREFIX}_{word}_GroundTruth" / name, images / f"{PREFIX}_{word}_{kind}" / name]
    return next((path for path in places if path.is_file()), None)


def _challenge_labels(path: Path) -> dict[str, int]:
    """Returns id -> class number from the one-hot table."""
    import pandas as pd  # here, since `--help` does without it

    table = read_table(path, ("image", *CLASS_NAMES))
    # What is no number becomes NaN, which is neither 0 nor 1.
    one_hot = table[list(CLASS_NAMES)].apply(pd.to_numeric, errors="coerce")
    wrong = ~(one_hot.isin([0, 1]).all(axis=1) & (one_hot.sum(axis=1) == 1))
    if wrong.any():
        raise ValueError(
            f"{path} has rows without exactly one class: {some(list(table['image'][wrong]))}. "
            f"Each of {', '.join(CLASS_NAMES)} must be 0.0 or 1.0, one of them 1.0: correct or remove these rows."
        )
    return dict(zip(table["image"], one_hot.to_numpy().argmax(axis=1).tolist(), strict=True))


def _kaggle_labels(images: Path) -> dict[str, int]:
    """Returns id -> class number from the metadata, where there is no one-hot table."""
    path = images / METADATA
    if not path.is_file():
        found = ", ".join(sorted(entry.name for entry in images.iterdir())[:NAMES_SHOWN])
        raise FileNotFoundError(
            f"No label table in {images}. Looked for {LAYOUT}; found: {found}. Name the folder of the download."
        )
    table = read_table(path, ("image_id", "dx"))
    numbers = class_numbers(table["dx"], [name.lower() for name in CLASS_NAMES], path)
    return dict(zip(table["image_id"], numbers, strict=True))


def _image_folders(images: Path) -> list[Path]:
    """Returns the folder(s) of images: the challenge's, or those of Kaggle's two parts that are there."""
    challenge = images / f"{PREFIX}_Training_Input"
    kaggle = [images / name for name in KAGGLE_FOLDERS if (images / name).is_dir()]
    if challenge.is_dir() or not kaggle:
        return [challenge]
    return kaggle


def _groups(images: Path, ids: Collection[str]) -> dict[str, str]:
    """Returns image -> lesion; says so where it is not known."""
    metadata = images / METADATA
    lesions = _challenge_file(images, "Training", "LesionGroupings")
    if lesions is not None:
        groups = _column(lesions, "image", "lesion_id")
    elif metadata.is_file():
        groups = _column(metadata, "image_id", "lesion_id")
    else:
        groups = {}
    alone = [name for name in ids if name not in groups]
    if alone:
        print(
            f"Note: no lesion is known for {some(alone)} of {len(ids)} images, so each is its own group. "
            f"{PREFIX}_Training_LesionGroupings.csv or {METADATA} in {images} would tell.",
            file=sys.stderr,
        )
    return groups


def _column(path: Path, id_column: str, column: str) -> dict[str, str]:
    """Returns id -> value from a table."""
    table = read_table(path, (id_column, column))
    return dict(zip(table[id_column], table[column], strict=True))
