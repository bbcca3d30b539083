"""What a named folder turns out to be, and the splits beside it."""

from pathlib import Path

import numpy as np
import pytest

from tests.tfrecords_tools.conftest import write_image
from tfrecords_tools.auditing.sources import LAYOUTS, open_source
from tfrecords_tools.auditing.splits import read_split
from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.origins import Origin


def finish(folder: Path, skipped: str = "[]") -> Path:
    """Makes a version folder that looks finished."""
    folder.mkdir(parents=True)
    for name in ("features.json", "dataset_info.json"):
        (folder / name).write_text("{}")
    said = f'"class_counts": {{"a": 3, "b": 1}}, "version": "{folder.name}", "skipped": {skipped}'
    (folder / "metadata.json").write_text(f"{{{said}}}")
    return folder


@pytest.mark.parametrize("named", ["records/made/px40/3.0.0", "records/made/px40", "records/made", "records"])
def test_records_are_found_in_every_folder_above_them(named: str, tmp_path: Path) -> None:
    folder = finish(tmp_path / "records/made/px40/3.0.0", '[{"id": "x", "file": "x.png"}]')
    (tmp_path / "records/made/protocols").mkdir()
    (tmp_path / "records/made/protocols/paper_seed0.csv").touch()
    (tmp_path / "records/made/protocols/.paper_seed1.csv_1").touch()
    source = open_source(tmp_path / named)
    assert (source.place, source.name, source.count, source.class_names) == (folder, "made", 4, ("a", "b"))
    assert [path.name for path in source.protocols] == ["paper_seed0.csv"]
    assert source.unreadable == {"x": "x.png: left out of the records"}
    assert source.out == tmp_path / "records/made/audit"


def test_several_records_are_named_and_none_is_chosen(tmp_path: Path) -> None:
    finish(tmp_path / "made/px40/3.0.0")
    finish(tmp_path / "made/px64/3.0.0")
    with pytest.raises(ValueError, match=r"more than once: 2 \(.*px40/3.0.0, .*px64/3.0.0\). Name one"):
        open_source(tmp_path / "made")


def test_older_records_are_passed_over_and_refused_where_they_are_alone(tmp_path: Path) -> None:
    older = finish(tmp_path / "made/px40/2.0.0")
    with pytest.raises(ValueError, match=r"are of version 2\.0\.0; read are those of 3\.0\.0 \(JPEGs are decoded"):
        open_source(tmp_path / "made")
    newer = finish(tmp_path / "made/px40/3.0.0")
    assert open_source(tmp_path / "made").place == newer
    with pytest.raises(ValueError, match="made them makes a folder beside this one"):
        open_source(older)


def test_records_that_are_being_made_are_not_seen(tmp_path: Path) -> None:
    finish(tmp_path / "made/px40/.unfinished_3.0.0_x/3.0.0")
    finish(tmp_path / "made/px40/3.0.0")
    (tmp_path / "made/px64/3.0.0").mkdir(parents=True)
    (tmp_path / "made/px64/3.0.0/features.json").touch()
    assert open_source(tmp_path / "made").place == tmp_path / "made/px40/3.0.0"


def test_download_is_recognised_by_its_layout(aptos_folder: Path) -> None:
    source = open_source(aptos_folder)
    assert (source.name, source.count, source.out) == ("aptos", 20, Path("audit_aptos"))
    first = next(iter(source.rows()))
    assert (first.id, first.source) == ("eye00", aptos_folder / "train_images" / "eye00.png")
    assert open_source(aptos_folder, "aptos").count == 20


def test_folder_of_classes_is_recognised_and_a_table_is_read_where_it_is_named(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for number, name in enumerate(["mole", "mole", "scar", "scar"]):
        write_image(photos / name / f"{number}.png", number)
    source = open_source(photos)
    assert (source.name, source.class_names, source.count) == ("photos", ("mole", "scar"), 4)
    table = tmp_path / "labels.csv"
    table.write_text("file;what;who\nmole/0;x;ann\nmole/1;y;ann\nscar/2;y;bob\n")
    origin = Origin(photos, table, "file", "what", "who")
    rows = list(open_source(photos, "csv", origin).rows())
    assert [(row.id, row.label, row.group) for row in rows] == [
        ("mole/0", 0, "ann"),
        ("mole/1", 1, "ann"),
        ("scar/2", 1, "bob"),
    ]
    with pytest.raises(ValueError, match=r"'csv' needs --labels, --image_column, --label_column"):
        open_source(photos, "csv")


def test_every_layout_is_of_a_data_set() -> None:
    assert set(LAYOUTS) <= set(DATASETS)


def test_mistakes_are_told_in_one_message(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(FileNotFoundError, match=r"No folder .*absent"):
        open_source(tmp_path / "absent")
    with pytest.raises(ValueError, match=r"neither.*holiday.jpg.*--dataset, one of aptos"):
        open_source(tmp_path)
    with pytest.raises(ValueError, match=r"Unknown data set 'moles'\. Allowed: aptos"):
        open_source(tmp_path, "moles")
    with pytest.raises(FileNotFoundError, match=r"train\.csv"):
        open_source(tmp_path, "aptos")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,learn\n", r"unknown parts: 1 \('learn'\). Allowed: train, validation, test"),
        ("a,train\nz,test\n", r"not in this data set: 1 \(z\) of 2"),
    ],
)
def test_split_of_something_else_is_refused(rows: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("id,part\n" + rows)
    with pytest.raises(ValueError, match=message):
        read_split(path, np.array(["a", "b"]))


def test_split_names_parts_by_id_and_may_leave_out_or_know_unreadable_images(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("id,part,group\nc,test,x\nbroken,train,x\na,train,x\n")
    assert read_split(path, np.array(["a", "b", "c"]), {"broken"}).tolist() == ["train", "", "test"]
