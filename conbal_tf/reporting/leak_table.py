"""A run's score with and without leaking test images, as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.columns import ends, figure, in_columns

SHOWN = ("accuracy", "macro_f1", "balanced_accuracy")
HEADINGS = ("", "all", "without leaks", "same class mix", "leaks flatter by, 95 %")


def leak_table(scores: Mapping[str, Any]) -> str:
    """Returns the figures side by side, and under them the recall of each class.

    Args:
        scores: what `WithoutLeaks.as_dict` returns.
    """
    everything, clean, mix = scores["all"], scores["without_leaks"], scores["same_class_mix"]
    rows: list[Sequence[str]] = [HEADINGS]
    for name in SHOWN:
        raised = _raised(scores["flattery"][name], scores["flattery_interval"][name])
        rows.append([OVERALL[name].title, *(figure(value[name]) for value in (everything, clean, mix)), raised])
    for name in everything["class_names"]:
        before, after = (part["per_class"][name] for part in (everything, clean))
        if before["support"]:
            cells = (f"{figure(part['recall'])} of {part['support']:,}" for part in (before, after))
            raised = _raised(before["recall"] - after["recall"], scores["recall_interval"][name])
            rows.append([f"recall of {name}", *cells, "", raised])
    return in_columns(rows)


def _raised(by: float, interval: Sequence[float | None]) -> str:
    known = ends(interval, "+.3f", " to ")
    return f"{figure(by, '+.3f')} ({known})" if known else figure(by, "+.3f")
