"""What the files of a finished run say about it: its scores, its settings, where it ran and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conbal_tf.run_folder.class_order import is_ordered, known_metrics
from conbal_tf.run_folder.objects import read_object


@dataclass(frozen=True)
class FinishedRun:
    """The files of a run folder that a comparison of runs reads."""

    folder: Path
    """Where they lie."""
    metrics: Mapping[str, Any]
    """metrics.json: scores of the test part, and the training images of each class. What needs an order of the classes
    is left out where none is known."""
    environment: Mapping[str, Any]
    """environment.json: hardware, records and, in newer runs, the budget."""
    settings: Mapping[str, Any]
    """settings.toml."""
    seconds: float
    """finished.json: what all calls of the command took together."""
    is_ordered: bool
    """Whether the order of the classes is known to mean something."""

    @property
    def train_counts(self) -> dict[str, int]:
        """The training images of each class, in label order: what of metrics.json no other file tells."""
        return {name: self.metrics["train_counts"][name] for name in self.metrics["class_names"]}


def read_run(run: Path) -> FinishedRun:
    """Returns what the files of a finished run hold.

    Args:
        run: a run folder with `metrics.json`, `environment.json`, `settings.toml` and `finished.json`.

    Raises:
        FileNotFoundError: If the folder or one of its files is not there: the run is not finished.
        ValueError: If a file cannot be read, or the scores are not of the test part.
    """
    # finished.json first: without it the other files may be there, of a run that still goes on.
    finished, metrics, environment, settings = (
        read_object(run, name) for name in ("finished.json", "metrics.json", "environment.json", "settings.toml")
    )
    if metrics["part"] != "test":
        raise ValueError(
            f"The scores of the run {run} are not of the test part: received {metrics['part']!r}. Runs are "
            "compared on their test part alone; evaluate the run again."
        )
    ordered = is_ordered(settings["dataset"], metrics["class_names"], environment["dataset"])
    scores = known_metrics(metrics, ordered)
    return FinishedRun(run, scores, environment, settings, float(finished["seconds"]), ordered)
