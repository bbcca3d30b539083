"""The files that hold splits: made, checked, imported."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.tfrecords_tools.made_labels import labels_of
from tfrecords_tools.build import build_records, ensure_protocol
from tfrecords_tools.splits.protocol_files import check_protocol, import_split
from tfrecords_tools.splits.protocols import check_name


def protocol_file(folder: Path, rows: list[tuple[str, str, str]], columns: str = "id,part,group") -> Path:
    path = folder / "paper_seed0.csv"
    path.write_text("\n".join([columns, *(",".join(row) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("image_00000", "train", "g")], r"0 of its ids are no records, and 1 \(image_00001\) records are not in it"),
        (
            [(name, "train", "g") for name in ("image_00000", "image_00001", "stranger")],
            r"1 \(stranger\) of its ids are no records",
        ),
        ([("image_00000", "training", "g")], r"unknown parts: 'training'; allowed: train, validation, test"),
        ([("image_00000", "train", "g")] * 2, r"more than once: 1 \(image_00000\)"),
    ],
)
def test_csv_that_does_not_fit_the_records_is_refused(
    tmp_path: Path, rows: list[tuple[str, str, str]], message: str
) -> None:
    path = protocol_file(tmp_path, rows)
    with pytest.raises(ValueError, match=message) as caught:
        check_protocol(path, labels_of({"a": 2}))
    assert f"Remove {path}" in str(caught.value)


def test_csv_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = protocol_file(tmp_path, [("image_00000", "train", "g")], columns="image,split,group")
    with pytest.raises(ValueError, match=r"columns image, split, group; expected: id, part, group"):
        check_protocol(path, labels_of({"a": 2}))


def test_thinned_protocol_may_leave_records_out(tmp_path: Path) -> None:
    path = protocol_file(tmp_path, [("image_00000", "train", "image_00000")])
    check_protocol(path, labels_of({"a": 2}), complete=False)


def test_unknown_protocol_and_missing_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Unknown protocol 'papers'\. Allowed: grouped, paper"):
        ensure_protocol(tmp_path, "papers", 0)
    with pytest.raises(FileNotFoundError, match="No records in"):
        ensure_protocol(tmp_path / "px8" / "3.0.0", "paper", 0)


def test_protocol_file_of_copies_names_their_joined_group_and_splits_them_together(
    aptos_folder: Path, records: Path
) -> None:
    folder = aptos_folder / "train_images"
    (folder / "eye05.png").write_bytes((folder / "eye10.png").read_bytes())
    made = build_records("aptos", aptos_folder, records, 8, protocol="paper")
    table = pd.read_csv(ensure_protocol(made, "grouped", 0), dtype=str).set_index("id")
    group_of, part_of = table["group"].to_dict(), table["part"].to_dict()
    assert group_of["eye10"] == group_of["eye05"] == "eye05"
    assert part_of["eye10"] == part_of["eye05"]
    assert ensure_protocol(made, "grouped", 0) == records / "aptos" / "protocols" / "grouped_seed0.csv"
    assert ensure_protocol(made, "grouped", 0, conflicts="majority").name == "grouped_conflicts_majority_seed0.csv"


def test_groups_that_are_not_the_records_are_refused(tmp_path: Path) -> None:
    path = protocol_file(tmp_path, [("image_00000", "train", "image_00000"), ("image_00001", "test", "lesion")])
    with pytest.raises(ValueError, match=r"other groups than the records: 1 \(image_00001\)"):
        check_protocol(path, labels_of({"a": 2}))


def test_official_images_need_not_be_in_a_protocol(tmp_path: Path) -> None:
    labels = replace(labels_of({"a": 2}), official_parts=np.array(["", "test"]))
    check_protocol(protocol_file(tmp_path, [("image_00000", "train", "image_00000")]), labels)


@pytest.mark.parametrize("name", ["fold_0_of_5", "fold_6_of_5", "fold_1_of_1", "fold_of", "folds"])
def test_folds_that_do_not_exist_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="fold_3_of_5"):
        check_name(name)
    check_name("fold_5_of_5")


def published(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "published.csv"
    path.write_text("id,part\n" + "".join(f"image_{row}\n" for row in rows))
    return path


def test_published_split_is_taken_as_it_is(tmp_path: Path) -> None:
    labels = labels_of({"a": 3, "b": 2})
    path = published(tmp_path, "00003,train", "00000,Training", "00004,val", "00002,test")
    assert import_split(path, labels, 0).tolist() == ["train", "", "test", "train", "validation"]


def test_published_split_without_validation_gets_a_tenth_of_train_by_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = labels_of({"a": 60, "b": 60})
    labels = replace(labels, groups=np.array([f"g{place // 2}" for place in range(120)]))
    rows = [f"{place:05d},{'test' if place % 60 < 20 else 'train'}" for place in range(120)]
    parts = import_split(published(tmp_path, *rows), labels, 0)
    assert [(parts == part).sum() for part in ("train", "validation", "test")] == [72, 8, 40]
    assert not set(labels.groups[parts == "train"]) & set(labels.groups[parts == "validation"])
    assert "names no validation part: 8 images" in capsys.readouterr().out


def test_validation_of_a_published_split_has_every_class_of_which_train_can_spare_a_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Two patients have all of class a, each with one of the only images of b or c besides; d is of one patient alone.
    groups = [
        *["one"] * 6,
        *["two"] * 6,
        *[f"g{place}" for place in range(6)],
        "last",
        *[f"t{part}" for part in range(4)],
    ]
    numbers = [*[0] * 5, 1, *[0] * 5, 2, 1, 1, 1, 2, 2, 2, 3, 0, 1, 2, 3]
    labels = replace(labels_of({"a": 11, "b": 5, "c": 5, "d": 2}), labels=np.array(numbers), groups=np.array(groups))
    rows = [f"{place:05d},{'test' if place >= 19 else 'train'}" for place in range(23)]
    for seed in range(4):
        parts = import_split(published(tmp_path, *rows), labels, seed)
        assert set(labels.labels[parts == "validation"]) == {0, 1, 2}
        assert set(labels.labels[parts == "train"]) == {0, 1, 2, 3}
        assert not set(labels.groups[parts == "train"]) & set(labels.groups[parts == "validation"])
        assert "make one, without d: train's groups do not suffice for both." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["00000,train", "00009,test"], r"1 of 2 ids that are not among the records: 1 \(image_00009\)"),
        (["00000,train", "00001,tset"], r"unknown parts: 1 \(tset\)\. Allowed: train, validation, test, training"),
        (["00000,train", "00001,validation"], r"names no image of test"),
    ],
)
def test_published_split_that_does_not_fit_is_refused(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        import_split(published(tmp_path, *rows), labels_of({"a": 3}), 0)


def test_import_without_a_file_says_what_it_needs(aptos_folder: Path, records: Path) -> None:
    made = build_records("aptos", aptos_folder, records, 8, protocol="paper")
    with pytest.raises(ValueError, match=r"Protocol 'import' needs a CSV.*--protocol_file"):
        ensure_protocol(made, "import", 0)
