"""The scores of each class as a table."""

from conbal_tf.metrics.measures import PER_CLASS
from conbal_tf.reporting.page.markup import Html, table, tag
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.words import interval, number, spread


def class_table(run: PageRun) -> Html:
    """Returns every score of every class, most frequent in training first."""
    per_class = run.metrics["per_class"]
    there = {key: of.title for key, of in PER_CLASS.items() if any(key in per_class[name] for name in run.classes)}
    intervals = (run.metrics.get("intervals") or {}).get("per_class") or {}
    rows = []
    for name in run.classes:
        cells = [
            tag("td", f"{run.metrics['train_counts'][name]:,}"),
            tag("td", f"{per_class[name].get('support', 0):,}"),
        ]
        for key in there:
            ends = spread(interval(intervals.get(name, {}).get(key)), 2)
            cells.append(tag("td", number(per_class[name].get(key)), *([tag("small", ends)] if ends else [])))
        rows.append((name, *cells))
    head = ["class", "training", "test", *there.values()]
    return table(head, rows, f"Scores of each class: {run.title}", "classes")
