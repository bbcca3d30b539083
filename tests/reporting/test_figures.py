"""Tests of the figures of a run folder, which are the charts of its page, and of what reporting imports."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import conbal_tf
from conbal_tf.reporting import figures
from conbal_tf.reporting.charts.chart import Chart
from conbal_tf.reporting.charts.reliability import REMARK
from conbal_tf.reporting.figures import draw
from conbal_tf.reporting.page.document import page
from tests.reporting.charts.drawings import pixels


@pytest.fixture
def run(metrics: dict[str, Any], history: pd.DataFrame, tmp_path: Path) -> Path:
    """Returns a run folder with what drawing needs."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "metrics.json").write_text(json.dumps(metrics))
    history.to_csv(folder / "history.csv", index=False)
    return folder


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mapping[str, Sequence[Chart]]]:
    """Returns the charts of each file that is written, instead of the file."""
    written: dict[str, Mapping[str, Sequence[Chart]]] = {}
    monkeypatch.setattr(figures, "write_png", lambda path, charts: written.update({path.stem: charts}))
    return written


def test_pictures_are_written_into_the_run(run: Path) -> None:
    written = draw(run)
    names = ("training_curves", "per_class_f1", "confusion_matrices")
    assert written == [run / "figures" / f"{name}.png" for name in names]
    assert all(pixels(path).shape[1] > 500 for path in written)


def test_pictures_can_be_drawn_again(run: Path) -> None:
    before = [path.read_bytes() for path in draw(run)]
    assert [path.read_bytes() for path in draw(run)] == before


def test_figures_are_the_very_charts_of_the_page(
    whole_run: Path, drawn: dict[str, Mapping[str, Sequence[Chart]]]
) -> None:
    names = [path.stem for path in draw(whole_run)]
    assert names == list(drawn) == [
        "training_curves", "per_class_f1", "confusion_matrices", "precision_and_recall", "operating_points",
        "reliability", "prior_dial",
    ]  # fmt: skip
    text = page([whole_run])
    # Of the page's charts, only the strips in the table of results have no figure.
    on_page = {_lines(svg) for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL) if "<desc>" in svg}
    on_page = {lines for lines in on_page if "tick" in lines}
    in_figures = {_lines(chart.svg) for its in drawn.values() for charts in its.values() for chart in charts}
    assert len(on_page) > 12
    assert on_page <= in_figures


def _lines(svg: str) -> str:
    """Returns what is drawn, without the words that are heard or appear under a pointer: they name the run."""
    return re.sub(r"<title>.*?</title>", "", str(svg).partition("</desc>")[2])


def test_figure_says_that_validation_was_trained_on(
    whole_run: Path, drawn: dict[str, Mapping[str, Sequence[Chart]]]
) -> None:
    path = whole_run / "calibration.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"fitted_on_training": True}))
    draw(whole_run)
    assert [list(drawn[name]) for name in ("reliability", "prior_dial")] == [[REMARK], [REMARK]]


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


def test_reporting_and_metrics_import_no_tensorflow() -> None:
    package = Path(conbal_tf.__file__).parent
    files = [file for folder in ("reporting", "metrics") for file in (package / folder).rglob("[a-z]*.py")]
    assert len(files) >= 6
    modules = ", ".join(".".join(file.relative_to(package.parent).with_suffix("").parts) for file in files)
    code = f"import {modules}, sys; print(*{{'tensorflow', 'keras'}} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], cwd=package.parent, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
