"""What the command tells a reader that does not read to the end."""

import os
from pathlib import Path

import pytest

from tfrecords_tools.audit import main


def test_reader_that_has_seen_enough_is_no_error(
    aptos_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        assert main([str(aptos_folder), "--out", str(tmp_path / "out")]) == 0
