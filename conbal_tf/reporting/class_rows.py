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
    rows = [ClassRow(name=name, train_count=counts[name], **scores[name]) for name in names]
    return sorted(rows, key=lambda row: -row.train_count)
