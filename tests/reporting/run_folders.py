"""Run folders of a few small files, as training leaves them, with made-up scores."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Data, Settings
from conbal_tf.tables.paper import Row, Table

# One major, two middle and one minor class, not in this order.
COUNTS = {"MEL": 120, "NV": 800, "DF": 20, "BKL": 110}
F1 = {"MEL": 0.5, "NV": 0.9, "DF": 0.2, "BKL": 0.4}
BUDGET = [
    {
        "stage": "cross_entropy",
        "updates": 2000,
        "images": 192,
        "views": 1,
        "views_through_backbone": 384000,
        "with_gradient": True,
    },
]
HEAD = {
    "stage": "classifier",
    "updates": 80,
    "images": 512,
    "views": 1,
    "views_through_backbone": 10500,
    "with_gradient": False,
}

CE = Row("CE", "cross_entropy", published={"accuracy": (0.85, 0.0007), "macro_f1": (0.716, 0.006)})
CL = Row("CL", "contrastive", "balanced", published={"accuracy": (0.865, 0.004), "macro_f1": (0.739, 0.013)})
MTL = Row("MTL", "mtl", published={"accuracy": (0.811, None)}, by_others=True)
DANIL = Row("DANIL", None, published={"accuracy": (0.825, None)}, by_others=True)
TABLE = Table("Table 0: made up", "isic2018", ("accuracy", "macro_f1", "minor_f1"), (CE, CL, MTL, DANIL))


def metrics(f1s: Mapping[str, float] = F1, counts: Mapping[str, int] = COUNTS, **scores: float) -> dict[str, Any]:
    """Returns what metrics.json holds of such a run; `scores` are added to it or replace what it has."""
    return {
        "part": "test",
        "accuracy": 0.8,
        "macro_f1": sum(f1s.values()) / len(f1s),
        "balanced_accuracy": 0.6,
        "per_class": {name: {"precision": 0.5, "recall": 0.5, "f1": f1, "support": 10} for name, f1 in f1s.items()},
        "class_names": list(f1s),
        "validation": {"accuracy": 0.1, "macro_f1": 0.1},
        "train_counts": dict(counts),
        **scores,
    }


def environment(**facts: Any) -> dict[str, Any]:
    """Returns what environment.json holds; `facts` are added to it or replace what it has."""
    return {
        "processor": "AMD EPYC",
        "cores": 2,
        "gpus": [],
        "replicas": 1,
        "dataset": {"version": "1.0.0", "fingerprint": "89f12a8ff0adf531ba3f"},
        "budget": BUDGET,
        **facts,
    }


def write_run(
    folder: Path,
    settings: Settings,
    of_metrics: Mapping[str, Any] | None = None,
    of_environment: Mapping[str, Any] | None = None,
    seconds: float = 600.0,
) -> Path:
    """Returns the folder of a finished run, having made it; what is not given is as `metrics` and `environment`."""
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(to_toml(settings), encoding="utf-8")
    (folder / "metrics.json").write_text(json.dumps(of_metrics or metrics()), encoding="utf-8")
    (folder / "environment.json").write_text(json.dumps(of_environment or environment()), encoding="utf-8")
    (folder / "finished.json").write_text(json.dumps({"seconds": seconds}), encoding="utf-8")
    return folder


def settings_of(row: Row, seed: int = 0, **others: Any) -> Settings:
    """Returns the settings of a run of such a row."""
    data = Data(augmentation="medical", smallest_crop=0.5, train_parts=("train", "validation"))
    assert row.method is not None
    values = {"dataset": "isic2018", "data": data, **others}
    return Settings(method=row.method, sampling=row.sampling, seed=seed, **values)
