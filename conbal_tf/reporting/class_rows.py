"""The classes of a run as rows, most frequent first: the order in which every table and figure shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ClassRow:
    """One class of a run."""

    name: str
    train_count: int
    """Images that the class has for training."""
    support: int
    """Images that the class has in the evaluated part."""
    precision: float
    recall: float
    f1: float
    specificity: float | None = None
    """None where not known."""
    auc: float | None = None
    """Of the class against the others; None where not known."""
    f1_interval: tuple[float, float] | None = None
    """None where not known."""


def class_rows(metrics: Mapping[str, Any]) -> list[ClassRow]:
    """Returns the classes by training count, descending; equal counts keep the data set's order.

    Args:
        metrics: what a run's `metrics.json` holds: `class_names`, `per_class` (class name to precision, recall, f1,
            support) and `train_counts` (class name to number of images).

    Raises:
        ValueError: If `metrics` lacks one of the three, or a class is missing in one of them.
    """
    missing = [key for key in ("class_names", "per_class", "train_counts") if key not in metrics]
    if missing:
        raise ValueError(
            f"The metrics have no `{missing[0]}`: received {sorted(metrics)}. A table or figure needs class_names, "
            "per_class and train_counts; evaluate the run again."
        )
    names, scores, counts = metrics["class_names"], metrics["per_class"], metrics["train_counts"]
    for key, classes in (("per_class", scores), ("train_counts", counts)):
        if set(classes) != set(names):
            raise ValueError(
                f"The classes of `{key}` are not those of the run: received {sorted(classes)}. "
                f"Allowed are {sorted(names)}; evaluate the run again."
            )
    rows = [
        ClassRow(
            name=name,
            train_count=counts[name],
            f1_interval=interval_of(metrics, "f1", name),
            **{key: scores[name].get(key) for key in ("support", "precision", "recall", "f1", "specificity", "auc")},
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: -row.train_count)


def interval_of(metrics: Mapping[str, Any], metric: str, class_name: str | None = None) -> tuple[float, float] | None:
    """Returns the 95 % interval of a metric of the test part, None where there is none.

    Args:
        metrics: what a run's `metrics.json` holds.
        metric: its name.
        class_name: whose it is; None: of all classes.
    """
    intervals = metrics.get("intervals", {})
    group = intervals.get("overall", {}) if class_name is None else intervals.get("per_class", {}).get(class_name, {})
    ends = group.get(metric, {}).get("bca")
    return None if ends is None or None in ends else (ends[0], ends[1])
