"""metrics.json: every metric of both parts, with intervals for the test part. From tables alone, no TensorFlow."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import LEVEL, RESAMPLES, Distribution, bootstrap
from conbal_tf.metrics.classification import summarise
from conbal_tf.metrics.measures import OVERALL, PER_CLASS, measure, said_of
from conbal_tf.metrics.operating_point import rates, threshold_at
from conbal_tf.metrics.resampling import FIXED, strata_of
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.scores.aims import Aim
from conbal_tf.scores.prediction_table import answers_of, read_predictions


def score(
    table: pd.DataFrame,
    train_counts: Mapping[str, int],
    aims: Sequence[Aim],
    *,
    ordered: bool = False,
    class_mix: str = FIXED,
    resamples: int = RESAMPLES,
) -> dict[str, Any]:
    """Returns what metrics.json holds: the test part's scores and intervals, and the validation part's scores.

    Args:
        table: as `read_predictions` gives it.
        train_counts: class name to its training images, in label order.
        aims: operating points, whose thresholds are chosen on the validation part.
        ordered: whether the order of the classes is known to mean something: else what needs one is left out.
        class_mix: whether resamples hold the mix of classes `fixed`, or let it be `varied`.
        resamples: of the bootstrap.

    Raises:
        ValueError: The table does not fit the classes, or an aim names no class.
    """
    test, validation = (answers_of(table, part, train_counts, ordered=ordered) for part in ("test", "validation"))
    chosen_on = [_place_of_choice(aim, validation, test) for aim in aims]
    parts = {"validation": validation, "test": test}
    thresholds = [
        threshold_at(*_looked_for(parts[part], aim), aim.specificity) for aim, part in zip(aims, chosen_on, strict=True)
    ]
    points = [_rates_at(aim, threshold) for aim, threshold in zip(aims, thresholds, strict=True)]

    def described(reached: Sequence[np.ndarray]) -> list[dict[str, Any]]:
        return [_described(*point) for point in zip(aims, thresholds, chosen_on, reached, strict=True)]

    def measures(weights: np.ndarray) -> dict[str, np.ndarray]:
        # With the metrics, so that their intervals are of the same resamples.
        at_points = {f"point {i}": point(test, weights) for i, point in enumerate(points)}
        return measure(test, weights) | at_points

    found = bootstrap(measures, test.groups, strata_of(test.labels, class_mix), resamples=resamples)
    reached = [found[f"point {i}"].point for i in range(len(aims))]
    once = np.ones((1, len(validation)))
    return {
        "part": "test",
        **_scores(test),
        "operating_points": described(reached),
        "validation": {
            **_scores(validation),
            "operating_points": described([point(validation, once)[0] for point in points]),
        },
        "train_counts": dict(train_counts),
        "intervals": _intervals(found, test.class_names, len(aims)) | {"stratified": class_mix == FIXED},
    }


def score_run(
    run: Path, train_counts: Mapping[str, int], aims: Sequence[Aim], *, ordered: bool, class_mix: str = FIXED
) -> dict[str, Any]:
    """Scores what a run has answered, and writes metrics.json, which appears only when it is whole.

    The answers are read back from predictions.csv, so that whoever scores them again gets the same figures.

    Args:
        run: run folder with predictions.csv and protocol.csv.
        train_counts: class name to its training images, in label order.
        aims: operating points.
        ordered: whether the order of the classes is known to mean something.
        class_mix: whether resamples hold the mix of classes `fixed`, or let it be `varied`.

    Returns:
        What the file holds, as `score` returns it.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: A file cannot be read, or does not fit the classes; or an aim names no class.
    """
    metrics = score(read_predictions(run), train_counts, aims, ordered=ordered, class_mix=class_mix)
    write_whole(run / "metrics.json", json.dumps(metrics, indent=2, allow_nan=False) + "\n")
    return metrics


def _place_of_choice(aim: Aim, validation: Answers, test: Answers) -> str:
    """Returns the part on which a threshold is chosen: validation, if it has others to be left alone, else test.

    Raises:
        ValueError: Neither has any.
    """
    for name, answers in (("validation", validation), ("test", test)):
        if not _looked_for(answers, aim)[1].all():
            return name
    raise ValueError(
        f"There is no threshold for {', '.join(aim.positive)}: neither validation nor test has an image of another "
        "class. Name other classes with --positive, or split the images anew."
    )


def _looked_for(answers: Answers, aim: Aim) -> tuple[np.ndarray, np.ndarray]:
    """Returns the score of each image, and whether it is positive [(n,) each]."""
    members = [answers.class_names.index(name) for name in aim.positive]
    return answers.probabilities[:, members].sum(axis=1), np.isin(answers.labels, members)


def _rates_at(aim: Aim, threshold: float) -> Any:
    return lambda answers, weights: rates(*_looked_for(answers, aim), threshold, weights)


def _described(aim: Aim, threshold: float, chosen_on: str, reached: np.ndarray) -> dict[str, Any]:
    return {
        "positive": list(aim.positive),
        "specificity": aim.specificity,
        "threshold": json_number(threshold),
        "chosen_on": chosen_on,
        "trained_on": chosen_on == "validation" and aim.trained_on_validation,
        "sensitivity": json_number(reached[0]),
        "achieved_specificity": json_number(reached[1]),
    }


def _scores(answers: Answers) -> dict[str, Any]:
    """Returns every metric of one part, ready for JSON, with the confusion matrix and how often each class is true."""
    summary, measured = summarise(answers.labels, answers.predicted, answers.class_names), measure(answers)
    for number, name in enumerate(answers.class_names):
        scores = summary["per_class"][name]
        # Where a metric is not defined, `summarise` may still count it as 0.
        scores |= {key: json_number(measured[key][0, number], scores.get(key)) for key in PER_CLASS}
    return summary | {name: json_number(measured[name][0]) for name in said_of(answers, OVERALL)}


def _intervals(found: Mapping[str, Distribution], class_names: Sequence[str], n_aims: int) -> dict[str, Any]:
    return {
        "level": LEVEL,
        "resamples": len(found["accuracy"].resampled),
        "unit": "group",
        "overall": {name: _interval(found[name]) for name in OVERALL if name in found},
        "per_class": {
            class_name: {name: _interval(found[name], number) for name in PER_CLASS}
            for number, class_name in enumerate(class_names)
        },
        "operating_points": [{"sensitivity": _interval(found[f"point {i}"], 0)} for i in range(n_aims)],
    }


def _interval(distribution: Distribution, place: int | None = None) -> dict[str, list[float | None]]:
    ends = {"percentile": distribution.percentile(), "bca": distribution.bca()}
    return {name: [json_number(end if place is None else end[place]) for end in pair] for name, pair in ends.items()}


def json_number(value: Any, otherwise: float | None = None) -> float | None:
    """Returns a number as JSON knows it; `otherwise` for NaN and infinity."""
    return float(value) if np.isfinite(value) else otherwise
