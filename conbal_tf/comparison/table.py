"""Two models or methods side by side, as a table for the terminal."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.comparison.measures import COMPARED_PER_CLASS
from conbal_tf.metrics.measures import OVERALL, PER_CLASS
from conbal_tf.reporting.columns import NOTHING, ends, figure, in_columns

HEADINGS = ("", "A", "B", "B - A", "95 % interval", "p", "Holm p", "better")


def paired_table(found: Mapping[str, Any]) -> str:
    """Returns a line per metric, and under them two per class, that with most test images first.

    Args:
        found: what `comparison.paired` returns.

    Returns:
        Lines of at most 100 columns, unless figures need more, without a newline at the end. A class name that is too
        long is cut.
    """
    overall = [[OVERALL[name].title, *_cells(entry)] for name, entry in found["overall"].items()]
    of_classes = [
        [f"{PER_CLASS[key].title} of {name}", *_cells(found["per_class"][name][key])]
        for name in sorted(found["per_class"], key=lambda name: -found["per_class"][name]["support"])
        for key in COMPARED_PER_CLASS
    ]
    return in_columns([HEADINGS, None, *overall, None, *of_classes])


def p_value(p: float | None) -> str:
    """Returns a p-value as it is printed.

    >>> p_value(0.0123), p_value(0.0001), p_value(None)
    ('0.012', '<0.001', '-')
    """
    return "<0.001" if p is not None and p < 0.0005 else figure(p)


def _cells(entry: Mapping[str, Any]) -> list[str]:
    means = [
        figure(entry[side]) + (f" ±{figure(entry[deviation])}" if entry.get(deviation) is not None else "")
        for side, deviation in (("a", "deviation_a"), ("b", "deviation_b"))
    ]
    interval = ends(entry["interval"], "+.3f", " to ") or NOTHING
    better = entry["verdict"].removesuffix(" better") if entry["verdict"].endswith(" better") else ""
    return [
        *means, figure(entry["difference"], "+.3f"), interval, p_value(entry["p"]), p_value(entry["p_holm"]), better
    ]  # fmt: skip
