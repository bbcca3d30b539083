"""Names on their way through records and splits: what is written comes back, whoever composed it."""

import json
import unicodedata
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from conbal_tf.data.protocol import read_protocol
from conbal_tf.data.records import open_records
from tests.tfrecords_tools.conftest import write_image
from tests.tfrecords_tools.made_labels import labels_of
from tfrecords_tools import build
from tfrecords_tools.audit import main as audit
from tfrecords_tools.auditing.sources import open_source
from tfrecords_tools.auditing.splits import read_split
from tfrecords_tools.build import Origin, build_records, main
from tfrecords_tools.folders.label_files import find_images
from tfrecords_tools.records import Labels, read_labels, read_metadata
from tfrecords_tools.splits.protocol_files import check_protocol, import_split

Form = Literal["NFC", "NFD"]
FORMS: list[tuple[Form, Form]] = [("NFC", "NFD"), ("NFD", "NFC")]
GRADES = ("mild", "none", "severe")


def grades(folder: Path, names: tuple[str, ...] = GRADES) -> Path:
    """Returns a folder of 4 images of each class."""
    for place, name in enumerate(names):
        for number in range(4):
            write_image(folder / name / f"é{number}.png", 10 * place + number)
    return folder


def written(text: str, form: Form) -> str:
    return unicodedata.normalize(form, text)


def labels_named(form: Form) -> Labels:
    """Returns 4 images of each of 2 classes, their ids in one form."""
    made = labels_of({"a": 4, "b": 4})
    ids = np.array([written(f"é{place}", form) for place in range(8)])
    return Labels(made.class_names, ids, made.labels, ids, ids, made.official_parts)


@pytest.mark.parametrize(("of_records", "of_file"), FORMS)
def test_split_of_one_system_is_taken_for_records_of_another(tmp_path: Path, of_records: Form, of_file: Form) -> None:
    labels, path = labels_named(of_records), tmp_path / "split.csv"
    rows = [f"{written(f'é{place}', of_file)},{part}" for place, part in enumerate(["train", "validation", "test"])]
    path.write_text("\n".join(["id,part", *rows]), encoding="utf-8")
    parts = import_split(path, labels, 0)
    assert dict(zip(labels.ids, parts, strict=True)) == {
        name: part for name, part in zip(labels.ids, ["train", "validation", "test", "", "", "", "", ""], strict=True)
    }
    assert read_split(path, labels.ids).tolist()[:3] == ["train", "validation", "test"]


@pytest.mark.parametrize(("of_records", "of_file"), FORMS)
def test_protocol_of_one_system_fits_records_of_another(tmp_path: Path, of_records: Form, of_file: Form) -> None:
    labels, path = labels_named(of_records), tmp_path / "paper_seed0.csv"
    parts = ["train", "validation", "test", *["train"] * 5]
    names = [written(f"é{place}", of_file) for place in range(8)]
    pd.DataFrame({"id": names, "part": parts, "group": names}).to_csv(path, index=False)
    check_protocol(path, labels)
    assert read_protocol(path, pd.Series(labels.ids))["id"].tolist() == labels.ids.tolist()


