"""A table of predictions as predictions.csv holds it."""

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
