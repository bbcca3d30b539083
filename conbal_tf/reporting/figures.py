"""`figures/` of a run: the charts of its page as PNG files, from what training and evaluation left in the folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conbal_tf.metrics.answers import Answers
from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.confusion_matrix import confusion_of
from conbal_tf.reporting.charts.f1_by_class import f1_of_runs
from conbal_tf.reporting.charts.operating_points import operating_points
from conbal_tf.reporting.charts.png import write_png
from conbal_tf.reporting.charts.precision_recall import precision_recall
from conbal_tf.reporting.charts.prior_dial import prior_dial
from conbal_tf.reporting.charts.reliability import REMARK, reliability
from conbal_tf.reporting.charts.training_curves import training_curves
from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.run_folder.history import read_history
from conbal_tf.run_folder.objects import read_object, read_object_if_there
from conbal_tf.scores.prediction_table import answers_of, read_predictions

Figure = Mapping[str, Sequence[Chart]]
"""Title, which may be empty, to the charts below it."""


def draw(run: Path) -> list[Path]:
    """Returns the files of `figures/` that it draws: a PNG for each chart of the page that the run has numbers for.

    Args:
        run: a run folder with `metrics.json` and `history.csv`; where there are `predictions.csv` and
            `calibration.json`, their charts are drawn as well.

    Raises:
        FileNotFoundError: If the folder or one of the two files is not there.
        ValueError: If a file cannot be read or lacks something that is to be drawn.
    """
    metrics, history = read_object(run, "metrics.json"), read_history(run)
    calibration = read_object_if_there(run, "calibration.json")
    answers = _answers(run, metrics) if (run / "predictions.csv").is_file() else None
    # All are drawn before the first is written: of a run that lacks a number, nothing is.
    figures: dict[str, Figure] = {
        "training_curves": training_curves(history),
        "per_class_f1": {"": [f1_of_runs({"this run": metrics})]},
        "confusion_matrices": {"": _confusions(metrics)},
        **(_of_answers(answers, metrics) if answers else {}),
        **(_of_calibration(calibration) if calibration else {}),
    }
    folder = run / "figures"
    folder.mkdir(exist_ok=True)
    for name, charts in figures.items():
        write_png(folder / f"{name}.png", charts)
    return [folder / f"{name}.png" for name in figures]


def _answers(run: Path, metrics: Mapping[str, Any]) -> Answers:
    counts = {name: metrics["train_counts"][name] for name in metrics["class_names"]}
    return answers_of(read_predictions(run), "test", counts)


def _confusions(metrics: Mapping[str, Any]) -> list[Chart]:
    parts = {"Validation part": metrics.get("validation") or {}, "Test part": metrics}
    return [
        confusion_of(metrics, scores["confusion_matrix"], f"Confusion matrix: {title.lower()}", title)
        for title, scores in parts.items()
        if scores.get("confusion_matrix") or scores is metrics
    ]


def _of_answers(answers: Answers, metrics: Mapping[str, Any]) -> dict[str, Figure]:
    key = Key(0, "this run")
    names = [row.name for row in class_rows(metrics)]
    points = operating_points([(key, answers, metrics.get("operating_points") or [])])
    curves = list(precision_recall([(key, answers)], names).values())
    charts = {"precision_and_recall": curves, "operating_points": points}
    return {name: {"": its} for name, its in charts.items() if its}


def _of_calibration(calibration: Mapping[str, Any]) -> dict[str, Figure]:
    warning = REMARK if calibration.get("fitted_on_training") else ""
    charts = {"reliability": reliability, "prior_dial": prior_dial}
    return {name: {warning: [chart(calibration)]} for name, chart in charts.items() if calibration.get(name)}
