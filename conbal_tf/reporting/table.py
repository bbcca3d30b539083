"""The results of a run as a table for the terminal."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.class_rows import ClassRow, class_rows, interval_of

MAX_WIDTH = 100
NEEDED = ("accuracy", "macro_f1", "balanced_accuracy")
# Heading, width. The last is the interval of the number before it.
COLUMNS = {"train": 8, "{part}": 7, "precision": 11, "recall": 8, "specificity": 13, "AUC": 7, "F1": 7, "95 %": 13}


def metrics_table(metrics: Mapping[str, Any]) -> str:
    """Returns a line per class, most frequent in training first, and under them the numbers over all classes.

    Args:
        metrics: what a run's `metrics.json` holds: `part`, `class_names`, `per_class`, `train_counts`, `accuracy`,
            `macro_f1`, `balanced_accuracy`, and in newer runs the other numbers and `intervals`.

    Returns:
        Lines of at most 100 columns, without a newline at the end, but for the sentences of operating points. A class
        name that is too long is cut.

    Raises:
        ValueError: If a class or a number is missing.
    """
    missing = [key for key in ("part", *NEEDED) if key not in metrics]
    if missing:
        raise ValueError(
            f"The metrics have no `{missing[0]}`: received {sorted(metrics)}. "
            f"The table needs part, {', '.join(NEEDED)}; evaluate the run again."
        )
    rows = class_rows(metrics)
    shown = {of.title: metrics[key] for key, of in OVERALL.items() if metrics.get(key) is not None}
    intervals = {of.title: interval_of(metrics, key) for key, of in OVERALL.items()}
    width = min(max(map(len, [*shown, *(row.name for row in rows)])), MAX_WIDTH - sum(COLUMNS.values()))
    headings = [heading.format(part=metrics["part"]) for heading in COLUMNS]
    head = _line("class", width, headings)
    rule = "-" * len(head)
    # The overall numbers stand in the column of F1, the class-wise number that they are most often read against.
    empty = [""] * (len(COLUMNS) - 2)
    overall = [
        _line(title, width, [*empty, f"{value:.3f}", _range(intervals[title])]) for title, value in shown.items()
    ]
    lines = [head, rule, *(_class_line(row, width) for row in rows), rule, *overall, *_points(metrics)]
    return "\n".join(line.rstrip() for line in lines)


def _class_line(row: ClassRow, width: int) -> str:
    """Returns the line of one class."""
    scores = (row.precision, row.recall, row.specificity, row.auc, row.f1)
    cells = [
        f"{row.train_count:,}",
        f"{row.support:,}",
        *("-" if score is None else f"{score:.3f}" for score in scores),
    ]
    return _line(row.name, width, [*cells, _range(row.f1_interval)])


def _line(name: str, width: int, cells: list[str]) -> str:
    """Returns a line of the table; a name that is too long reaches into columns that are empty, or is cut."""
    filled = "".join(cell.rjust(column) for cell, column in zip(cells, COLUMNS.values(), strict=True))
    room = width + len(filled) - len(filled.lstrip())
    shown = name if len(name) < room or len(name) <= width else name[: width - 1] + "…"
    return shown.ljust(width) + filled[max(len(shown) - width, 0) :]


def _range(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.3f}-{ends[1]:.3f}"


def _points(metrics: Mapping[str, Any]) -> list[str]:
    """Returns a sentence for each operating point, after an empty line."""
    sentences = []
    for place, point in enumerate(metrics.get("operating_points", [])):
        if point["sensitivity"] is None:
            continue
        trained_on = point.get("trained_on", False)
        ends = metrics["intervals"]["operating_points"][place]["sensitivity"]["bca"]
        spread = "" if None in ends else f" (95 %: {ends[0]:.3f}-{ends[1]:.3f})"
        sentences.append(
            f"{' or '.join(point['positive'])}: {point['sensitivity']:.3f}{spread} found and "
            f"{point['achieved_specificity']:.3f} of the others left alone, at the threshold that leaves "
            f"{point['specificity']:g} of them alone on {point['chosen_on']}{', which was trained on' * trained_on}."
        )
    return ["", *sentences] if sentences else []
