"""metrics.json: every metric of both parts, with intervals for the test part. From tables alone, no TensorFlow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.evaluation.prediction_table import answers_of
from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import LEVEL, RESAMPLES, Distribution, bootstrap
from conbal_tf.metrics.classification import summarise
from conbal_tf.metrics.measures import OVERALL, PER_CLASS, measure
from conbal_tf.metrics.operating_point import rates, threshold_at

# What is looked for in data sets that are known: melanoma; referable retinopathy, which is moderate and worse.
POSITIVE: dict[str, tuple[str, ...]] = {"isic2018": ("MEL",), "aptos": ("moderate", "severe", "proliferative")}
SPECIFICITY = 0.9


@dataclass(frozen=True)
class Aim:
    """What is to be found among all images, and how few others may be called so."""

    positive: tuple[str, ...]
    """Names of classes; an image's score is the sum of their probabilities."""
    specificity: float = SPECIFICITY
    """Share of the other images that are to be left alone, on the validation part."""
    trained_on_validation: bool = False
    """Whether that part was trained on: then the threshold promises too much."""


def score(
    table: pd.DataFrame, train_counts: Mapping[str, int], aims: Sequence[Aim], *, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """Returns what metrics.json holds: the test part's scores and intervals, and the validation part's scores.

    Args:
        table: as `read_predictions` gives it.
        train_counts: class name to its training images, in label order.
        aims: operating points, whose thresholds are chosen on the validation part.
        resamples: of the bootstrap.

    Raises:
        ValueError: The table does not fit the classes, or an aim names no class.
    """
    test, validation = (answers_of(table, part, train_counts) for part in ("test", "validation"))
    thresholds = [threshold_at(*_looked_for(validation, aim), aim.specificity) for aim in aims]
    points = [_rates_at(aim, threshold) for aim, threshold in zip(aims, thresholds, strict=True)]

    def measures(weights: np.ndarray) -> dict[str, np.ndarray]:
        at_points = {f"point {i}": point(test, weights) for i, point in enumerate(points)}
        return measure(test, weights) | at_points

    found = bootstrap(measures, test.groups, test.labels, resamples=resamples)
    reached = [found[f"point {i}"].point for i in range(len(aims))]
    return {
        "part": "test",
        **_scores(test),
        "operating_points": [_described(*point) for point in zip(aims, thresholds, reached, strict=True)],
        "validation": _scores(validation),
        "train_counts": dict(train_counts),
        "intervals": {
            "level": LEVEL,
            "resamples": resamples,
            "unit": "group",
            "stratified": True,
            "overall": {name: _interval(found[name]) for name in OVERALL},
            "per_class": {
                class_name: {name: _interval(found[name], number) for name in PER_CLASS}
                for number, class_name in enumerate(test.class_names)
            },
            "operating_points": [{"sensitivity": _interval(found[f"point {i}"], 0)} for i in range(len(aims))],
        },
    }


def aims_of(
    dataset: str,
    class_names: Sequence[str],
    train_parts: Sequence[str],
    positive: Sequence[str] = (),
    specificity: float = SPECIFICITY,
) -> list[Aim]:
    """Returns the operating points of a data set: what is asked for, or else what is known to be looked for.

    Args:
        dataset: its name.
        class_names: all classes.
        train_parts: parts that were trained on.
        positive: classes to be found; empty: those of `POSITIVE`.
        specificity: share of the other images that are to be left alone.

    Raises:
        ValueError: A positive is no class or all classes are, or the specificity is no share.
    """
    chosen = tuple(positive) or POSITIVE.get(dataset, ())
    strangers = [name for name in chosen if name not in class_names]
    if strangers or (chosen and set(class_names) == set(chosen)):
        raise ValueError(
            f"--positive names {', '.join(map(repr, strangers)) or 'every class'}. Allowed are some of "
            f"{', '.join(class_names)}, but not all; name those that are to be found."
        )
    if not 0 < specificity <= 1:
        raise ValueError(f"--specificity is {specificity}. Allowed is a share above 0 and up to 1, such as 0.9.")
    return [Aim(chosen, specificity, "validation" in train_parts)] if chosen else []


def _looked_for(answers: Answers, aim: Aim) -> tuple[np.ndarray, np.ndarray]:
    """Returns the score of each image, and whether it is positive [(n,) each]."""
    members = [answers.class_names.index(name) for name in aim.positive]
    return answers.probabilities[:, members].sum(axis=1), np.isin(answers.labels, members)


def _rates_at(aim: Aim, threshold: float) -> Any:
    return lambda answers, weights: rates(*_looked_for(answers, aim), threshold, weights)


def _described(aim: Aim, threshold: float, reached: np.ndarray) -> dict[str, Any]:
    return {
        "positive": list(aim.positive),
        "specificity": aim.specificity,
        "threshold": _number(threshold),
        "chosen_on": "validation" + ", which was trained on" * aim.trained_on_validation,
        "sensitivity": _number(reached[0]),
        "achieved_specificity": _number(reached[1]),
    }


def _scores(answers: Answers) -> dict[str, Any]:
    """Returns every metric of one part, ready for JSON: figures of `summarise`, and what it lacks."""
    summary, measured = summarise(answers.labels, answers.predicted, answers.class_names), measure(answers)
    per_class = {
        name: {**{key: _number(measured[key][0, number]) for key in PER_CLASS}, **summary["per_class"][name]}
        for number, name in enumerate(answers.class_names)
    }
    return {**{name: _number(measured[name][0]) for name in OVERALL}, **summary, "per_class": per_class}


def _interval(distribution: Distribution, place: int | None = None) -> dict[str, list[float | None]]:
    ends = {"percentile": distribution.percentile(), "bca": distribution.bca()}
    return {name: [_number(end if place is None else end[place]) for end in pair] for name, pair in ends.items()}


def _number(value: Any) -> float | None:
    """Returns a number as JSON knows it: neither NaN nor infinity."""
    return float(value) if np.isfinite(value) else None
