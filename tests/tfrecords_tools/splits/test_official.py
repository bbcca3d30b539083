"""The owners' own split: where their images go, and ISIC 2018's, from the challenge's archives to the protocol."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.tfrecords_tools.conftest import write_image
from tests.tfrecords_tools.made_labels import labels_of
from tfrecords_tools.build import build_records, ensure_protocol
from tfrecords_tools.datasets.isic2018 import CLASS_NAMES
from tfrecords_tools.splits.kinds import split_fold, split_grouped, split_official, split_paper

PER_CLASS = {"Training": 4, "Validation": 1, "Test": 2}
PARTS = {"Training": "train", "Validation": "validation", "Test": "test"}


@pytest.fixture
def challenge(tmp_path: Path) -> Path:
    """The archives of all three parts, unpacked side by side; ids tell the part."""
    folder, seed = tmp_path / "isic", 0
    for word, count in PER_CLASS.items():
        prefix = f"ISIC2018_Task3_{word}"
        lines = [f"image,{','.join(CLASS_NAMES)}"]
        for number, _ in enumerate(CLASS_NAMES):
            for copy in range(count):
                name, seed = f"{word}_{number}_{copy}", seed + 1
                write_image(folder / f"{prefix}_Input" / f"{name}.jpg", seed)
                lines.append(",".join([name, *("1.0" if place == number else "0.0" for place in range(7))]))
        table = folder / f"{prefix}_GroundTruth" / f"{prefix}_GroundTruth.csv"
        table.parent.mkdir(parents=True)
        table.write_text("\n".join(lines) + "\n")
    return folder


def test_official_parts_are_the_archives_and_other_splits_use_the_training_archive_alone(
    challenge: Path, records: Path
) -> None:
    made = build_records("isic2018", challenge, records, 8, protocol="official")
    official = pd.read_csv(ensure_protocol(made, "official", 0))
    assert [PARTS[name.partition("_")[0]] for name in official["id"]] == official["part"].tolist()
    assert official["part"].value_counts().to_dict() == {"train": 28, "validation": 7, "test": 14}
    for protocol in ("grouped", "paper"):
        table = pd.read_csv(ensure_protocol(made, protocol, 0))
        assert len(table) == 28
        assert table["id"].str.startswith("Training").all()


def test_official_split_without_the_test_archive_is_refused_before_conversion(challenge: Path, records: Path) -> None:
    for path in challenge.glob("*Test*"):
        path.rename(challenge / path.name.replace("Test", "Tset"))
    with pytest.raises(ValueError, match=r"'official' needs the owners' train, validation, test parts"):
        build_records("isic2018", challenge, records, 8, protocol="official")
    assert not records.exists()


def test_official_images_are_in_the_official_split_alone() -> None:
    labels = labels_of({"a": 30, "b": 30})
    official = np.resize(["train", "train", "train", "validation", "test"], 60)
    labels = replace(labels, official_parts=official)
    assert (split_official(labels) == official).all()
    others = [split_paper(labels, 0), split_grouped(labels, 0, "train"), split_fold(labels, 0, "train", (1, 3))]
    for parts in others:
        assert ((parts == "") == (official != "train")).all()


def test_official_split_that_lacks_a_class_names_the_part() -> None:
    labels = replace(labels_of({"a": 3, "b": 15}), official_parts=np.array(["train", "validation", "test"] * 6))
    assert set(split_official(labels)) == {"train", "validation", "test"}
    labels.official_parts[labels.labels == 0] = "train"
    with pytest.raises(ValueError, match=r"The owners' validation and test parts have no image of class 'a'"):
        split_official(labels)


def test_official_split_without_the_owners_test_images_says_what_to_do() -> None:
    labels = replace(labels_of({"a": 9}), official_parts=np.full(9, "train"))
    with pytest.raises(ValueError, match=r"these records have train\. For isic2018, put the challenge's Validation"):
        split_official(labels)
