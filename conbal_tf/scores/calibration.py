"""How sure a run's classifier may be, and how frequent the classes are: calibration.json, from files alone."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.calibration import (
    Calibration,
    class_prior,
    fit_temperature,
    fit_temperature_and_prior,
    prior_offsets,
)
from conbal_tf.metrics.measures import OVERALL, Weighted
from conbal_tf.metrics.reliability import reliability
from conbal_tf.run_folder.damage import damaged
from conbal_tf.run_folder.objects import read_object, read_object_if_there
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.scores.prediction_table import answers_of, read_predictions

FORMULA = "softmax(log p / temperature + prior_strength * log(prior * n_classes))"
OF_DECISIONS = ("accuracy", "balanced_accuracy", "macro_f1")
OF_PROBABILITIES = ("ece", "classwise_ece", "brier", "log_loss")
# 0 is as trained; 1 adds the data's prior, which a head that was trained on balanced classes lacks; -1 takes it away
# from a network that was trained on the data as they are. And a bit beyond, so that the bend is seen.
DIAL = tuple(twentieth / 20 for twentieth in range(-30, 31))


def calibrate(run: Path) -> dict[str, Any]:
    """Fits temperature and prior on the validation part, tells what they change, and writes calibration.json.

    Args:
        run: a run folder with predictions.csv and settings.toml.

    Returns:
        What the file holds. `temperature` and `prior_strength`, fitted together; `class_prior`, the shares of the
        validation part; `formula`, what they do; `temperature_alone`, fitted without the prior; `fitted_on_training`,
        whether the validation part was trained on: then all this says nothing. Under `validation` and `test`, the
        scores `before`, by the `temperature` alone, and `after` both. `reliability` of the test part, and `prior_dial`,
        its scores over the strength of the prior.

    Raises:
        FileNotFoundError: The run has no predictions.csv or no settings.toml.
        ValueError: They cannot be read, or hold no image of a part.
    """
    trained_on = read_object(run, "settings.toml")["data"]["train_parts"]
    table = read_predictions(run)
    names = [name.removeprefix("p_") for name in table.columns if name.startswith("p_")]
    # How many images of a class were trained on does not matter here.
    parts = {part: answers_of(table, part, dict.fromkeys(names, 1)) for part in ("validation", "test")}
    labels, probabilities = parts["validation"].labels, parts["validation"].probabilities
    prior, alone = class_prior(labels, len(names)), fit_temperature(labels, probabilities)
    temperature, strength = fit_temperature_and_prior(labels, probabilities, prior)
    changes = {
        "temperature": Calibration(alone, (0.0,) * len(names)),
        "after": Calibration(temperature, prior_offsets(prior, strength)),
    }
    changed = {
        part: {"before": answers, **{name: _changed(answers, change) for name, change in changes.items()}}
        for part, answers in parts.items()
    }
    calibration = {
        "temperature": temperature,
        "prior_strength": strength,
        "class_prior": dict(zip(names, prior.tolist(), strict=True)),
        "formula": FORMULA,
        "temperature_alone": alone,
        "fitted_on_training": "validation" in trained_on,
        **{part: {name: _scores(answers) for name, answers in states.items()} for part, states in changed.items()},
        "reliability": {"test": {name: reliability(changed["test"][name]) for name in ("before", "after")}},
        "prior_dial": _dial(parts["test"], prior, temperature),
    }
    write_whole(run / "calibration.json", json.dumps(calibration, indent=2) + "\n")
    return calibration


def calibration_of(run: Path, class_names: Sequence[str]) -> dict[str, Any]:
    """Returns what a run's calibration.json holds, made where it is missing.

    Args:
        run: a run folder.
        class_names: those that the run has.

    Raises:
        FileNotFoundError: The run is not finished.
        ValueError: A file cannot be read, or is of other classes.
    """
    found = read_object_if_there(run, "calibration.json")
    if found is None:
        return calibrate(run)
    if others := sorted(set(found["class_prior"]) ^ set(class_names)):
        received = f"{', '.join(map(repr, others))} in class_prior or in the run alone"
        raise damaged(run / "calibration.json", received, f"a share of each class of the run: {', '.join(class_names)}")
    return found


def _changed(answers: Answers, change: Calibration) -> Answers:
    return replace(answers, probabilities=change.apply(answers.probabilities))


def _scores(answers: Answers, names: tuple[str, ...] = OF_PROBABILITIES + OF_DECISIONS) -> dict[str, float]:
    once = Weighted(answers, np.ones((1, len(answers))))
    return {name: float(OVERALL[name].of(once)[0]) for name in names}


def _dial(answers: Answers, prior: np.ndarray, temperature: float) -> dict[str, list[float]]:
    """Returns the scores of the decisions over the strength of the prior, at the fitted temperature.

    At strength 0 they are those of the classifier as it was trained: a temperature alone changes no decision.
    """
    at = [
        _scores(_changed(answers, Calibration(temperature, prior_offsets(prior, strength))), OF_DECISIONS)
        for strength in DIAL
    ]
    return {"strength": list(DIAL), **{name: [scores[name] for scores in at] for name in OF_DECISIONS}}
