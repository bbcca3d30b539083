"""What conversion and audit say of masks beside images, on stderr and in the findings."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.tfrecords_tools.conftest import write_image
from tfrecords_tools.audit import main as audit
from tfrecords_tools.build import main as build


@pytest.fixture
def ultrasound(tmp_path: Path) -> Path:
    """Returns a folder of two classes, 6 images and 6 masks in each."""
    folder = tmp_path / "ultrasound"
    for number in range(12):
        path = folder / ("benign", "malignant")[number % 2] / f"scan ({number}).png"
        write_image(path, number)
        mask = np.zeros((16, 24), np.uint8)
        mask[4:10, 5 + number % 5 :] = 255
        Image.fromarray(mask).save(path.with_stem(f"{path.stem}_mask"))
    return folder


def test_conversion_tells_names_before_and_colours_after(
    ultrasound: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        build(["--dataset", "folder", "--images", str(ultrasound), "--records", str(records), "--image_size", "8"]) == 0
    )
    error = capsys.readouterr().err
    before, after = error.split("24/24 images")
    assert "Note: Of 12 among 24 images there is a second file, of the same name but for the suffix '_mask'" in before
    assert "12 of 12 such pictures that were looked at have at most two colours." in before
    assert re.search(
        r"Note: 12 of 24 pictures have at most two colours, as masks have: 12 \(benign/scan \(0\)_mask", after
    )


@pytest.mark.parametrize("of_records", [False, True])
def test_audit_tells_both_of_a_folder_and_of_records(
    ultrasound: Path, records: Path, tmp_path: Path, of_records: bool
) -> None:
    if of_records:
        flags = ["--dataset", "folder", "--images", str(ultrasound), "--records", str(records), "--image_size", "8"]
        assert build(flags) == 0
    place, out = records if of_records else ultrasound, tmp_path / "out"
    assert audit([str(place), "--out", str(out)]) == 0
    found = {one["check"]: one for one in json.loads((out / "audit.json").read_text())["findings"]}
    second, colours = found["second_files"], found["two_colours"]
    assert (second["severity"], len(second["details"]["pairs"])) == ("warning", 12)
    assert second["title"].endswith("12 of 12 such pictures have at most two colours.")
    assert (colours["severity"], len(colours["details"]["ids"])) == ("warning", 12)
    assert "benign 6, malignant 6" in colours["title"]


def test_images_without_masks_are_no_reason_for_a_note(
    aptos_folder: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        build(
            [
                "--dataset",
                "aptos",
                "--images",
                str(aptos_folder),
                "--records",
                str(records),
                "--image_size",
                "8",
                "--protocol",
                "paper",
            ]
        )
        == 0
    )
    assert "Note" not in capsys.readouterr().err


def test_second_files_that_cannot_be_read_are_not_counted(
    ultrasound: Path, capsys: pytest.CaptureFixture[str], records: Path
) -> None:
    for path in ultrasound.rglob("*_mask.png"):
        path.write_bytes(b"nothing")
    assert (
        build(["--dataset", "folder", "--images", str(ultrasound), "--records", str(records), "--image_size", "8"]) == 2
    )
    error = capsys.readouterr().err
    assert "the suffix '_mask'" in error and "looked at" not in error
