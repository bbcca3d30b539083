"""What records hold, and what TFDS reads back of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tfrecords_tools.build import build_records, ensure_protocol, records_directory
from tfrecords_tools.pixels.pixel_hash import hash_pixels
from tfrecords_tools.records import read_labels


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def test_tfds_reads_records_back_without_the_builder(aptos_folder: Path, records: Path) -> None:
    folder = build_records("aptos", aptos_folder, records, 8)
    assert folder == records_directory("aptos", records, 8) == records / "aptos" / "px8" / "3.0.0"
    builder = tfds.builder_from_directory(folder)
    assert builder.info.features["label"].names == ["no_dr", "mild", "moderate", "severe", "proliferative"]
    assert {name: split.num_examples for name, split in builder.info.splits.items()} == {
        f"class_0{label}": 4 for label in range(5)
    }
    metadata = dict(builder.info.metadata)
    assert metadata["class_counts"] == dict.fromkeys(builder.info.features["label"].names, 4)
    assert (metadata["image_size"], metadata["version"], metadata["skipped"]) == (8, "3.0.0", [])
    assert len(metadata["fingerprint"]) == 64
    raw = builder.as_dataset(split="class_03", decoders={"image": tfds.decode.SkipDecoding()}).as_numpy_iterator()
    rows = sorted(raw, key=lambda row: row["id"])
    assert [row["id"] for row in rows] == [b"eye03", b"eye08", b"eye13", b"eye18"]
    assert {(int(row["label"]), int(row["height"]), int(row["width"])) for row in rows} == {(3, 16, 24)}
    assert all(row["image"][:2] == b"\xff\xd8" and row["group"] == row["id"] for row in rows)
    decoded = next(iter(builder.as_dataset(split="class_00")))
    assert decoded["image"].shape == (8, 12, 3)


def test_copies_of_an_image_have_its_pixel_hash_however_they_are_encoded(aptos_folder: Path, records: Path) -> None:
    folder = aptos_folder / "train_images"
    Image.open(folder / "eye00.png").save(folder / "eye02.png", compress_level=0)
    assert (folder / "eye00.png").read_bytes() != (folder / "eye02.png").read_bytes()
    labels = read_labels(build_records("aptos", aptos_folder, records, 8))
    hashes = dict(zip(labels.ids, labels.pixel_hashes, strict=True))
    assert hashes["eye00"] == hashes["eye02"]
    assert len(set(hashes.values())) == 19


def test_pixel_hash_knows_the_shape_of_an_image() -> None:
    tall, wide = np.zeros((2, 3, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)
    assert hash_pixels(tall) == hash_pixels(tall.copy()) != hash_pixels(wide)


def test_same_images_give_the_same_fingerprint_and_others_do_not(
    aptos_folder: Path, records: Path, tmp_path: Path
) -> None:
    def fingerprint(place: Path, size: int) -> str:
        folder = build_records("aptos", aptos_folder, place, size)
        return json.loads((folder / "metadata.json").read_text())["fingerprint"]

    first = fingerprint(records, 8)
    assert fingerprint(records, 9) != first
    lines = (aptos_folder / "train.csv").read_text().splitlines()
    (aptos_folder / "train.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]))
    assert fingerprint(tmp_path / "again", 8) == first
    (aptos_folder / "train.csv").write_text("\n".join(lines).replace("eye03,3", "eye03,4"))
    assert fingerprint(tmp_path / "relabelled", 8) != first


def test_skipped_images_are_listed_and_kept_in_the_metadata(
    aptos_folder: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("eye07", "eye01"):
        truncate(aptos_folder / "train_images" / f"{name}.png")
    folder = build_records("aptos", aptos_folder, records, 8, skip_unreadable=True)
    assert "Left out, since unreadable: 2 (eye01.png, eye07.png)" in capsys.readouterr().out
    metadata = tfds.builder_from_directory(folder).info.metadata
    assert metadata["class_counts"]["mild"] == 3 and metadata["class_counts"]["moderate"] == 3
    assert metadata["skipped"] == [{"id": "eye01", "file": "eye01.png"}, {"id": "eye07", "file": "eye07.png"}]


def test_class_with_unreadable_images_alone_is_refused(aptos_folder: Path, records: Path) -> None:
    for number in (2, 7, 12, 17):
        truncate(aptos_folder / "train_images" / f"eye{number:02d}.png")
    with pytest.raises(ValueError, match="No image of class 'moderate' can be read"):
        build_records("aptos", aptos_folder, records, 8, skip_unreadable=True)
    assert not [path for path in records.rglob("*") if path.is_file()]


def test_digits_need_no_images_and_are_thinned_where_they_are_trained_on(records: Path) -> None:
    folder = build_records("digits", None, records, 16)
    table = pd.read_csv(ensure_protocol(folder, "paper", 0), dtype=str)
    metadata = json.loads((folder / "metadata.json").read_text())
    assert sum(metadata["class_counts"].values()) == 1797
    builder = tfds.builder_from_directory(folder)
    few = tfds.decode.PartialDecoding({"id", "label"})
    rows = [row for split in builder.info.splits for row in builder.as_dataset(split, decoders=few).as_numpy_iterator()]
    labels = {row["id"].decode(): int(row["label"]) for row in rows}
    counts = table.assign(label=table["id"].map(labels)).groupby(["part", "label"]).size().unstack()
    train, validation, test = (counts.loc[part].to_numpy() for part in ("train", "validation", "test"))
    assert (train[1:] <= train[:-1]).all() and (train[0], train[-1]) == (112, 6)
    assert test.min() >= 52 and validation.min() == 3


def test_real_images_become_records(real_data: Callable[[str], Path], tmp_path: Path, records: Path) -> None:
    source = real_data("isic2018")
    name = "ISIC2018_Task3_Training_GroundTruth.csv"
    table = pd.read_csv(source / name, dtype=str).set_index("image")
    three_each = table.groupby(table.astype(float).to_numpy().argmax(axis=1)).head(3)
    folder = tmp_path / "isic"
    (folder / "ISIC2018_Task3_Training_Input").mkdir(parents=True)
    three_each.to_csv(folder / name)
    shutil.copy(source / "HAM10000_metadata.csv", folder)
    for image in three_each.index:
        path = Path("ISIC2018_Task3_Training_Input") / f"{image}.jpg"
        (folder / path).symlink_to(source / path)
    built = build_records("isic2018", folder, records, 40)
    assert json.loads((built / "metadata.json").read_text())["class_counts"] == dict.fromkeys(table.columns, 3)
    row = next(iter(tfds.builder_from_directory(built).as_dataset("class_05")))
    assert row["image"].shape == (40, 53, 3) and row["group"].numpy().startswith(b"HAM_")
    assert (int(row["height"]), int(row["width"])) == (150, 200) and row["localization"].numpy()
    parts = pd.read_csv(ensure_protocol(built, "paper", 0))["part"]
    assert parts.value_counts().to_dict() == {"train": 7, "validation": 7, "test": 7}
