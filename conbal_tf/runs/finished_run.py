"""What the files of a finished run say about it: its scores, its settings, where it ran and for how long."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILES = ("metrics.json", "history.csv", "environment.json", "settings.toml", "finished.json")


@dataclass(frozen=True)
class FinishedRun:
    """The files of a run folder that a comparison of runs reads."""

    folder: Path
    """Where they lie."""
    metrics: Mapping[str, Any]
    """metrics.json: scores of the test part, and the training images of each class."""
    environment: Mapping[str, Any]
    """environment.json: hardware, records and, in newer runs, the budget."""
    settings: Mapping[str, Any]
    """settings.toml."""
    seconds: float
    """finished.json: what all calls of the command took together."""

    @property
    def train_counts(self) -> dict[str, int]:
        """The training images of each class, in label order: what of metrics.json no other file tells.

        Raises:
            ValueError: metrics.json does not tell them.
        """
        names, counts = self.metrics.get("class_names"), self.metrics.get("train_counts")
        if not names or not isinstance(counts, dict) or set(counts) != set(names):
            raise ValueError(
                f"{self.folder / 'metrics.json'} does not tell the training images of each class: received class_names "
                f"{names} and train_counts {counts}. Each class needs a count; train the run again with --overwrite."
            )
        return {name: counts[name] for name in names}


def read_run(run: Path) -> FinishedRun:
    """Returns what the files of a finished run hold.

    Args:
        run: a run folder with `metrics.json`, `environment.json`, `settings.toml` and `finished.json`.

    Raises:
        FileNotFoundError: If the folder or one of its files is not there: the run is not finished.
        ValueError: If a file cannot be read, or the scores are not of the test part.
    """
    try:
        # finished.json first: without it the other files may be there, of a run that still goes on.
        finished = json.loads(_text(run, "finished.json"))
        metrics = json.loads(_text(run, "metrics.json"))
        environment = json.loads(_text(run, "environment.json"))
        settings = tomllib.loads(_text(run, "settings.toml"))
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(
            f"A file of the run {run} cannot be read: received {error}. The .json files are JSON, "
            "settings.toml is TOML; train the run again with --overwrite."
        ) from error
    if metrics.get("part") != "test":
        raise ValueError(
            f"The scores of the run {run} are not of the test part: received {metrics.get('part')!r}. Runs are "
            "compared on their test part alone; evaluate the run again."
        )
    return FinishedRun(run, metrics, environment, settings, float(finished["seconds"]))


def file_of(run: Path, name: str) -> Path:
    """Returns the path of a file of a finished run.

    Args:
        run: its folder.
        name: of the file.

    Raises:
        FileNotFoundError: If it is not there; it says what is there instead.
    """
    path = run / name
    if not path.is_file():
        entries = sorted(entry.name for entry in run.iterdir()) if run.is_dir() else []
        found = f"a folder with {', '.join(entries) or 'nothing in it'}" if run.is_dir() else "a path that is no folder"
        raise FileNotFoundError(
            f"No {name} in {run}: received {found}. A finished run has {', '.join(FILES)}; "
            f"finish it with: python -m conbal_tf.train --config {run / 'settings.toml'} --run {run}"
        )
    return path


def _text(run: Path, name: str) -> str:
    return file_of(run, name).read_text(encoding="utf-8")
