"""A run's score with and without leaking test images, as text."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.measures import OVERALL

SHOWN = ("accuracy", "macro_f1", "balanced_accuracy")
COLUMNS = ("all", "without leaks", "same class mix", "leaks flatter by")
WIDTH = 18
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
        lines.append(_line(OVERALL[name].title, *shown, f"{scores['flattery'][name]:+.3f}"))
    for name in everything["class_names"]:
        before, after = (part["per_class"][name] for part in (everything, clean))
        if before["support"]:
            cells = (f"{part['recall']:.3f} of {part['support']:,}" for part in (before, after))
            lines.append(_line(f"recall of {name}", *cells, "", f"{before['recall'] - after['recall']:+.3f}"))
    return "\n".join(lines)


def _line(name: str, *cells: str) -> str:
    cut = name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1] + "…"
    return (cut.ljust(NAME_WIDTH) + "".join(cell.rjust(WIDTH) for cell in cells)).rstrip()
