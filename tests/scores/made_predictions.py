"""A table of predictions as predictions.csv holds it, and the protocol of its images."""

from pathlib import Path

import numpy as np
import pandas as pd

COUNTS = {"big": 800, "mid": 200, "NA": 20}


def predictions(n: int = 60, seed: int = 0) -> pd.DataFrame:
    """Returns predictions.csv of two parts of n images each, two of a group; one class is called NA."""
    random = np.random.default_rng(seed)
    tables = []
    for part in ("validation", "test"):
        labels = random.integers(0, 3, n)
        scores = np.exp(random.normal(size=(n, 3)) + 2 * np.eye(3)[labels])
        table = pd.DataFrame(scores / scores.sum(axis=1, keepdims=True), columns=[f"p_{name}" for name in COUNTS])
        names = np.array(list(COUNTS))
        facts = {
            "id": [f"{part}{i:03}" for i in range(n)],
            "part": part,
            "group": [f"{part}{i // 2:03}" for i in range(n)],
            "label": names[labels],
            "predicted": names[scores.argmax(axis=1)],
        }
        tables.append(pd.concat([pd.DataFrame(facts), table], axis=1))
    return pd.concat(tables)


def write_predictions(run: Path, table: pd.DataFrame) -> None:
    """Writes predictions.csv and the protocol.csv of the same images, with one more that was trained on."""
    table.to_csv(run / "predictions.csv", index=False)
    trained = pd.DataFrame({"id": ["of training"], "part": ["train"], "group": ["of training"]})
    pd.concat([trained, table[["id", "part", "group"]]]).to_csv(run / "protocol.csv", index=False)
