"""Label tables and image files, right and wrong ones."""

from pathlib import Path

import pandas as pd
import pytest

from tfrecords_tools.folders.label_files import class_numbers, find_images, read_table, require_folder

COLUMNS = ("id", "label")


def written(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def touched(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def test_table_keeps_leading_zeros_and_drops_spaces_and_a_byte_order_mark(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "\ufeffid, label ,more\n007, 1 ,x\n"), COLUMNS)
    assert (table["id"].tolist(), table["label"].tolist()) == (["007"], ["1"])


def test_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No label table .*nothing\.csv"):
        read_table(tmp_path / "nothing.csv", COLUMNS)


def test_missing_column_is_reported_with_expected_and_found(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"lacks column label\. Expected: id, label; found: id, class\."):
        read_table(written(tmp_path, "id,class\na,1\n"), COLUMNS)


@pytest.mark.parametrize("text", ["", 'id,label\n"a,1\n', "id,label\na,1\nb,2,3\n"])
def test_file_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="is no table of comma-separated values"):
        read_table(written(tmp_path, text), COLUMNS)


def test_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no rows"):
        read_table(written(tmp_path, "id,label\n"), COLUMNS)


def test_empty_value_is_reported_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"rows with an empty value: 1 \(line 3\)"):
        read_table(written(tmp_path, "id,label\na,1\nb,\n"), COLUMNS)


def test_repeated_ids_are_named_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"names images more than once: 2 \(a, b\)"):
        read_table(written(tmp_path, "id,label\na,1\na,1\na,2\nb,1\nb,1\nc,1\n"), COLUMNS)


def test_class_numbers_follow_the_order_of_the_names() -> None:
    assert class_numbers(pd.Series(["y", "x", "y"]), ("x", "y"), Path("t.csv")) == [1, 0, 1]


def test_unknown_class_is_reported_with_the_allowed_and_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"unknown classes: 1 \('mell'\)\. Allowed: mel, nv \(nearest to 'mell': 'mel'\)"
    ):
        class_numbers(pd.Series(["mel", "mell"]), ("mel", "nv"), Path("t.csv"))


def test_missing_and_empty_folders_say_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No folder .*absent\. Expected there: a table"):
        require_folder(tmp_path / "absent", "a table")
    with pytest.raises(FileNotFoundError, match=r"is empty\. Expected there: a table"):
        require_folder(touched(tmp_path / "empty"), "a table")


def test_images_are_found_in_all_folders_whatever_the_case_of_their_suffix(tmp_path: Path) -> None:
    one = touched(tmp_path / "one", "a.JPG", "b.jpeg", "notes.txt")
    two = touched(tmp_path / "two", "c.Png")
    found = find_images(["c", "a", "b"], [one, two])
    assert list(found.items()) == [("c", two / "c.Png"), ("a", one / "a.JPG"), ("b", one / "b.jpeg")]


def test_ids_without_images_are_counted_and_the_first_five_named(tmp_path: Path) -> None:
    folder = touched(tmp_path / "images", "a.jpg")
    message = r"6 of 7 labelled images are missing: 6 \(b, c, d, e, f, \.\.\.\).*ID\.jpg, .*ID\.gif in .*has 1 images"
    with pytest.raises(FileNotFoundError, match=message):
        find_images("abcdefg", [folder])


def test_images_without_labels_are_left_out_with_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = touched(tmp_path / "images", "a.jpg", "x.png", "y.png", "._a.jpg")
    assert list(find_images(["a"], [folder])) == ["a"]
    assert f"Warning: images without a label in {folder}, left out: 2 (x, y)." in capsys.readouterr().err


def test_two_files_of_one_image_are_refused(tmp_path: Path) -> None:
    folder = touched(tmp_path / "images", "a.jpg", "a.png")
    with pytest.raises(ValueError, match=r"Two files of one image: 1 \('.*a\.jpg' and '.*a\.png'\)"):
        find_images(["a"], [folder])
