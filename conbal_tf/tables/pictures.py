"""Two pictures of several runs: F1 class by class (the paper's Figure 3), and F1 over temperature (its Table 3)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.f1_by_class import BARS, Bar, f1_by_class
from conbal_tf.reporting.charts.f1_over_temperature import Line, f1_over_temperature
from conbal_tf.reporting.charts.png import write_png
from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.tables.measured import GROUPS

TEMPERATURE = "contrastive.temperature"
SAMPLINGS = {"original": "without resampling", "balanced": "with resampling"}


def per_class_comparison(rows: Mapping[str, Sequence[Mapping[str, Any]]], path: Path) -> None:
    """Draws what `per_class_comparison_chart` shows as a PNG.

    Args:
        rows: name of each method to the `metrics.json` of its seeds.
        path: the file to write.

    Raises:
        ValueError: If there are no or too many methods, one without seeds, or runs with different classes.
    """
    write_png(path, {"": [per_class_comparison_chart(rows)]})


def per_class_comparison_chart(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Chart:
    """Returns bars of the F1 of each class by method, a dot per seed, most frequent class in training at the left.

    A bar is the mean over a method's seeds, its whisker one standard deviation of the sample to either side.

    Args:
        rows: name of each method, 1 to 6 of them, to the `metrics.json` of its seeds: `class_names`, `per_class`,
            `train_counts`.

    Raises:
        ValueError: If there are no or too many methods, one without seeds, or runs with different classes.
    """
    counts, f1s = _counts_and_f1s(rows)
    several = any(len(values) > 1 for values in f1s.values())
    note = "dot: one seed; whisker: ± standard deviation" if several else ""
    return f1_by_class(counts, {name: [_bar(seeds) for seeds in values.T] for name, values in f1s.items()}, note=note)


def temperature_curves(comparison: pd.DataFrame, path: Path) -> None:
    """Draws what `temperature_charts` shows as a PNG.

    Args:
        comparison: what `measure_table` returns for Table 3.
        path: the file to write.

    Raises:
        ValueError: If the comparison has no temperatures or not the F1 of the three groups.
    """
    write_png(path, {"": temperature_charts(comparison)})


def temperature_charts(comparison: pd.DataFrame) -> list[Chart]:
    """Returns a chart each for major, middle and minor classes: F1 over temperature, without and with resampling.

    Ours is solid, with whiskers of one standard deviation where there are several seeds; the paper's is dashed. What
    was not run or not published is left out.

    Args:
        comparison: what `measure_table` returns for Table 3.

    Raises:
        ValueError: If the comparison has no temperatures or not the F1 of the three groups.
    """
    needed = ["sampling", TEMPERATURE, *(f"{group}_mean" for group in GROUPS)]
    missing = [column for column in needed if column not in comparison]
    if missing:
        raise ValueError(
            f"The comparison has no `{missing[0]}`: received columns {list(comparison.columns)}. The picture needs "
            f"{', '.join(needed)}; compare the runs of table3."
        )
    lines = {group: _lines(comparison.sort_values(TEMPERATURE), group) for group in GROUPS}
    values = [
        [line.mean, line.mean - line.deviation, line.mean + line.deviation] for its in lines.values() for line in its
    ]
    known = np.concatenate([np.ravel(value) for value in values])
    known = known[np.isfinite(known)]
    reach = (max(0.0, float(known.min()) - 0.03), min(1.0, float(known.max()) + 0.03))
    return [f1_over_temperature(group.removesuffix("_f1"), its, reach) for group, its in lines.items()]


def _counts_and_f1s(
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
) -> tuple[dict[str, int], dict[str, np.ndarray]]:
    """Returns class to its training count, and method to its F1 [(seeds, classes) float64]."""
    empty = [name for name, seeds in rows.items() if not seeds]
    if not 1 <= len(rows) <= len(BARS) or empty:
        raise ValueError(
            f"The picture cannot show these methods: received {list(rows)}, without a run {empty}. Allowed are 1 to "
            f"{len(BARS)} methods of at least one run; leave the others out."
        )
    of_runs = {name: [class_rows(metrics) for metrics in seeds] for name, seeds in rows.items()}
    classes = [[(row.name, row.train_count) for row in run] for seeds in of_runs.values() for run in seeds]
    different = [other for other in classes if other != classes[0]]
    if different:
        raise ValueError(
            f"The runs have not the same classes and training images: received {classes[0]} and {different[0]}. "
            "Allowed are runs on the same split; train them with the same protocol and training parts."
        )
    f1s = {name: np.array([[row.f1 for row in run] for run in seeds]) for name, seeds in of_runs.items()}
    return dict(classes[0]), f1s


def _bar(seeds: np.ndarray) -> Bar:
    """Returns the bar of a class [(seeds,) float64]."""
    mean = float(seeds.mean())
    if len(seeds) == 1:
        return Bar(mean)  # One seed has no deviation, and its dot would only repeat the end of the bar.
    deviation = float(seeds.std(ddof=1))
    return Bar(mean, (mean - deviation, mean + deviation), tuple(seeds.tolist()))


def _lines(comparison: pd.DataFrame, group: str) -> list[Line]:
    """Returns the lines of a group of classes; a temperature that is missing leaves a gap."""
    drawn: tuple[tuple[str, Literal["solid", "dashed"]], ...] = (("ours", "solid"), ("paper", "dashed"))
    lines = []
    for who, style in drawn:
        for series, (sampling, label) in enumerate(SAMPLINGS.items()):
            rows = comparison[comparison["sampling"] == sampling]
            mean, deviation = (
                rows.get(f"{group}_{number}", pd.Series(np.nan, rows.index)).to_numpy(float)
                for number in (("mean", "sd") if who == "ours" else ("paper", "none"))
            )
            key = Key(series, f"{who}, {label}", style, mark=True)
            lines.append(Line(key, rows[TEMPERATURE].to_numpy(float), mean, deviation))
    return lines
