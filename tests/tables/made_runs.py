"""Finished runs with made-up answers, as a comparison reads them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.settings.schema import Settings
from tests.comparison.made_pairs import made_images, trainings
from tests.reporting.run_folders import metrics, write_run
from tests.scores.made_predictions import write_predictions

COUNTS = {"a": 600, "b": 250, "c": 100, "d": 50}


def made_answers(
    n: int, seeds: int, *, start: int = 0, images_of_a_group: int = 1, **of_method: float
) -> list[Answers]:
    """Returns the answers of several seeds of a method to the same images, whatever `start` is."""
    images = made_images(np.random.default_rng(0), n, images_of_a_group)
    return trainings(np.random.default_rng(start + 1), images, seeds, **of_method)


def write_answers(folder: Path, answers: Answers, *, seed: int = 0, **settings: Any) -> Path:
    """Returns the folder of a finished run with such answers to its test images, having made it."""
    run = write_run(folder, Settings(seed=seed, **settings), metrics(dict.fromkeys(COUNTS, 0.5), COUNTS))
    write_predictions(run, table(answers))
    return run


def table(answers: Answers) -> pd.DataFrame:
    """Returns predictions.csv with these answers to test images, and the first ten as validation images."""
    names = np.array(answers.class_names)
    facts = {
        "id": [f"i{number:04}" for number in range(len(answers))],
        "part": "test",
        "group": [f"g{group}" for group in answers.groups],
        "label": names[answers.labels],
        "predicted": names[answers.predicted],
    }
    shown = pd.DataFrame(answers.probabilities, columns=[f"p_{name}" for name in names])
    test = pd.concat([pd.DataFrame(facts), shown], axis=1)
    return pd.concat([test[:10].assign(part="validation", id=lambda rows: "v" + rows["id"]), test])
