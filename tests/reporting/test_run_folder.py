"""Tests of drawing a run folder, and of what reporting and metrics import."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import conbal_tf
from conbal_tf.reporting.run_folder import draw


@pytest.fixture
def run(metrics: dict[str, Any], history: pd.DataFrame, tmp_path: Path) -> Path:
    """Returns a run folder with what drawing needs."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "metrics.json").write_text(json.dumps(metrics))
    history.to_csv(folder / "history.csv", index=False)
    return folder


def test_pictures_are_written_into_the_run(run: Path) -> None:
    written = draw(run)
    names = ("training_curves", "per_class_f1", "confusion_matrices")
    assert written == [run / "figures" / f"{name}.png" for name in names]
    assert all(path.stat().st_size > 5000 for path in written)


def test_pictures_can_be_drawn_again(run: Path) -> None:
    before = [path.read_bytes() for path in draw(run)]
    assert [path.read_bytes() for path in draw(run)] == before


@pytest.mark.parametrize("name", ["metrics.json", "history.csv"])
def test_missing_file_is_named_and_nothing_is_drawn(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(
        FileNotFoundError, match=rf"No {name} in .*: received a folder with .*python -m conbal_tf.train"
    ):
        draw(run)
    assert not (run / "figures").exists()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="received a path that is no folder"):
        draw(tmp_path / "nowhere")


@pytest.mark.parametrize(("name", "text"), [("metrics.json", '{"part": '), ("history.csv", "")])
def test_truncated_file_is_refused(run: Path, name: str, text: str) -> None:
    (run / name).write_text(text)
    with pytest.raises(ValueError, match=rf"{name} cannot be read: received .*conbal_tf.train"):
        draw(run)


def test_reporting_and_metrics_import_neither_tensorflow_nor_pyplot() -> None:
    package = Path(conbal_tf.__file__).parent
    files = [file for folder in ("reporting", "metrics") for file in (package / folder).rglob("[a-z]*.py")]
    assert len(files) >= 6
    modules = ", ".join(".".join(file.relative_to(package.parent).with_suffix("").parts) for file in files)
    code = f"import {modules}, sys; print(*{{'tensorflow', 'keras', 'matplotlib.pyplot'}} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], cwd=package.parent, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
