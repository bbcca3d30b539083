"""APTOS as the competition ships it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tfrecords_tools.datasets import aptos


def test_grades_become_the_five_classes_in_order(aptos_folder: Path) -> None:
    table = aptos.read_labels(aptos_folder)
    assert table.class_counts == {"no_dr": 4, "mild": 4, "moderate": 4, "severe": 4, "proliferative": 4}
    example = table.examples[3]
    assert (example.id, example.group, example.label) == ("eye03", "eye03", 3)
    assert example.source == aptos_folder / "train_images" / "eye03.png"


def test_unlabelled_test_images_are_no_warning(aptos_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (aptos_folder / "test_images").mkdir()
    (aptos_folder / "test_images" / "unlabelled.png").touch()
    aptos.read_labels(aptos_folder)
    assert capsys.readouterr() == ("", "")


def test_unknown_grade_is_refused(aptos_folder: Path) -> None:
    table = aptos_folder / "train.csv"
    table.write_text(table.read_text().replace("eye03,3", "eye03,5"))
    with pytest.raises(ValueError, match=r"unknown classes: 1 \('5'\)\. Allowed: 0, 1, 2, 3, 4"):
        aptos.read_labels(aptos_folder)


def test_grade_without_an_image_is_refused(aptos_folder: Path) -> None:
    table = aptos_folder / "train.csv"
    table.write_text("\n".join(line for line in table.read_text().splitlines() if not line.endswith(",4")))
    with pytest.raises(ValueError, match="has no image of class proliferative"):
        aptos.read_labels(aptos_folder)


def test_missing_folder_of_images_is_named(aptos_folder: Path) -> None:
    (aptos_folder / "train_images").rename(aptos_folder / "train")
    with pytest.raises(FileNotFoundError, match=r"No folder .*train_images\. Expected there: images"):
        aptos.read_labels(aptos_folder)


def test_real_download_has_the_published_counts(real_data: Callable[[str], Path]) -> None:
    assert list(aptos.read_labels(real_data("aptos2019")).class_counts.values()) == [1805, 370, 999, 193, 295]
