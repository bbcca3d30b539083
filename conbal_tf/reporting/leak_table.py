"""A run's score with and without leaking test images, as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from conbal_tf.metrics.measures import OVERALL

SHOWN = ("accuracy", "macro_f1", "balanced_accuracy")
COLUMNS = ("all", "without leaks", "same class mix", "leaks flatter by, 95 %")
WIDTHS = (16, 16, 16, 28)
NAME_WIDTH = 24


def leak_table(scores: Mapping[str, Any]) -> str:
    """Returns the figures side by side, and under them the recall of each class.

    Args:
        scores: what `WithoutLeaks.as_dict` returns.
    """
    everything, clean, mix = scores["all"], scores["without_leaks"], scores["same_class_mix"]
    lines = [_line("", *COLUMNS)]
    for name in SHOWN:
        shown = (f"{value[name]:.3f}" for value in (everything, clean, mix))
        raised = _raised(scores["flattery"][name], scores["flattery_interval"][name])
        lines.append(_line(OVERALL[name].title, *shown, raised))
    for name in everything["class_names"]:
        before, after = (part["per_class"][name] for part in (everything, clean))
        if before["support"]:
            cells = (f"{part['recall']:.3f} of {part['support']:,}" for part in (before, after))
            raised = _raised(before["recall"] - after["recall"], scores["recall_interval"][name])
            lines.append(_line(f"recall of {name}", *cells, "", raised))
    return "\n".join(lines)


def _raised(by: float, ends: Sequence[float | None]) -> str:
    known = [f"{end:+.3f}" for end in ends if end is not None]
    return f"{by:+.3f} ({' to '.join(known)})" if known else f"{by:+.3f}"


def _line(name: str, *cells: str) -> str:
    cut = name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1] + "…"
    placed = [cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)]
    return "".join([cut.ljust(NAME_WIDTH), *placed]).rstrip()
