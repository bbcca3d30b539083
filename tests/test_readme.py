"""The code that README and guides print runs as it stands, and what they say of a run is what a run leaves."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conbal_tf.settings.save import default_run_folder
from conbal_tf.settings.schema import Settings
from tests.pages import block, text_of

MAX_LIBRARY_LINES = 20


def names_after(code: str) -> dict[str, Any]:
    """Returns what a script has defined when it has run, in this process: TensorFlow is imported once for all."""
    names: dict[str, Any] = {}
    exec(compile(code, "a page", "exec"), names)
    return names


def test_library_block_trains_saves_and_loads_in_20_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = block("docs/guides/library.md", "python", "load_model")
    assert len(code.splitlines()) <= MAX_LIBRARY_LINES
    monkeypatch.chdir(tmp_path)
    names = names_after(code)
    assert names["embeddings"].shape == (1797, 32)
    np.testing.assert_allclose(
        names["embeddings"][:128], names["model"].predict(names["images"][:128], verbose=0), atol=1e-5
    )
    losses = names["model"].history.history["loss"]
    assert losses[-1] < losses[0]


def test_library_block_of_the_readme_is_the_beginning_of_the_one_that_runs() -> None:
    lines = block("README.md", "python", "ContrastiveModel")
    assert block("docs/guides/library.md", "python", "load_model").startswith(lines)


def test_batches_of_ones_own_items_are_balanced_as_the_guide_says(capsys: pytest.CaptureFixture[str]) -> None:
    names_after(block("docs/guides/library.md", "python", "balanced_batches"))
    printed = capsys.readouterr().out
    assert (printed.count("benign"), printed.count("malignant")) == (6, 6)


def test_serving_client_names_the_class_of_a_photograph_with_tensorflow_alone(
    finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    code = block("docs/guides/serving.md", "python", "saved_model")
    assert set(re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)) == {"pathlib", "tensorflow"}
    home = tmp_path / default_run_folder(Settings())
    home.parent.mkdir(parents=True)
    home.symlink_to(finished_run)
    Image.new("RGB", (40, 30)).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    names_after(code)
    name, probability = capsys.readouterr().out.split()
    assert name in (finished_run / "metrics.json").read_text()
    assert 0.1 <= float(probability) <= 1.0


def test_tables_of_the_run_folder_are_what_a_finished_run_holds(finished_run: Path) -> None:
    tables = text_of("docs/reference/run_folder.md").split("In `figures/`:")
    named = [{name.rstrip("/") for name in re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)} for table in tables]
    held = [{path.name for path in folder.iterdir()} for folder in (finished_run, finished_run / "figures")]
    # Of digits nothing is looked for more than the rest, so that its runs have no operating points.
    assert named == [held[0], held[1] | {"operating_points.png"}]
