"""One's own images with a table of labels, as people write them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tfrecords_tools.datasets import csv_table
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import LabelTable

Read = Callable[..., LabelTable]
FILES = ("a.jpg", "b.PNG", "deep/c.jpeg", "deep/d.jpg")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).touch()
    return tmp_path / "photos"


@pytest.fixture
def read(images: Path) -> Read:
    """Returns the reader of a table's rows, with columns `file`, `label` and `patient`."""

    def read_rows(*rows: str, group_column: str | None = None) -> LabelTable:
        table = images.parent / "labels.csv"
        table.write_text("\n".join(("file,label,patient", *rows)), encoding="utf-8")
        return csv_table.read_labels(Origin(images, table, "file", "label", group_column))

    return read_rows


def test_images_are_named_by_file_or_path_with_or_without_suffix(read: Read, images: Path) -> None:
    table = read("a,x,1", "b.PNG,y,1", "c.jpeg,x,2", r"deep\d,y,2")
    assert {example.id: example.source for example in table.examples} == {
        "a": images / "a.jpg",
        "b.PNG": images / "b.PNG",
        "c.jpeg": images / "deep/c.jpeg",
        r"deep\d": images / "deep/d.jpg",
    }
    assert (table.name, table.class_names, table.class_counts) == ("photos", ("x", "y"), {"x": 2, "y": 2})
    assert [example.group for example in table.examples] == ["a", "b.PNG", "c.jpeg", r"deep\d"]


def test_whole_number_labels_stay_text_in_the_order_of_numbers(read: Read) -> None:
    assert read("a,10,", "b,2,", "c,0,").class_names == ("0", "2", "10")


def test_group_may_have_images_of_several_classes(read: Read) -> None:
    table = read("a,x,p1", "b,y,p1", "c,x,p2", "d,y,p2", group_column="patient")
    assert [example.group for example in table.examples] == ["p1", "p1", "p2", "p2"]


def test_image_without_group_is_its_own_with_a_note(read: Read, capsys: pytest.CaptureFixture[str]) -> None:
    table = read("a,x,p1", "b,y,", "c,x,", group_column="patient")
    assert [example.group for example in table.examples] == ["p1", "b", "c"]
    assert "is empty for 2 (b, c) of 3 images" in capsys.readouterr().err


def test_image_without_row_is_left_out_with_a_note(read: Read, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(read("a,x,", "b,y,").examples) == 2
    assert "does not name are left out: 2 (deep/c.jpeg, deep/d.jpg)" in capsys.readouterr().err


def test_file_at_the_path_comes_before_one_of_that_name_elsewhere(read: Read, images: Path) -> None:
    (images / "deep" / "a.png").touch()
    assert read("a,x,", "b,y,").examples[0].source == images / "a.jpg"


def test_original_of_another_format_is_found_by_its_converted_image(read: Read, images: Path) -> None:
    assert read("a.tif,x,", "b.dcm,y,").examples[0].source == images / "a.jpg"


def test_original_that_is_not_converted_is_refused_with_the_way(read: Read, images: Path) -> None:
    (images / "e.tif").touch()
    with pytest.raises(ValueError, match=r"not read: 1 \.tif, such as e\.tif"):
        read("a,x,", "b,y,", "e,x,")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,x,", "../photos/b.PNG,y,"], r"with '\.\.': 1 \(\.\./photos/b\.PNG\)"),
        (["a,x,", r"deep\..\b.PNG,y,"], r"with '\.\.'"),
        (["/photos/a.jpg,x,", "b,y,"], "absolute paths"),
        ([r"C:\photos\a.jpg,x,", "b,y,"], "absolute paths"),
        (["a,x,", "a.jpg,y,", "b,x,"], r"two rows for one image file: 1 \('a' and 'a\.jpg'\)"),
        (["a,x,", "a,y,"], r"names images more than once: 1 \(a\)"),
        (["a,x,", "b,,"], r"empty value: 1 \(line 3\)"),
        (["a,x,", "b,x,"], "Column 'label' of .* names only one class, x"),
    ],
)
def test_table_with_a_mistake_is_refused(read: Read, rows: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(*rows)


def test_name_of_several_files_is_refused(read: Read, images: Path) -> None:
    (images / "other").mkdir()
    (images / "other" / "d.jpg").touch()
    with pytest.raises(ValueError, match=r"several files: 1 \(d \('deep/d\.jpg', 'other/d\.jpg'\)\)"):
        read("a,x,", "d,y,")


def test_missing_files_are_counted_and_the_first_named(read: Read) -> None:
    lost = [f"lost{number},x," for number in range(2000)]
    with pytest.raises(
        FileNotFoundError, match=r"names 2002 images, and 2000 of them .*: lost0, .*lost4, \.\.\."
    ) as one:
        read("a,x,", "b,y,", *lost)
    assert "Is 'file' the column" not in str(one.value)


def test_match_that_fails_for_all_says_what_ids_and_files_look_like(read: Read) -> None:
    with pytest.raises(FileNotFoundError, match=r"17, 18\. Images there: 4 \(a\.jpg, .*Is 'file' the column"):
        read("17,x,", "18,y,")


def test_missing_column_is_named_with_the_nearest(images: Path, read: Read) -> None:
    read("a,x,", "b,y,")
    with pytest.raises(ValueError, match=r"lacks column Patients\. .*Did you mean 'patient'\?"):
        csv_table.read_labels(Origin(images, images.parent / "labels.csv", "file", "label", "Patients"))


def test_missing_table_is_answered_with_one_that_is_there(images: Path) -> None:
    (images / "labels.csv").touch()
    with pytest.raises(FileNotFoundError, match=r"no table of labels label\.csv\. Did you mean .*photos/labels\.csv\?"):
        csv_table.read_labels(Origin(images, Path("label.csv"), "file", "label"))
    with pytest.raises(ValueError, match="is a folder"):
        csv_table.read_labels(Origin(images, images, "file", "label"))
