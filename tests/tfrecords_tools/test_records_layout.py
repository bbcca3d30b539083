"""What is said of records that are there, but not those that are wanted."""

from pathlib import Path

import pytest

from tfrecords_tools.records import CHANGES, VERSION, found_instead


def finish(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("dataset_info.json", "features.json"):
        (folder / name).touch()


def test_nothing_is_said_where_nothing_else_is_there(tmp_path: Path) -> None:
    finish(tmp_path / "moles" / "px8" / VERSION)
    (tmp_path / "moles" / "px9" / "2.0.0").mkdir(parents=True)  # not finished
    assert found_instead("moles", tmp_path, 8) == found_instead("eyes", tmp_path, 8) == ""


def test_other_sizes_of_this_version_are_named(tmp_path: Path) -> None:
    finish(tmp_path / "moles" / "px9_fundus" / VERSION)
    assert found_instead("moles", tmp_path, 8) == f"Found there: px9_fundus/{VERSION}."


@pytest.mark.parametrize(
    ("versions", "said", "unsaid"),
    [
        (["2.0.0"], "version 2.0.0 are not read any more (JPEGs are decoded exactly", "official parts"),
        (["1.0.0", "2.0.0"], "version 1.0.0 and 2.0.0 are not read any more (records know equal images", "the first"),
    ],
)
def test_older_versions_are_said_not_to_be_read_and_what_changed_since(
    versions: list[str], said: str, unsaid: str, tmp_path: Path
) -> None:
    for version in versions:
        finish(tmp_path / "moles" / "px8" / version)
    message = found_instead("moles", tmp_path, 8)
    assert message.startswith("Found there: " + ", ".join(f"px8/{version}" for version in versions))
    assert said in message and unsaid not in message
    assert message.endswith("they are made anew from the images, and their folders may be removed.")


def test_newest_change_is_that_of_the_version_that_is_written() -> None:
    assert list(CHANGES)[-1] == VERSION
