"""What the page reads of a run folder: the files that every finished run has, and those that may be missing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.reporting.charts.chart import Key
from conbal_tf.reporting.words import interval
from conbal_tf.run_folder.damage import damaged
from conbal_tf.run_folder.explanations import read_explanations
from conbal_tf.run_folder.finished_run import FinishedRun, read_run
from conbal_tf.run_folder.history import read_history
from conbal_tf.run_folder.objects import read_object_if_there
from conbal_tf.scores.prediction_table import answers_of, read_predictions
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
    series: int = 0
    """Its number among the runs of the page: its colour and mark."""

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
    def key(self) -> Key:
        """What it is in a chart of several runs."""
        return Key(self.series, self.title, line="")

    def interval(self, metric: str, class_name: str | None = None) -> tuple[float, float] | None:
        """Returns the interval of a metric of a class, or of all of them; None where there is none."""
        intervals = self.metrics.get("intervals") or {}
        of = intervals.get("per_class", {}).get(class_name) if class_name is not None else intervals.get("overall")
        return interval((of or {}).get(metric))

    def found(self, name: str) -> tuple[int, int]:
        """Returns how many test images of a class were recognised, and how many there are."""
        place = self.class_names.index(name)
        row = self.metrics["confusion_matrix"][place]
        return int(row[place]), int(np.sum(row))

    def taken_for(self, name: str) -> tuple[str, int] | None:
        """Returns the class that a class is most often taken for and how often; None where it never is."""
        place = self.class_names.index(name)
        row = np.array(self.metrics["confusion_matrix"][place])
        row[place] = 0
        return (self.class_names[int(row.argmax())], int(row.max())) if row.max() else None

    @property
    def dataset(self) -> str:
        """What the data set is called: one's own images as the user calls them."""
        settings = self.finished.settings
        images = settings.get("images")
        return data_name(settings["dataset"], settings.get("name"), Path(images) if images else None)

    @property
    def records(self) -> Path:
        """Folder of the data set's records, as the run named it."""
        return Path(self.finished.settings["records"]) / self.dataset

    def command(self, what: str) -> str:
        """Returns the command that makes what the run lacks, a key of `ADVICE`."""
        return ADVICE[what].format(run=self.path, records=self.records)


def split_by(runs: Sequence[PageRun], has: Callable[[PageRun], object]) -> tuple[list[PageRun], list[PageRun]]:
    """Returns the runs that have something, and those that lack it."""
    return [run for run in runs if has(run)], [run for run in runs if not has(run)]


def read_page_run(path: Path) -> PageRun:
    """Returns what a run folder holds; its title is what was trained.

    Args:
        path: a run folder with `metrics.json`, `environment.json`, `settings.toml` and `finished.json`.

    Raises:
        FileNotFoundError: The run is not finished.
        ValueError: A file cannot be read, or lacks something that every run has.
    """
    finished = read_run(path)
    if "confusion_matrix" not in finished.metrics:
        raise damaged(path / "metrics.json", "no confusion_matrix", "a file with the confusions of the test part")
    answers, ids = _answers(path, finished) if (path / "predictions.csv").is_file() else (None, np.array([], str))
    settings = finished.settings
    without_leaks = read_object_if_there(path, "metrics_without_leaks.json")
    run = PageRun(path, f"{settings['method']} ({settings['sampling']})", finished)
    return replace(
        run,
        history=read_history(path) if (path / "history.csv").is_file() else None,
        answers=answers,
        ids=ids,
        calibration=read_object_if_there(path, "calibration.json"),
        # Runs that were trained before leaks were noted have them of a later evaluation alone.
        leaks=read_object_if_there(path, "leaks.json") or (without_leaks or {}).get("leaks"),
        without_leaks=without_leaks,
        audit=read_object_if_there(run.records / "audit", "audit.json"),
        explanations=read_explanations(path / "explanations.npz"),
        diagnosis=read_object_if_there(path, "diagnosis.json"),
    )


def _answers(run: Path, finished: FinishedRun) -> tuple[Answers, np.ndarray]:
    table = read_predictions(run)
    answers = answers_of(table, "test", finished.train_counts, ordered=finished.is_ordered)
    return answers, table["id"][table["part"] == "test"].to_numpy(str)
