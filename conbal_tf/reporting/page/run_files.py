"""What the page reads of a run folder: the files that every finished run has, and those that may be missing."""

import json
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.prediction_table import answers_of, read_predictions
from conbal_tf.runs.finished_run import FinishedRun, read_run
from conbal_tf.settings.data_name import data_name

ADVICE = {
    "history.csv": "python -m conbal_tf.train --config {run}/settings.toml --run {run} --overwrite",
    "predictions.csv": "python -m conbal_tf.train --config {run}/settings.toml --run {run} --overwrite",
    "intervals": "python -m conbal_tf.evaluate {run}",
    "operating_points": "python -m conbal_tf.evaluate {run} --positive CLASS",
    "calibration.json": "python -m conbal_tf.evaluate {run}",
    "leaks.json": "python -m conbal_tf.evaluate {run} --without_leaks",
    "audit.json": "python -m tfrecords_tools.audit {records}",
    "explanations.npz": "python -m conbal_tf.evaluate {run} --pictures",
}
"""What makes the files, and the parts of metrics.json, that a run may lack."""


@dataclass(frozen=True)
class PageRun:
    """A run as the page shows it."""

    path: Path
    title: str
    """A short name, of its own among the runs of the page."""
    finished: FinishedRun
    history: pd.DataFrame | None = None
    answers: Answers | None = None
    """To the test images."""
    ids: np.ndarray = field(default_factory=lambda: np.array([], str))
    """Of the test images, in the order of the answers [(n,) str]."""
    calibration: Mapping[str, Any] | None = None
    leaks: Mapping[str, Any] | None = None
    without_leaks: Mapping[str, Any] | None = None
    """metrics_without_leaks.json."""
    audit: Mapping[str, Any] | None = None
    explanations: Mapping[str, np.ndarray] | None = None
    diagnosis: Mapping[str, Any] | None = None
    """diagnosis.json, of contrastive methods."""

    @property
    def metrics(self) -> Mapping[str, Any]:
        """What metrics.json holds."""
        return self.finished.metrics

    @property
    def class_names(self) -> list[str]:
        """In the data set's order."""
        return list(self.metrics["class_names"])

    @property
    def classes(self) -> list[str]:
        """Most frequent in training first: the order in which the page shows them."""
        counts = self.metrics["train_counts"]
        return sorted(self.class_names, key=lambda name: -counts[name])

    @property
    def records(self) -> Path:
        """Folder of the data set's records, as the run named it."""
        settings = self.finished.settings
        images = settings.get("images")
        name = data_name(settings.get("dataset", ""), settings.get("name"), Path(images) if images else None)
        return Path(settings.get("records", "records")) / name

    def command(self, what: str) -> str:
        """Returns the command that makes what the run lacks, a key of `ADVICE`."""
        return ADVICE[what].format(run=self.path, records=self.records)


def read_page_run(path: Path) -> PageRun:
    """Returns what a run folder holds; its title is what was trained.

    Args:
        path: a run folder with `metrics.json`, `environment.json`, `settings.toml` and `finished.json`.

    Raises:
        FileNotFoundError: The run is not finished.
        ValueError: A file cannot be read, or lacks something that every run has.
    """
    finished = read_run(path)
    _refuse_incomplete(finished.metrics, path)
    answers, ids = _read(path / "predictions.csv", lambda file: _answers(path, finished)) or (
        None,
        np.array([], str),
    )
    settings = finished.settings
    without_leaks = _read(path / "metrics_without_leaks.json", _json)
    run = PageRun(path, f"{settings.get('method', path.name)} ({settings.get('sampling', 'original')})", finished)
    return PageRun(
        path,
        run.title,
        finished,
        history=_read(path / "history.csv", _history),
        answers=answers,
        ids=ids,
        calibration=_read(path / "calibration.json", _json),
        # Runs that were trained before leaks were noted have them of a later evaluation alone.
        leaks=_read(path / "leaks.json", _json) or (without_leaks or {}).get("leaks"),
        without_leaks=without_leaks,
        audit=_read(run.records / "audit" / "audit.json", _json),
        explanations=_read(path / "explanations.npz", _arrays),
        diagnosis=_read(path / "diagnosis.json", _json),
    )


def _refuse_incomplete(metrics: Mapping[str, Any], path: Path) -> None:
    needed = ("class_names", "per_class", "train_counts", "confusion_matrix", "accuracy", "macro_f1")
    missing = [key for key in needed if key not in metrics]
    names = metrics.get("class_names", ())
    missing += [f"{key} of {name}" for key in needed[1:3] for name in names if name not in metrics.get(key, {})]
    if missing:
        raise ValueError(
            f"The metrics of the run {path} have no {missing[0]}: received {sorted(metrics)}. A page needs "
            f"{', '.join(needed)}, of every class; evaluate the run again: python -m conbal_tf.evaluate {path}"
        )


def _read(path: Path, reader: Callable[[Path], Any]) -> Any:
    """Returns what a file holds, or None where there is no such file."""
    if not path.is_file():
        return None
    try:
        return reader(path)
    except DAMAGES as error:
        raise ValueError(
            f"The file {path} cannot be read: received {type(error).__name__}: {error}. Allowed is what training or "
            "evaluation writes there; remove it, and make it again with the command that the page then names."
        ) from error


def _json(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"no object but {type(value).__name__}")
    return value


def _history(path: Path) -> pd.DataFrame | None:
    history = pd.read_csv(path)
    return history if len(history) and {"stage", "epoch"} <= set(history) else None


def _answers(run: Path, finished: FinishedRun) -> tuple[Answers, np.ndarray]:
    table = read_predictions(run)
    return answers_of(table, "test", finished.train_counts), table["id"][table["part"] == "test"].to_numpy(str)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


DAMAGES = (
    json.JSONDecodeError,
    tomllib.TOMLDecodeError,
    pd.errors.ParserError,
    pd.errors.EmptyDataError,
    zipfile.BadZipFile,
    UnicodeDecodeError,
    EOFError,
    KeyError,
    ValueError,
)
