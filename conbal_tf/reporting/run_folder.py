"""The pictures of a run folder, from the files that training and evaluation left in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conbal_tf.reporting.calibration_figures import prior_dial, reliability_diagram
from conbal_tf.reporting.confusion_figure import confusion_matrices
from conbal_tf.reporting.figures import per_class_f1, training_curves
from conbal_tf.reporting.history import read_history
from conbal_tf.run_folder.objects import read_object, read_object_if_there

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
    metrics, history = read_object(run, "metrics.json"), read_history(run)
    calibration = read_object_if_there(run, "calibration.json")
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
