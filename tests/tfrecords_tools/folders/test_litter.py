"""What systems leave in folders of images, by name, wherever it lies and whoever reads the folder."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfrecords_tools.auditing.sources import open_source
from tfrecords_tools.datasets import csv_table, folder
from tfrecords_tools.folders import litter
from tfrecords_tools.folders.image_files import find_files
from tfrecords_tools.folders.label_files import find_images, require_folder
from tfrecords_tools.origins import Origin

FOLDERS = [
    "@eaDir", "@EADIR", "#recycle", "#Snapshot", "@tmp", "@Recycle", "@Recently-Snapshot", ".@__thumb", "@GMT-2024.01",
    "~snapshot", ".snapshot", ".zfs", "$RECYCLE.BIN", "$Recycle.Bin", "RECYCLER", "Recycle Bin", ".Trash-1000",
    ".recycle", "System Volume Information", "FOUND.000", "DfsrPrivate", "lost+found", "__MACOSX", ".AppleDouble",
    ".Trashes", "Network Trash Folder", "Temporary Items", ".picasaoriginals", ".ipynb_checkpoints", ".thumbnails",
    "_vti_cnf", ".git",
]  # fmt: skip
FILES = [
    "._1.jpg", ".hidden.png", ".DS_Store", "Thumbs.db", "THUMBS.DB", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
    "Icon\r", "SYNOPHOTO_THUMB_XL.jpg", "synofile_thumb_m.jpg", "1.jpg@SynoEAStream", ":2e_1.jpg", "~$1.png",
    "AlbumArtSmall.jpg", "AlbumArt_{1-2}_Large.jpg", "1.jpg:Zone.Identifier",
]  # fmt: skip
# What users call classes and images, though it looks odd.
KEPT = [
    "#1", "~5 mm", "_", "__", "_1", "mask", "Originals", "thumbs", "thumbnails", "recycle", "recycled", "trash",
    "snapshot", "tmp", "found", "icon", "Icon", "synology", "lost", "system", "temporary", "50%", "100$",
    "a@b", "x.snapshot", "+",
]  # fmt: skip


def touched(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


@pytest.mark.parametrize("name", FOLDERS)
def test_name_of_a_folder_is_a_systems(name: str) -> None:
    assert litter.is_litter(name, True)


@pytest.mark.parametrize("name", FILES)
def test_name_of_a_file_is_a_systems(name: str) -> None:
    assert litter.is_litter(name, False)


@pytest.mark.parametrize("name", KEPT)
def test_odd_names_that_users_give_are_theirs(name: str) -> None:
    assert not litter.is_litter(name, True) and not litter.is_litter(f"{name}.jpg", False)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["", "a", "b", "a/deep"]),
    st.sampled_from(
        [*(f"{name}/{file}" for name in FOLDERS for file in ("1.jpg", "1.jpg/2.png", "x/y/3.jpg")), *FILES]
    ),
)
def test_class_folders_are_read_as_if_it_were_not_there_wherever_it_lies(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], place: str, name: str
) -> None:
    root = touched(tmp_path_factory.mktemp("photos"), "a/1.jpg", "a/deep/2.jpg", "b/3.jpg")
    touched(root / place, name)
    capsys.readouterr()
    table = folder.read_labels(Origin(root))
    assert table.class_names == ("a", "b")
    assert [example.id for example in table.examples] == ["a/1", "a/deep/2", "b/3"]
    assert f"Note: 1 files in {root} that systems leave behind or hide are left aside: " in capsys.readouterr().err


def test_note_counts_by_name_the_most_frequent_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    thumbnails = [f"{label}/@eaDir/{n}.jpg/SYNOPHOTO_THUMB_{size}.jpg" for label in "ab" for n in "12" for size in "SM"]
    root = touched(
        tmp_path, "a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", *thumbnails, "a/._1.jpg", "b/._1.jpg", "b/Icon\r"
    )
    found = find_files(root)
    litter.note_litter("photos", found.litter)
    assert capsys.readouterr().err == (
        "Note: 11 files in photos that systems leave behind or hide are left aside: @eaDir/ 8, ._* 2, Icon? 1.\n"
    )


def test_flat_folder_of_a_download_is_read_as_if_it_were_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg", "#recycle/1.jpg", "SYNOPHOTO_THUMB_XL.jpg", "._1.jpg"]
    root = touched(tmp_path, "1.jpg", "2.jpg", *names)
    assert find_images(["1", "2"], [root]) == {"1": root / "1.jpg", "2": root / "2.jpg"}
    error = capsys.readouterr().err
    assert f"Note: 4 files in {root} that systems leave behind" in error and "Warning" not in error


def test_folder_of_litter_alone_is_empty(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is empty"):
        require_folder(touched(tmp_path, ".DS_Store", "@eaDir/1.jpg"), "images")


def test_audit_takes_neither_litter_for_classes_nor_records_in_a_waste_basket(tmp_path: Path) -> None:
    root = touched(tmp_path / "photos", "1.jpg", "@eaDir/1.jpg")
    with pytest.raises(ValueError, match="neither a folder of records nor a layout"):
        open_source(root)
    files = [f"#recycle/made/px8/2.0.0/{name}" for name in ("features.json", "dataset_info.json", "metadata.json")]
    root = touched(tmp_path / "records", "mole/1.jpg", "scar/1.jpg", *files)
    assert open_source(root).class_names == ("mole", "scar")


def test_table_that_was_made_of_all_files_is_told_which_are_a_systems(tmp_path: Path) -> None:
    root = touched(tmp_path / "photos", "1.jpg", "2.jpg", "@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg")
    table = tmp_path / "labels.csv"
    table.write_text("file,label\n1.jpg,a\n2.jpg,b\n@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg,a\n")
    with pytest.raises(ValueError, match=r"systems leave behind or hide.*1 \(@eaDir/1\.jpg/SYNOPHOTO_THUMB_M\.jpg\)"):
        csv_table.read_labels(Origin(root, table, "file", "label"))


def test_links_in_litter_are_not_followed_and_counting_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = touched(tmp_path, "a/1.jpg", *(f".snapshot/{number}/1.jpg" for number in range(9)))
    (root / ".up").symlink_to(root)
    (root / ".snapshot" / "up").symlink_to(root)
    assert len(find_files(root).litter) == 10
    monkeypatch.setattr(litter, "MOST_COUNTED", 4)
    assert find_files(root).litter.count(PurePosixPath(".up")) == 1
    assert len(find_files(root).litter) == 5
