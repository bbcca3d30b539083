"""Two pictures of several runs: F1 class by class (the paper's Figure 3), and F1 over temperature (its Table 3)."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.reporting.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY_BLUE,
    VERMILION,
    empty_figure,
    label_class_axes,
)
from conbal_tf.reporting.picture_file import write_picture
from conbal_tf.tables.measured import GROUPS

METHOD_COLOURS = (BLUE, VERMILION, GREEN, ORANGE, SKY_BLUE, PURPLE)
# With more methods the numbers would run into each other.
NUMBERED_METHODS = 3
WHISKER: dict[str, Any] = {"fmt": "none", "ecolor": "black", "elinewidth": 1, "capsize": 3}
DOT: dict[str, Any] = {
    "linestyle": "none", "marker": "o", "markersize": 3.5, "color": "white", "markeredgecolor": "black",
    "markeredgewidth": 0.7, "clip_on": False,
}  # fmt: skip
TEMPERATURE = "contrastive.temperature"
# Sampling: its name in the legend, its marker (so that grey copies can be read), its colour, and a factor that keeps
# the whiskers of two lines at the same temperature apart.
SAMPLINGS = (("original", "without resampling", "o", BLUE, 0.95), ("balanced", "with resampling", "s", VERMILION, 1.05))


def per_class_comparison(rows: Mapping[str, Sequence[Mapping[str, Any]]], path: Path) -> None:
    """Draws what `per_class_comparison_figure` shows as a PNG.

    Args:
        rows: name of each method to the `metrics.json` of its seeds.
        path: the file to write.

    Raises:
        ValueError: If there are no or too many methods, one without seeds, or runs with different classes.
    """
    write_picture(per_class_comparison_figure(rows), path)


def per_class_comparison_figure(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Figure:
    """Returns bars of the F1 of each class by method, a dot per seed, most frequent class in training at the left.

    A bar is the mean over a method's seeds, its whisker one standard deviation of the sample to either side.

    Args:
        rows: name of each method, 1 to 6 of them, to the `metrics.json` of its seeds: `class_names`, `per_class`,
            `train_counts`.

    Raises:
        ValueError: If there are no or too many methods, one without seeds, or runs with different classes.
    """
    classes, f1s = _classes_and_f1s(rows)
    words = [word for name, _ in classes for word in name.split()]
    letters = min(max([len(word) for word in words] + [8]), 24)
    width = max(6, 1.2 + max(0.09 * letters, 0.3 + 0.28 * len(rows)) * len(classes))
    figure = empty_figure(width=width, height=5)
    axes = figure.subplots()
    bar = 0.8 / len(rows)
    for place, (name, values) in enumerate(f1s.items()):
        x = np.arange(len(classes)) + (place - (len(rows) - 1) / 2) * bar
        _draw_bars(axes, x, values, bar, {"color": METHOD_COLOURS[place], "label": name})
        if len(rows) <= NUMBERED_METHODS:
            _draw_numbers(axes, x, values)
    if any(len(values) > 1 for values in f1s.values()):
        axes.set_title("dot: one seed; whisker: ± standard deviation", loc="right", fontsize="small")
    names = [f"{textwrap.fill(name, letters)}\n{count:,}" for name, count in classes]
    label_class_axes(axes, names, highest=1.1)
    axes.set_title("F1 per class, test part", loc="left", fontweight="bold")
    # As many columns as fit: a legend does not break its lines.
    columns = int(width / (0.7 + 0.085 * max(map(len, rows))))
    figure.legend(loc="outside lower center", ncols=max(1, columns), frameon=False)
    return figure


def temperature_curves(comparison: pd.DataFrame, path: Path) -> None:
    """Draws what `temperature_figure` shows as a PNG.

    Args:
        comparison: what `measure_table` returns for Table 3.
        path: the file to write.

    Raises:
        ValueError: If the comparison has no temperatures or not the F1 of the three groups.
    """
    write_picture(temperature_figure(comparison), path)


def temperature_figure(comparison: pd.DataFrame) -> Figure:
    """Returns a panel each for major, middle and minor classes: F1 over temperature, without and with resampling.

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
    figure = empty_figure(width=10, height=4.5)
    panels = figure.subplots(1, len(GROUPS), sharey=True)
    for axes, group in zip(panels, GROUPS, strict=True):
        _draw_temperatures(axes, comparison.sort_values(TEMPERATURE), group)
        axes.set_title(f"{group.removesuffix('_f1')} classes", loc="left", fontweight="bold")
    panels[0].set_ylabel("mean F1 of the classes")
    # A group without a class leaves its panel without ours: the legend takes each line from wherever it is.
    lines = {name: line for axes in panels for line, name in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _classes_and_f1s(
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
) -> tuple[list[tuple[str, int]], dict[str, np.ndarray]]:
    """Returns name and training count of each class, and of each method its F1 [(seeds, classes) float64]."""
    empty = [name for name, seeds in rows.items() if not seeds]
    if not 1 <= len(rows) <= len(METHOD_COLOURS) or empty:
        raise ValueError(
            f"The picture cannot show these methods: received {list(rows)}, without a run {empty}. Allowed are 1 to "
            f"{len(METHOD_COLOURS)} methods of at least one run; leave the others out."
        )
    of_runs = {name: [class_rows(metrics) for metrics in seeds] for name, seeds in rows.items()}
    classes = [[(row.name, row.train_count) for row in run] for seeds in of_runs.values() for run in seeds]
    different = [other for other in classes if other != classes[0]]
    if different:
        raise ValueError(
            f"The runs have not the same classes and training images: received {classes[0]} and {different[0]}. "
            "Allowed are runs on the same split; train them with the same protocol and training parts."
        )
    return classes[0], {name: np.array([[row.f1 for row in run] for run in seeds]) for name, seeds in of_runs.items()}


def _draw_bars(axes: Axes, x: np.ndarray, f1s: np.ndarray, width: float, style: Mapping[str, Any]) -> None:
    axes.bar(x, f1s.mean(axis=0), width=0.92 * width, **style)
    if len(f1s) == 1:
        return  # One seed has no deviation, and its dot would only repeat the end of the bar.
    axes.errorbar(x, f1s.mean(axis=0), f1s.std(axis=0, ddof=1), **WHISKER)
    # Side by side, so that equal seeds do not hide each other, nor the whisker's ends.
    for place, seed in zip(np.linspace(-0.3, 0.3, len(f1s)), f1s, strict=True):
        axes.plot(x + place * width, seed, **DOT)


def _draw_numbers(axes: Axes, x: np.ndarray, f1s: np.ndarray) -> None:
    """Writes the means above whatever is highest: bar, whisker or dot."""
    means = f1s.mean(axis=0)
    tops = np.maximum(f1s.max(axis=0), means + (f1s.std(axis=0, ddof=1) if len(f1s) > 1 else 0))
    for place, mean, top in zip(x, means, tops, strict=True):
        axes.annotate(
            f"{mean:.2f}", (place, top), (0, 3), textcoords="offset points", ha="center", va="bottom", fontsize=8
        )


def _draw_temperatures(axes: Axes, comparison: pd.DataFrame, group: str) -> None:
    for sampling, label, marker, colour, shift in SAMPLINGS:
        lines = comparison[comparison["sampling"] == sampling]
        mean, sd, papers = (lines[f"{group}_{number}"] for number in ("mean", "sd", "paper"))
        # A temperature that is missing leaves a gap: a line through it would show what nobody measured.
        if mean.notna().any():
            axes.errorbar(
                lines[TEMPERATURE] * shift, mean, sd if sd.notna().any() else None, color=colour, linewidth=1.6,
                marker=marker, markersize=5, capsize=2, elinewidth=1, label=f"ours, {label}", zorder=3,
            )  # fmt: skip
        if papers.notna().any():
            axes.plot(
                lines[TEMPERATURE], papers, color=GREY, linestyle="--", linewidth=1, marker=marker, markersize=4,
                markerfacecolor="white", label=f"paper, {label}",
            )  # fmt: skip
    temperatures = sorted(comparison[TEMPERATURE].unique())
    axes.set_xscale("log")
    axes.set_xticks(temperatures, [f"{temperature:g}" for temperature in temperatures])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("temperature τ")
    axes.grid(color="#E5E5E5", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
