"""Files that are whole or not there."""

from pathlib import Path

import pytest

from conbal_tf.runs.whole_file import write_whole


def test_text_replaces_what_was_there_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for text in ("old", "neu, é"):
        write_whole(tmp_path / "file.txt", text)
    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "neu, é"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    write_whole(tmp_path / "file.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "file.txt", "no text: \ud800")
    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "old"
