"""One's own images in a folder of classes, as people have them."""

import os
from pathlib import Path

import pytest

from tfrecords_tools.datasets import folder
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import LabelTable


def touched(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def read(root: Path) -> LabelTable:
    return folder.read_labels(Origin(root))


def test_class_is_the_subfolder_and_id_the_path_without_suffix(tmp_path: Path) -> None:
    root = touched(tmp_path / "moles", "b/2.JPG", "a/deep/er/1.png", "a/2.jpeg")
    table = read(root)
    assert (table.name, table.class_names) == ("moles", ("a", "b"))
    rows = {example.id: (example.group, table.class_names[example.label], example.source) for example in table.examples}
    assert rows == {
        "a/2": ("a/2", "a", root / "a/2.jpeg"),
        "a/deep/er/1": ("a/deep/er/1", "a", root / "a/deep/er/1.png"),
        "b/2": ("b/2", "b", root / "b/2.JPG"),
    }
    assert {example.official_part for example in table.examples} == {""}


def test_classes_of_whole_numbers_are_in_the_order_of_numbers(tmp_path: Path) -> None:
    assert read(touched(tmp_path, "10/a.jpg", "9/b.jpg", "1/c.jpg")).class_names == ("1", "9", "10")
    assert read(touched(tmp_path, "x/d.jpg")).class_names == ("1", "10", "9", "x")


def test_what_systems_leave_behind_is_passed_over_and_other_files_are_counted_in_one_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    litter = ("a/.DS_Store", "a/._1.jpg", "__MACOSX/a/._1.jpg", "b/Thumbs.db", ".git/x.png")
    table = read(touched(tmp_path, "a/1.jpg", "b/1.jpg", "a/notes.txt", "labels.csv", *litter))
    assert [example.id for example in table.examples] == ["a/1", "b/1"]
    notes = capsys.readouterr().err.splitlines()
    assert notes == [
        f"Note: 5 files in {tmp_path} that systems leave behind or hide are left aside: .git/ 1, __MACOSX/ 1, "
        ".DS_Store 1, ._* 1, Thumbs.db 1.",
        f"Note: files in {tmp_path} that are no images are left aside: 2 (a/notes.txt, labels.csv).",
    ]


def test_parts_are_told_from_classes_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = read(touched(tmp_path, "Train/a/1.jpg", "Train/b/1.jpg", "valid/a/1.jpg", "test/b/deep/1.jpg"))
    assert table.class_counts == {"a": 2, "b": 2}
    assert {example.id: example.official_part for example in table.examples} == {
        "Train/a/1": "train",
        "Train/b/1": "train",
        "test/b/deep/1": "test",
        "valid/a/1": "validation",
    }
    assert "Train, test, valid" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["a/1.jpg"], "names only one class, a"),
        (["a/1.jpg", "b/notes.txt"], r"Folders of classes in .* have no images: 1 \(b\)"),
        (["1.jpg", "2.png"], r"has 2 images and no subfolder.*--dataset csv"),
        (["a/1.jpg", "b/1.jpg", "2.jpg", "3.png"], r"beside the folders of the classes.*2 \(2\.jpg, 3\.png\)"),
        (["train/1.jpg", "test/a/1.jpg", "test/b/1.jpg"], r"1 \(train/1\.jpg\).*--images DIR/train"),
        (["train/a/1.jpg", "other/1.jpg"], r"named like parts \(train\) beside 1 \(other\)"),
        (
            ["a/1.jpg", "b/1.tif", "b/2.TIF", "b/3.dcm"],
            r"not read: 1 \.dcm, 2 \.tif, such as b/1\.tif\. Read are \.jpg, \.jpeg, \.png, \.bmp, \.gif\. Convert",
        ),
        (["a/1.jpg", "a/1.png", "b/1.jpg"], r"one name but for their suffix.*1 \(a/1\.jpg and a/1\.png\)"),
        (["NV/1.jpg", "nv/1.jpg"], r"one class in several spellings: 1 \('NV' \(1 images\) and 'nv' \(1 images\)\)"),
    ],
)
def test_folder_that_is_laid_out_otherwise_is_refused(tmp_path: Path, files: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(touched(tmp_path, *files))


@pytest.mark.parametrize("files", [["notes.txt"], ["a/notes.txt", "b/.hidden.jpg"], [".x/1.jpg"]])
def test_folder_without_images_is_refused(tmp_path: Path, files: list[str]) -> None:
    with pytest.raises(FileNotFoundError, match=r"No images .*Expected: one subfolder for each class"):
        read(touched(tmp_path, *files))


def test_missing_folder_is_named_with_the_nearest(tmp_path: Path) -> None:
    touched(tmp_path, "moles/a/1.jpg", "file")
    with pytest.raises(FileNotFoundError, match=r"no folder .*mols\. Did you mean .*moles\?"):
        read(tmp_path / "mols")
    with pytest.raises(ValueError, match="is a file, no folder"):
        read(tmp_path / "file")


def test_links_are_followed_but_not_round_in_a_circle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = touched(tmp_path / "elsewhere", "x/1.jpg", "y.jpg")
    root = touched(tmp_path / "moles", "a/1.jpg")
    (root / "b").symlink_to(elsewhere)
    (root / "a" / "2.jpg").symlink_to(elsewhere / "y.jpg")
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "itself").symlink_to(root / "a" / "itself")
    assert [example.id for example in read(root).examples] == ["a/1", "a/2", "b/x/1", "b/y"]
    assert f"links in {root} to a folder that they lie in are not followed: 1 (a/up)" in capsys.readouterr().err


def test_broken_link_is_an_image_that_conversion_will_miss(tmp_path: Path) -> None:
    root = touched(tmp_path, "a/1.jpg", "b/1.jpg")
    (root / "b" / "2.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert "b/2" in [example.id for example in read(root).examples]


def test_names_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    touched(tmp_path, "a/1.jpg", "b/1.jpg")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path / "a") + b"/f\xfcr.jpg")).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    with pytest.raises(ValueError, match="names are no UTF-8"):
        read(tmp_path)
