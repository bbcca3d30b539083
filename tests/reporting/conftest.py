"""A run's metrics and history, as training and evaluation write them; whole runs, written once."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from conbal_tf.settings.schema import Settings
from tests.reporting.page.whole_runs import write_audit, write_whole_run


@pytest.fixture
def metrics() -> dict[str, Any]:
    """Returns what metrics.json holds for three classes; the data set's order is not the order of their counts."""
    scores = {"melanoma": (0.5, 0.25, 0.333), "nevus": (0.9, 0.95, 0.924), "dermatofibroma": (0.0, 0.0, 0.0)}
    supports = {"melanoma": 334, "nevus": 2011, "dermatofibroma": 34}
    return {
        "part": "test",
        "accuracy": 0.8311,
        "macro_f1": 0.419,
        "balanced_accuracy": 0.4004,
        "per_class": {
            name: {"precision": p, "recall": r, "f1": f, "support": supports[name]}
            for name, (p, r, f) in scores.items()
        },
        "confusion_matrix": [[84, 250, 0], [100, 1911, 0], [0, 34, 0]],
        "class_names": list(scores),
        "validation": {"accuracy": 0.8},
        "train_counts": {"melanoma": 701, "nevus": 4224, "dermatofibroma": 73},
    }


@pytest.fixture
def history() -> pd.DataFrame:
    """Returns what history.csv holds: three contrastive epochs and two of the classifier, not all columns filled."""
    return pd.DataFrame(
        {
            "stage": ["contrastive"] * 3 + ["classifier"] * 2,
            "epoch": [0, 1, 2, 0, 1],
            "loss": [5.2, 4.9, 4.4, 1.1, 0.9],
            "learning_rate": [0.01, 0.1, 0.05, 1.0, 0.5],
            "accuracy": [np.nan, np.nan, np.nan, 0.5, 0.6],
            "val_balanced_accuracy": [0.2, np.nan, 0.4, 0.45, 0.5],
        }
    )


@pytest.fixture(scope="session")
def whole_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Returns the folders of two runs with every file that a page reads, of the same test images; not to be changed."""
    home = tmp_path_factory.mktemp("pages")
    write_audit(home / "records" / "digits")
    first = Settings(records=home / "records")
    second = Settings(records=home / "records", method="cross_entropy", sampling="original")
    return write_whole_run(home / "first", settings=first), write_whole_run(home / "second", settings=second, skill=1.0)


@pytest.fixture
def whole_run(whole_runs: tuple[Path, Path], tmp_path: Path) -> Path:
    """Returns a copy of the first of them, to be changed."""
    return Path(shutil.copytree(whole_runs[0], tmp_path / "run"))
