"""APTOS 2019: retina photographs with the grade of diabetic retinopathy, as the Kaggle competition ships them."""

from pathlib import Path

from tfrecords_tools.folders.label_files import class_numbers, find_images, read_table, require_folder
from tfrecords_tools.tables import Example, LabelTable

DOWNLOAD = (
    "Kaggle, competition aptos2019-blindness-detection (https://www.kaggle.com/c/aptos2019-blindness-detection/data)"
)
CLASS_NAMES = ("no_dr", "mild", "moderate", "severe", "proliferative")
LAYOUT = "train.csv and the folder train_images/"


def read_labels(images: Path) -> LabelTable:
    """Returns the labelled images of the download in `images`.

    `test_images/` has no labels and is not read. An image is its own group: which ones show the same eye is not
    published.

    Args:
        images: folder with `train.csv` (`id_code,diagnosis`) and `train_images/`.

    Returns:
        The table, its classes the grades 0 to 4.

    Raises:
        FileNotFoundError: The folder, the table or images are missing.
        ValueError: The table is not as expected.
    """
    require_folder(images, LAYOUT)
    path = images / "train.csv"
    table = read_table(path, ("id_code", "diagnosis"))
    grades = [str(grade) for grade in range(len(CLASS_NAMES))]
    labels = class_numbers(table["diagnosis"], grades, path)
    files = find_images(table["id_code"], [images / "train_images"])
    examples = [
        Example(id=name, group="", label=label, source=files[name])
        for name, label in zip(table["id_code"], labels, strict=True)
    ]
    return LabelTable("aptos", CLASS_NAMES, tuple(examples), ordered=True)