def test_protocol_that_names_an_image_in_two_forms_is_refused(tmp_path: Path) -> None:
    labels, path = labels_named("NFC"), tmp_path / "split.csv"
    rows = [f"{written('é0', 'NFC')},train,x", f"{written('é0', 'NFD')},test,x"]
    path.write_text("\n".join(["id,part,group", *rows]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"more than once: 1 \('\\xe90' and 'e\\u03010'\)"):
        import_split(path, labels, 0)
    for check in (lambda: check_protocol(path, labels), lambda: read_protocol(path, pd.Series(labels.ids))):
        with pytest.raises(ValueError, match=r"more than once|twice"):
            check()


def test_split_whose_zeros_a_spreadsheet_dropped_says_so(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("id,part\n1,train\n2,test\n")
    labels = labels_of({"a": 2})
    padded = Labels(labels.class_names, np.array(["001", "002"]), *list(vars(labels).values())[2:])
    message = r"2 of them are there in another spelling, such as '1' for '001'\. A spreadsheet drops zeros"
    with pytest.raises(ValueError, match=message):
        import_split(path, padded, 0)
    with pytest.raises(ValueError, match=message):
        read_split(path, padded.ids)


@pytest.mark.parametrize(("of_files", "of_table"), FORMS)
def test_download_is_found_however_its_names_are_composed(tmp_path: Path, of_files: Form, of_table: Form) -> None:
    path = tmp_path / f"{written('Nävus', of_files)}.jpg"
    path.touch()
    assert find_images([written("Nävus", of_table)], [tmp_path]) == {written("Nävus", of_table): path}


def test_records_of_decomposed_names_are_those_of_composed_ones(tmp_path: Path, records: Path) -> None:
    folder = build_records("folder", grades(tmp_path / "d" / "moles", (written("é", "NFD"), "b")), records, 8)
    labels = read_labels(folder)
    assert labels.class_names == ("b", written("é", "NFC"))
    assert all(unicodedata.is_normalized("NFC", name) for name in labels.ids)
    # The same images on another system are no other images.
    assert build_records("folder", grades(tmp_path / "c" / "moles", ("é", "b")), records, 8) == folder


@pytest.mark.parametrize("names", [["mild", "none"], ["none", "mild", "severe"], ["mild", "none", "severe", "x"]])
def test_records_that_give_back_other_names_are_refused_by_every_reader(
    tmp_path: Path, records: Path, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = build_records("folder", Origin(grades(tmp_path / "moles"), keep_missing=True), records, 8)
    (folder / "label.labels.txt").write_text("\n".join(names))
    message = r"do not give back the names of their classes: 'mild', 'none', 'severe' were written"
    for reader in (read_labels, open_records, lambda folder: list(open_source(folder).rows())):
        with pytest.raises(ValueError, match=message):
            reader(folder)
    capsys.readouterr()
    assert audit([str(folder), "--out", str(tmp_path / "out")]) == 2
    assert "Make them anew" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_records_whose_names_do_not_come_back_are_not_published(
    tmp_path: Path, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        build.layout, "check_written", lambda folder: build.layout.check_read_back(["x"], ["y"], folder)
    )
    with pytest.raises(ValueError, match="do not give back"):
        build_records("folder", Origin(grades(tmp_path / "moles"), keep_missing=True), records, 8)
    assert [path for path in records.rglob("*") if path.is_file()] == []


def test_stated_order_is_written_and_its_change_is_told_with_and_without_the_images(
    tmp_path: Path, records: Path
) -> None:
    images, order = grades(tmp_path / "moles"), ("none", "mild", "severe")
    folder = build_records("folder", Origin(images, class_order=order), records, 8)
    metadata = json.loads((folder / "metadata.json").read_text())
    assert (read_labels(folder).class_names, metadata["ordered"]) == (order, True)
    assert build_records("folder", Origin(images, class_order=order), records, 8) == folder
    with pytest.raises(
        ValueError, match=r"their classes are none, mild, severe, not mild, none, severe\. Make .*overwrite"
    ):
        build_records("folder", Origin(images, keep_missing=True), records, 8)
    away = tmp_path / "elsewhere" / "moles"
    assert build_records("folder", Origin(away, class_order=order), records, 8) == folder
    with pytest.raises(
        ValueError, match=r"not as class_order says: their classes are .*--class_order mild none severe"
    ):
        build_records("folder", Origin(away, class_order=GRADES), records, 8)


def test_order_that_is_said_of_records_without_one_is_told(tmp_path: Path, records: Path) -> None:
    origin = Origin(grades(tmp_path / "moles"), keep_missing=True)
    folder = build_records("folder", origin, records, 8)
    assert read_metadata(folder)["ordered"] is False
    with pytest.raises(ValueError, match="their classes have no order"):
        build_records("folder", Origin(origin.images, class_order=GRADES), records, 8)


def test_names_are_refused_before_anything_is_converted_and_leave_nothing(
    tmp_path: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = grades(tmp_path / "moles", ("mel", "nevus", "nevus "))
    assert main(["--dataset=folder", f"--images={images}", f"--records={records}", "--image_size=8"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and "'nevus ' begins or ends with a blank" in printed.err
    assert not records.exists()
    assert audit([str(images), "--out", str(tmp_path / "out")]) == 2
    assert "'nevus ' begins or ends with a blank" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags", [["--keep_missing"], ["--keep_missing", "True"], ["--class_order", "none", "mild", "severe"]]
)
def test_class_called_none_is_kept_by_a_flag_of_build_and_audit(
    tmp_path: Path, records: Path, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    images = grades(tmp_path / "moles")
    command = ["--dataset=folder", f"--images={images}", f"--records={records}", "--image_size=8", "--protocol=paper"]
    assert main(command) == audit([str(images), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("'none' (4 images)") == 2
    assert main([*command, *flags]) == audit([str(images), "--out", str(tmp_path / "out"), *flags]) == 0
