"""The results of a run as a table for the terminal."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.class_rows import ClassRow, class_rows, interval_of
from conbal_tf.reporting.columns import ends, figure, in_columns

NEEDED = ("accuracy", "macro_f1", "balanced_accuracy")
# The last is the interval of the number before it.
HEADINGS = ("train", "{part}", "precision", "recall", "specificity", "AUC", "F1", "95 %")


def metrics_table(metrics: Mapping[str, Any]) -> str:
    """Returns a line per class, most frequent in training first, and under them the numbers over all classes.

    Args:
        metrics: what a run's `metrics.json` holds: `part`, `class_names`, `per_class`, `train_counts`, `accuracy`,
            `macro_f1`, `balanced_accuracy`, and in newer runs the other numbers and `intervals`.

    Returns:
        Lines of at most 100 columns, unless figures need more, without a newline at the end, but for the sentences of
        operating points. A class name that is too long is cut.

    Raises:
        ValueError: If a class or a number is missing.
    """
    missing = [key for key in ("part", *NEEDED) if key not in metrics]
    if missing:
        raise ValueError(
            f"The metrics have no `{missing[0]}`: received {sorted(metrics)}. "
            f"The table needs part, {', '.join(NEEDED)}; evaluate the run again."
        )
    head = ["class", *(heading.format(part=metrics["part"]) for heading in HEADINGS)]
    # The overall numbers stand in the column of F1, the class-wise number that they are most often read against.
    empty = [""] * (len(HEADINGS) - 2)
    overall = [
        [of.title, *empty, figure(metrics[key]), ends(interval_of(metrics, key))]
        for key, of in OVERALL.items()
        if metrics.get(key) is not None
    ]
    table = in_columns([head, None, *map(_of_class, class_rows(metrics)), None, *overall])
    return "\n".join([table, *_points(metrics)])


def _of_class(row: ClassRow) -> list[str]:
    scores = (row.precision, row.recall, row.specificity, row.auc, row.f1)
    counts = (figure(row.train_count, ","), figure(row.support, ","))
    return [row.name, *counts, *map(figure, scores), ends(row.f1_interval)]


def _points(metrics: Mapping[str, Any]) -> list[str]:
    """Returns a sentence for each operating point, after an empty line."""
    sentences = []
    for place, point in enumerate(metrics.get("operating_points", [])):
        if point["sensitivity"] is None:
            continue
        trained_on = point.get("trained_on", False)
        spread = ends(metrics["intervals"]["operating_points"][place]["sensitivity"]["bca"])
        sentences.append(
            f"{' or '.join(point['positive'])}: {point['sensitivity']:.3f}{f' (95 %: {spread})' * bool(spread)} found "
            f"and {figure(point['achieved_specificity'])} of the others left alone, at the threshold that leaves "
            f"{point['specificity']:g} of them alone on {point['chosen_on']}{', which was trained on' * trained_on}."
        )
    return ["", *sentences] if sentences else []
