"""The pictures of a run folder, from the files that training and evaluation left in it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from conbal_tf.reporting.calibration_figures import prior_dial, reliability_diagram
from conbal_tf.reporting.confusion_figure import confusion_matrices
from conbal_tf.reporting.figures import per_class_f1, training_curves
from conbal_tf.runs.finished_run import file_of

PICTURES = ("training_curves", "per_class_f1", "confusion_matrices")


def draw(run: Path) -> list[Path]:
    """Returns the files of the pictures that it draws.

    They are `figures/training_curves.png`, `figures/per_class_f1.png` and `figures/confusion_matrices.png`.

    Where there is a `calibration.json`, also `figures/reliability.png` and `figures/prior_dial.png`.

    Args:
        run: a run folder with `metrics.json` and `history.csv`.

    Raises:
        FileNotFoundError: If the folder or one of the two files is not there.
        ValueError: If a file cannot be read or lacks something that is to be drawn.
    """
    metrics_file, history_file = file_of(run, "metrics.json"), file_of(run, "history.csv")
    try:
        metrics = json.loads(metrics_file.read_text(encoding="utf-8"))
        history = pd.read_csv(history_file)
        calibration_file = run / "calibration.json"
        calibration = json.loads(calibration_file.read_text(encoding="utf-8")) if calibration_file.is_file() else None
    except (json.JSONDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(
            f"A file of the run {run} cannot be read: received {error}. Its .json files are JSON, and history.csv a "
            "table whose first line names the columns; evaluate the run again."
        ) from error
    folder = run / "figures"
    folder.mkdir(exist_ok=True)
    curves, bars, matrices = (folder / f"{name}.png" for name in PICTURES)
    training_curves(history, curves)
    per_class_f1(metrics, bars)
    confusion_matrices(metrics, matrices)
    return [curves, bars, matrices, *(_draw_calibration(calibration, folder) if calibration else [])]


def _draw_calibration(calibration: Mapping[str, Any], folder: Path) -> list[Path]:
    diagram, dial = folder / "reliability.png", folder / "prior_dial.png"
    reliability_diagram(calibration, diagram)
    prior_dial(calibration, dial)
    return [diagram, dial]
