"""Whether the order of classes means something, as that of grades does: only then do metrics look at it."""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

ORDERED = ("aptos",)
"""Data sets whose classes are grades. Records that were made since say so themselves."""
NEED_ORDER = ("quadratic_weighted_kappa",)
"""Metrics that weight a mistake by how far apart two classes are; a test keeps them equal to those of `measures`."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def is_ordered(dataset: str, class_names: Sequence[str], facts: Mapping[str, Any]) -> bool:
    """Returns whether the order of the classes is known to mean something.

    It is where the data set is one of grades, where the records say so, since the user has stated the order, and where
    all names are numbers that rise from class to class.

    Args:
        dataset: its name.
        class_names: in label order.
        facts: what the records say of themselves, `dataset` in environment.json; older ones do not speak of order.

    >>> is_ordered("csv", ["0", "1.5", "10"], {}), is_ordered("csv", ["1", "10", "2"], {})
    (True, False)
    >>> is_ordered("folder", ["no", "mild"], {}), is_ordered("folder", ["no", "mild"], {"ordered": True})
    (False, True)
    """
    return dataset in ORDERED or facts.get("ordered") is True or _rise(class_names)


def known_metrics(metrics: Mapping[str, Any], ordered: bool) -> dict[str, Any]:
    """Returns what metrics.json holds, without the metrics that need an order where none is known.

    Evaluations of earlier versions wrote them down whatever the classes were.

    Args:
        metrics: what the file holds.
        ordered: as `is_ordered` says.
    """
    if ordered:
        return dict(metrics)
    kept = _without(metrics)
    if isinstance(validation := kept.get("validation"), Mapping):
        kept["validation"] = _without(validation)
    if intervals := kept.get("intervals"):
        kept["intervals"] = {**intervals, "overall": _without(intervals.get("overall", {}))}
    return kept


def _rise(class_names: Sequence[str]) -> bool:
    if not all(map(_NUMBER.fullmatch, class_names)):
        return False
    values = list(map(float, class_names))
    return all(low < high for low, high in itertools.pairwise(values))


def _without(scores: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in scores.items() if name not in NEED_ORDER}
