"""One's own table and the files that it names, as they come from other systems and out of spreadsheets."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tfrecords_tools.datasets import csv_table
from tfrecords_tools.origins import Origin
from tfrecords_tools.tables import LabelTable

Read = Callable[..., LabelTable]
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Nävus é") for form in ("NFC", "NFD"))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Returns the reader of a table of files, a class and a patient; the files are made first."""

    def read_rows(files: list[str], rows: list[str], header: str = "file,label,patient", **more: object) -> LabelTable:
        for name in files:
            (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "photos" / name).touch()
        (tmp_path / "labels.csv").write_text("\n".join((header, *rows)), encoding="utf-8")
        told: dict[str, object] = {"group_column": "patient"} | more
        return csv_table.read_labels(Origin(tmp_path / "photos", tmp_path / "labels.csv", "file", "label", **told))  # type: ignore[arg-type]

    return read_rows


@pytest.mark.parametrize(("of_files", "of_table"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
@pytest.mark.parametrize("suffix", ["", ".png"])
def test_table_of_one_system_finds_the_files_of_another(read: Read, of_files: str, of_table: str, suffix: str) -> None:
    files = [f"{of_files}/1.png", f"{of_files}.png"]
    table = read(files, [f"{of_table}/1{suffix},a,p", f"{of_table}{suffix},b,q"])
    assert [example.id for example in table.examples] == [f"{COMPOSED}/1{suffix}", f"{COMPOSED}{suffix}"]
    assert [str(example.source).partition("photos/")[2] for example in table.examples] == files


def test_tables_of_two_systems_are_one_table(read: Read) -> None:
    one, other = (
        read([f"{COMPOSED}.png", "b.png"], [f"{name},{name},{name}", "b,x,q"]) for name in (COMPOSED, DECOMPOSED)
    )
    assert one.fingerprint == other.fingerprint and one.class_names == other.class_names == (COMPOSED, "x")


def test_two_files_of_one_composed_name_are_refused_apart(read: Read) -> None:
    files = [f"{COMPOSED}.png", f"{DECOMPOSED}.png", "b.png"]
    with pytest.raises(
        ValueError, match=r"could be several files: 1 \(.*\('Na\\u0308vus e.*', 'N\\xe4vus .*rename one"
    ):
        read(files, [f"{COMPOSED}.png,x,", "b,y,"])


def test_two_rows_of_one_composed_name_are_refused_apart(read: Read) -> None:
    with pytest.raises(ValueError, match=r"names images more than once: 1 \('N\\xe4vus .*' and 'Na\\u0308vus"):
        read([f"{COMPOSED}.png", "b.png"], [f"{COMPOSED},x,", f"{DECOMPOSED},y,", "b,y,"])


def test_column_is_found_however_it_is_composed(read: Read) -> None:
    table = read(["a.png", "b.png"], ["a,x,p", "b,y,q"], f"file,label,{DECOMPOSED}", group_column=COMPOSED)
    assert [example.group for example in table.examples] == ["p", "q"]


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (("p1", "P 01"), r"one group in several spellings: 1 \('P 01' \(1 images\) and 'p1' \(1 images\)\)"),
        ((COMPOSED, DECOMPOSED), r"'Na\\u0308vus e\\u0301' \(1 images\) and 'N\\xe4vus \\xe9' \(1 images\)"),
        (("unknown", "unknown"), r"groups that are called by a word for a missing value: 1 \('unknown' \(2 images\)\)"),
        (("7.3928E+07", "7.3928E+07"), r"groups such as '7\.3928E\+07', 2 times\. They look like .*as text"),
        (('"a\nb"', "c"), r"values with a line break, .*: 1 \(line 2: 'a\\nb'\)"),
    ],
)
def test_patients_that_would_be_parted_or_joined_are_refused(read: Read, groups: tuple[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(["a.png", "b.png"], [f"a,x,{groups[0]}", f"b,y,{groups[1]}"])


def test_words_for_missing_values_are_kept_where_they_are_said_to_be_names(read: Read) -> None:
    files, rows = ["a.png", "b.png"], ["a,nan,NULL", "b,y,q"]
    assert read(files, rows, keep_missing=True).class_names == ("nan", "y")
    with pytest.raises(ValueError, match="groups that are called by"):
        read(files, rows, class_order=("y", "nan"))
    table = read(files, ["a,none,", "b,mild,"], class_order=("none", "mild"))
    assert (table.class_names, table.ordered) == (("none", "mild"), True)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("file,label,file ", r"more than one column called 'file': 'file' \(column 1\) and 'file ' \(column 3\)"),
        ("file,label,label", r"more than one column called 'label': 'label' \(column 2\) and 'label' \(column 3\)"),
        ("\u00a0file,label,file", r"'\\xa0file' \(column 1\) and 'file' \(column 3\)"),
        ("file,label,file\u200b", "lacks column patient"),
    ],
)
def test_columns_that_become_one_are_named(read: Read, header: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(["a.png", "b.png"], ["a,x,1", "b,y,2"], header)


def test_columns_that_nobody_asks_for_may_have_one_name(read: Read) -> None:
    assert len(read(["a.png", "b.png"], ["a,x,p,,", "b,y,q,,"], "file,label,patient,,").examples) == 2


def test_one_column_has_one_meaning(read: Read) -> None:
    with pytest.raises(
        ValueError, match=r"One column has two meanings: .*--label_column 'label', --group_column 'label'"
    ):
        read(["a.png", "b.png"], ["a,x,1", "b,y,2"], group_column="label")


def test_several_labels_in_a_cell_are_one_sentence(read: Read) -> None:
    rows = ["a,Mass,1", "b,Edema,2", "c,Mass|Edema,3"]
    with pytest.raises(ValueError, match=r"has several labels in one cell: 1 \('Mass\|Edema'\), of 1 images"):
        read(["a.png", "b.png", "c.png"], rows)


PATIENTS = [f"train/p{number}/view.png" for number in range(3)]


@pytest.mark.parametrize(
    ("files", "names", "message"),
    [
        (PATIENTS, [f"photos/{name}" for name in PATIENTS], r"first folder is dropped \(photos, .*--images .*\."),
        (
            PATIENTS,
            [f"x\\{name}" for name in PATIENTS],
            r"first folder is dropped \(x, .*Write the names in column 'file'",
        ),
        (PATIENTS, [f"a/b/{name}" for name in PATIENTS], r"first 2 folders are dropped \(a/b, "),
        (PATIENTS, [name.removeprefix("train/") for name in PATIENTS], r"there below train: --images .*photos/train"),
        (PATIENTS, ["other/view.png", *PATIENTS[1:]], "Add the files, or remove their rows"),
        (
            ["0012.png", "0103.png"],
            ["12", "103"],
            r"2 of them are there in another spelling, such as '12' for '0012'.*text",
        ),
        (["12.png", "103.png"], ["12.0", "103.0"], r"another spelling, such as '12\.0' for '12'\. A spreadsheet"),
        (
            ["12345678.png"],
            ["1.2346E+07"],
            r"1 \(1\.2346E\+07\) of them look like numbers that a spreadsheet has short",
        ),
        (["1-2.png"], ["02-Jan"], r"1 \(02-Jan\) of them look like dates"),
        (["img1.png"], ["IMG1.PNG"], r"another spelling, such as 'IMG1' for 'img1'\. Write each name in one way"),
        (["img1.png"], ["img\u200b1.png"], r"another spelling, such as 'img\\u200b1' for 'img1'"),
    ],
)
def test_lost_files_are_answered_with_what_their_names_look_like(
    read: Read, files: list[str], names: list[str], message: str
) -> None:
    with pytest.raises(FileNotFoundError, match=message):
        read(
            files,
            [f"{name},{'xy'[place % 2]}," for place, name in enumerate([*names, "z"] if len(names) < 2 else names)],
        )


def test_folders_are_not_dropped_where_two_names_would_become_one(read: Read) -> None:
    with pytest.raises(FileNotFoundError, match="Is 'file' the column of the files"):
        read(["x.png"], ["a/x.png,y,", "b/x.png,z,"])


def test_rows_that_a_spreadsheet_has_joined_are_not_to_be_removed(read: Read) -> None:
    with pytest.raises(ValueError, match=r"more than once: 1 \(7\.3928E\+07\)\. They look like numbers .*as text"):
        read(["73928001.png", "73928002.png"], ["7.3928E+07,x,", "7.3928E+07,y,"])


def test_paths_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / DECOMPOSED).mkdir()
    (tmp_path / f"{DECOMPOSED}.csv").touch()
    with pytest.raises(
        FileNotFoundError, match=r"no folder '.*N\\xe4vus \\xe9'\. Did you mean '.*Na\\u0308vus e\\u0301'\?"
    ):
        csv_table.read_labels(Origin(tmp_path / COMPOSED, tmp_path / f"{DECOMPOSED}.csv", "file", "label"))
    with pytest.raises(FileNotFoundError, match=r"no table of labels '.*N\\xe4vus .* Did you mean '.*Na\\u0308vus"):
        csv_table.read_labels(Origin(tmp_path / DECOMPOSED, tmp_path / f"{COMPOSED}.csv", "file", "label"))
