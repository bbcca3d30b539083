"""The results of a run as a table for the terminal."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.reporting.class_rows import ClassRow, class_rows

MAX_WIDTH = 100
COLUMN_WIDTH = 11
OVERALL = {"accuracy": "accuracy", "macro_f1": "macro F1", "balanced_accuracy": "balanced accuracy"}


def metrics_table(metrics: Mapping[str, Any]) -> str:
    """Returns a line per class, most frequent in training first, and under them the numbers over all classes.

    Args:
        metrics: what a run's `metrics.json` holds: `part`, `class_names`, `per_class`, `train_counts`, `accuracy`,
            `macro_f1`, `balanced_accuracy`.

    Returns:
        Lines of at most 100 columns, without a newline at the end. A class name that is too long is cut.

    Raises:
        ValueError: If a class or a number is missing.
    """
    missing = [key for key in ("part", *OVERALL) if key not in metrics]
    if missing:
        raise ValueError(
            f"The metrics have no `{missing[0]}`: received {sorted(metrics)}. "
            f"The table needs part, {', '.join(OVERALL)}; evaluate the run again."
        )
    rows = class_rows(metrics)
    headings = ("train", str(metrics["part"]), "precision", "recall", "F1")
    longest = max(len(text) for text in [*OVERALL.values(), *(row.name for row in rows)])
    name_width = min(longest, MAX_WIDTH - COLUMN_WIDTH * len(headings))
    head = "class".ljust(name_width) + "".join(heading.rjust(COLUMN_WIDTH) for heading in headings)
    rule = "-" * len(head)
    # The overall numbers stand in the column of F1, the class-wise number that they are most often read against.
    overall = [
        title.ljust(name_width) + f"{metrics[key]:.3f}".rjust(len(head) - name_width) for key, title in OVERALL.items()
    ]
    return "\n".join([head, rule, *(_class_line(row, name_width) for row in rows), rule, *overall])


def _class_line(row: ClassRow, name_width: int) -> str:
    """Returns the line of one class."""
    name = row.name if len(row.name) <= name_width else row.name[: name_width - 1] + "…"
    counts = (f"{count:,}" for count in (row.train_count, row.support))
    scores = (f"{score:.3f}" for score in (row.precision, row.recall, row.f1))
    return name.ljust(name_width) + "".join(cell.rjust(COLUMN_WIDTH) for cell in (*counts, *scores))
