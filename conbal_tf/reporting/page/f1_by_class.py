"""The section of F1 class by class: runs side by side, and every score of every class under it."""

from collections.abc import Sequence
from typing import Any

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.metrics.measures import PER_CLASS
from conbal_tf.reporting.charts.f1_by_class import f1_of_runs
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.words import PER_CENT, listed, number, of, spread


def f1_by_class(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the chart, the scores of each class, and what is to be seen."""
    return {
        "sentences": _sentences(runs),
        "chart": f1_of_runs({run.title: run.metrics for run in runs}),
        "level": next((_level(run) for run in runs if run.metrics.get("intervals")), ""),
        "tables": [(run.title, *_scores(run)) for run in runs],
    }


def _scores(run: PageRun) -> tuple[list[str], list[tuple[str, list[str], list[tuple[str, str]]]]]:
    """Returns the titles of all scores, and of each class its counts, its scores and their intervals."""
    per_class = run.metrics["per_class"]
    there = {key: of.title for key, of in PER_CLASS.items() if any(key in scores for scores in per_class.values())}
    rows = []
    for name in run.classes:
        counts = [f"{run.metrics['train_counts'][name]:,}", f"{per_class[name].get('support', 0):,}"]
        scores = [(number(per_class[name].get(key)), spread(run.interval(key, name), 2)) for key in there]
        rows.append((name, counts, scores))
    return list(there.values()), rows


def _sentences(runs: Sequence[PageRun]) -> list[str]:
    """Says how the rare classes fare, beside the most frequent one."""
    first = runs[0]
    rare = list(class_groups(first.metrics["train_counts"])["minor"]) or first.classes[-1:]
    if len(runs) == 1:
        counted = [f"{name} in {of(*first.found(name))}" for name in rare[-4:]]
        largest = first.classes[0]
        return [
            f"Found of the rare classes: {listed(counted)} test images.",
            f"The most frequent class, {largest}, has F1 {number(_f1(first, largest), 2)}; "
            f"the mean of the rare ones is {number(_mean(first, rare), 2)}.",
        ]
    ranked = sorted(runs, key=lambda run: -_mean(run, rare))
    means = ", ".join(f"{run.title} {number(_mean(run, rare), 2)}" for run in ranked)
    return [f"Mean F1 of the rare classes ({listed(rare)}): {means}."]


def _mean(run: PageRun, names: Sequence[str]) -> float:
    return sum(_f1(run, name) for name in names) / len(names)


def _f1(run: PageRun, name: str) -> float:
    return float(run.metrics["per_class"][name]["f1"])


def _level(run: PageRun) -> str:
    given = run.metrics["intervals"]
    level, unit = given.get("level", 0.95), given.get("unit", "image")
    return f"Whiskers: {100 * level:g}{PER_CENT} intervals, by resampling the test part by {unit}."
