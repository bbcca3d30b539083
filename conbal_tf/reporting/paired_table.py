"""Two models or methods side by side, as a table for the terminal."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.compared import COMPARED_PER_CLASS
from conbal_tf.metrics.measures import OVERALL, PER_CLASS
from conbal_tf.reporting.table import MAX_WIDTH

HEADINGS = ("A", "B", "B - A", "95 % interval", "p", "Holm p", "better")
WIDTHS = (8, 8, 9, 19, 8, 8, 8)
# A mean over seeds, with its deviation.
WIDTH_OF_MEANS = 13


def paired_table(found: Mapping[str, Any]) -> str:
    """Returns a line per metric, and under them two per class, that with most test images first.

    Args:
        found: what `evaluation.paired` returns.

    Returns:
        Lines of at most 100 columns, without a newline at the end. A class name that is too long is cut.
    """
    of_methods = found["question"] == "methods"
    widths = (WIDTH_OF_MEANS, WIDTH_OF_MEANS, *WIDTHS[2:]) if of_methods else WIDTHS
    rows = {OVERALL[name].title: entry for name, entry in found["overall"].items()}
    classes = sorted(found["per_class"], key=lambda name: -found["per_class"][name]["support"])
    of_classes = {
        f"{PER_CLASS[key].title} of {name}": found["per_class"][name][key]
        for name in classes
        for key in COMPARED_PER_CLASS
    }
    room = MAX_WIDTH - sum(widths)
    width = min(room, max(map(len, [*rows, *of_classes])))
    head = _line("", width, HEADINGS, widths)
    rule = "-" * len(head)
    lines = [head, rule, *(_line(title, width, _cells(entry), widths) for title, entry in rows.items())]
    lines += [rule, *(_line(title, width, _cells(entry), widths) for title, entry in of_classes.items())]
    return "\n".join(line.rstrip() for line in lines)


def p_value(p: float | None) -> str:
    """Returns a p-value as it is printed.

    >>> p_value(0.0123), p_value(0.0001), p_value(None)
    ('0.012', '<0.001', '-')
    """
    if p is None:
        return "-"
    return "<0.001" if p < 0.0005 else f"{p:.3f}"


def _cells(entry: Mapping[str, Any]) -> list[str]:
    low, high = entry["interval"]
    means = [
        f"{entry[side]:.3f}" + (f" ±{entry[deviation]:.3f}" if deviation in entry else "")
        for side, deviation in (("a", "deviation_a"), ("b", "deviation_b"))
    ]
    interval = "-" if low is None or high is None else f"{low:+.3f} to {high:+.3f}"
    better = entry["verdict"].removesuffix(" better") if entry["verdict"].endswith(" better") else ""
    return [*means, f"{entry['difference']:+.3f}", interval, p_value(entry["p"]), p_value(entry["p_holm"]), better]


def _line(title: str, width: int, cells: tuple[str, ...] | list[str], widths: tuple[int, ...]) -> str:
    shown = title if len(title) <= width else title[: width - 1] + "…"
    return shown.ljust(width) + "".join(cell.rjust(column) for cell, column in zip(cells, widths, strict=True))
