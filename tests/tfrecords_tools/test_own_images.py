"""Records of one's own images: what they hold, where they lie, and whether they are stale."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from tests.tfrecords_tools.conftest import write_image
from tfrecords_tools.build import Origin, build_records, main
from tfrecords_tools.records import read_labels
from tfrecords_tools.tables import Example, LabelTable

CLASSES = ("Nævus", "bös artig", "3")


@pytest.fixture
def moles(tmp_path: Path) -> Path:
    """Returns a folder with 4 images of each of 3 classes, of the kind that people name them."""
    for number in range(12):
        write_image(tmp_path / "my moles 1" / CLASSES[number % 3] / f"{number}.png", number)
    return tmp_path / "my moles 1"


@pytest.fixture
def table(tmp_path: Path, moles: Path) -> Origin:
    """Returns the same images with a table; each of 4 patients has images of several classes."""
    rows = [f"{number},{CLASSES[number % 3]},p{number // 3}" for number in range(12)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label,patient", *rows]), encoding="utf-8")
    return Origin(moles, tmp_path / "labels.csv", "file", "label", "patient", "5-moles")


def test_tfds_reads_back_ids_and_classes_of_any_name(moles: Path, records: Path) -> None:
    folder = build_records("folder", moles, records, 8)
    assert folder == records / "my_moles_1" / "px8" / "3.0.0"
    builder = tfds.builder_from_directory(folder)
    assert builder.info.features["label"].names == ["3", "Nævus", "bös artig"]
    labels = read_labels(folder)
    assert "bös artig/10" in labels.ids and labels.class_names == ("3", "Nævus", "bös artig")
    assert len(json.loads((folder / "metadata.json").read_text())["table_fingerprint"]) == 64


def test_groups_of_a_table_may_hold_several_classes(table: Origin, records: Path) -> None:
    labels = read_labels(build_records("csv", table, records, 8))
    assert [set(labels.labels[labels.groups == f"p{number}"]) for number in range(4)] == [{0, 1, 2}] * 4


def test_command_takes_a_table_and_names_itself_when_the_images_have_changed(
    table: Origin, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [f"--{name}={value}" for name, value in table.said().items()]
    command = ["--dataset", "csv", *flags, "--records", str(records), "--image_size", "8", "--protocol", "paper"]
    assert main(command) == 0
    assert f"Made {records}/5-moles/px8/3.0.0: 12 images" in capsys.readouterr().out
    assert main(command) == 0
    assert "is already there" in capsys.readouterr().out
    assert table.labels
    text = table.labels.read_text(encoding="utf-8")
    changed = (
        text.replace("11,3,p3", "11,Nævus,p3").replace("1,bös artig,p0", "1,bös artig,p9").replace("0,Nævus,p0\n", "")
    )
    table.labels.write_text(changed, encoding="utf-8")
    assert main(command) == 2
    error = capsys.readouterr().err
    assert "not those of the 11 images that are there now" in error
    assert "1 (0) gone, 1 (11) with another label, 1 (1) in another group." in error
    assert f"--dataset csv --records {records} --image_size 8 --images '{table.images}' --labels" in error
    assert "--name 5-moles --overwrite" in error
    split = records / "5-moles" / "protocols" / "paper_seed0.csv"
    old = split.read_text()
    assert main([*command, "--overwrite"]) == 0
    assert "was of other images: it is written anew, and the old one kept as paper_seed0.csv.old" in (
        capsys.readouterr().out
    )
    assert split.read_text() != old == split.with_name("paper_seed0.csv.old").read_text()


def test_new_image_is_noticed_and_one_that_was_skipped_is_not(moles: Path, records: Path) -> None:
    (moles / "3" / "broken.png").write_bytes(b"no image")
    folder = build_records("folder", moles, records, 8, skip_unreadable=True)
    assert build_records("folder", moles, records, 8) == folder
    write_image(moles / "3" / "new.png", 99)
    with pytest.raises(ValueError, match=r"of the 14 images .*: 1 \(3/new\) new\. Make them anew"):
        build_records("folder", moles, records, 8)
    (moles / "3" / "new.png").unlink()
    (moles / "3" / "broken.png").unlink()
    with pytest.raises(ValueError, match="those that could not be read have changed"):
        build_records("folder", moles, records, 8)


def test_records_are_used_where_the_images_are_gone(moles: Path, records: Path) -> None:
    folder = build_records("folder", moles, records, 8)
    shutil.rmtree(moles)
    assert build_records("folder", moles, records, 8) == folder


def test_records_of_other_images_of_that_name_are_not_taken(moles: Path, records: Path, tmp_path: Path) -> None:
    build_records("folder", moles, records, 8)
    other = tmp_path / "elsewhere" / moles.name
    for number in range(6):
        write_image(other / f"class {number % 2}" / f"{number}.png", number)
    with pytest.raises(ValueError, match=r"6 \(class 0/0, .*new, 12 \(3/11, .*gone.*another --name"):
        build_records("folder", other, records, 8)


def test_rare_class_is_refused_before_the_conversion(moles: Path, records: Path) -> None:
    write_image(moles / "rare" / "1.png", 50)
    with pytest.raises(ValueError, match=r"Class 'rare' has 1 images in 1 groups, too few"):
        build_records("folder", moles, records, 8)
    assert not records.exists()


def test_fingerprint_of_a_table_hangs_on_ids_labels_and_groups_alone() -> None:
    one, other = (Example(name, "g", label, Path(name)) for label, name in enumerate("ab"))
    table = LabelTable("t", ("x", "y"), (one, other))
    assert table.fingerprint == LabelTable("u", ("x", "y"), (other, replace(one, source=Path("z")))).fingerprint
    for changed in (replace(one, id="c"), replace(one, group="h")):
        assert LabelTable("t", ("x", "y"), (changed, other)).fingerprint != table.fingerprint
    assert LabelTable("t", ("x", "z"), (one, other)).fingerprint != table.fingerprint
