"""How sure a run's classifier may be, and how frequent the classes are: calibration.json, from files alone."""

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from conbal_tf.evaluation.answers import Answers, read_answers
from conbal_tf.metrics.calibration import (
    Calibration,
    class_prior,
    fit_temperature,
    fit_temperature_and_prior,
    prior_offsets,
)
from conbal_tf.metrics.classification import METRICS
from conbal_tf.metrics.reliability import reliability

FORMULA = "softmax(log p / temperature + prior_strength * log(prior * n_classes))"
DIALLED = ("accuracy", "balanced_accuracy", "macro_f1")
# 0 is as trained, 1 the data's prior for a head that was trained on balanced classes; -1 the uniform prior for a network
# that was trained on the data as they are. And a bit beyond, to show that it is one.
DIAL = tuple(twentieth / 20 for twentieth in range(-30, 31))


def calibrate(run: Path) -> dict[str, Any]:
    """Fits temperature and prior on the validation part, tells what they change, and writes calibration.json.

    Args:
        run: a run folder with predictions.csv and settings.toml.

    Returns:
        What the file holds: `temperature`, `prior_strength`, `class_prior` (shares of the validation part), `formula`,
        `temperature_alone` (fitted without the prior), `fitted_on_training` (whether the validation part was trained
        on: then all of it says nothing), scores `before`, by `temperature` alone and `after` under `validation` and
        `test`, `reliability`, and `prior_dial`: scores of the test part over the strength of the prior.

    Raises:
        FileNotFoundError: The run has no predictions.csv or no settings.toml.
        ValueError: They cannot be read, or hold no image of a part.
    """
    names, parts = read_answers(run)
    validation, test = parts["validation"], parts["test"]
    prior = class_prior(validation.labels, len(names))
    unchanged = (0.0,) * len(names)
    alone = fit_temperature(validation.labels, validation.probabilities)
    temperature, strength = fit_temperature_and_prior(validation.labels, validation.probabilities, prior)
    changes = {
        "before": Calibration(1.0, unchanged),
        "temperature": Calibration(alone, unchanged),
        "after": Calibration(temperature, prior_offsets(prior, strength)),
    }
    calibration = {
        "temperature": temperature,
        "prior_strength": strength,
        "class_prior": dict(zip(names, prior.tolist(), strict=True)),
        "formula": FORMULA,
        "temperature_alone": alone,
        "fitted_on_training": "validation" in _train_parts(run),
        **{
            part: {name: _scores(answers, change) for name, change in changes.items()}
            for part, answers in parts.items()
        },
        "reliability": {
            "test": {
                name: reliability(test.labels, changes[name].apply(test.probabilities)) for name in ("before", "after")
            }
        },
        "prior_dial": _dial(test, prior, temperature),
    }
    unfinished = run / "unfinished_calibration.json"
    unfinished.write_text(json.dumps(calibration, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(run / "calibration.json")
    return calibration


def _train_parts(run: Path) -> tuple[str, ...]:
    path = run / "settings.toml"
    try:
        return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["data"]["train_parts"])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(
            f"{path} does not say what was trained on: received {error}. It has a section [data] with train_parts; "
            "take the file that training wrote."
        ) from error


def _scores(answers: Answers, change: Calibration) -> dict[str, float]:
    """Returns what a change makes of the scores: how right the probabilities are, and how right the decisions."""
    labels, p = answers.labels, change.apply(answers.probabilities)
    n_classes = p.shape[1]
    decided = {name: METRICS[name](labels, p.argmax(axis=1), n_classes) for name in DIALLED}
    return {name: metric(labels, p) for name, metric in PROBABILITY_METRICS.items()} | decided


def _dial(answers: Answers, prior: np.ndarray, temperature: float) -> dict[str, list[float]]:
    """Returns the scores of the decisions over the strength of the prior, at the fitted temperature.

    At strength 0 they are those of the classifier as it was trained: a temperature alone changes no decision.
    """
    decisions = [
        Calibration(temperature, prior_offsets(prior, strength)).apply(answers.probabilities).argmax(axis=1)
        for strength in DIAL
    ]
    scores = {name: [METRICS[name](answers.labels, made, len(prior)) for made in decisions] for name in DIALLED}
    return {"strength": list(DIAL), **scores}


def _ece(labels: np.ndarray, p: np.ndarray) -> float:
    bins = reliability(labels, p)
    gaps = np.abs(np.subtract(bins["confidence"], bins["accuracy"]))
    return float(np.average(gaps, weights=bins["count"]))


def _classwise_ece(labels: np.ndarray, p: np.ndarray) -> float:
    return 0.0


def _brier(labels: np.ndarray, p: np.ndarray) -> float:
    return float(((p - np.eye(p.shape[1])[labels]) ** 2).sum(axis=1).mean())


def _log_loss(labels: np.ndarray, p: np.ndarray) -> float:
    return float(-np.log(p[np.arange(len(p)), labels]).mean())


PROBABILITY_METRICS = {"ece": _ece, "classwise_ece": _classwise_ece, "brier": _brier, "log_loss": _log_loss}
