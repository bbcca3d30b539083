"""Two pictures of a run: how training went, and how well each class is recognised beside how rare it is."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from conbal_tf.reporting.class_rows import class_rows
from conbal_tf.reporting.picture_file import write_picture

# Colours of Okabe and Ito, which people with any kind of colour vision tell apart.
BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#7F7F7F"
GREEN, ORANGE, SKY_BLUE, PURPLE = "#009E73", "#E69F00", "#56B4E9", "#CC79A7"
DOTS_PER_INCH = 120
# Up to so many epochs each one is marked by a dot: a line through three of them would show nothing.
MARKED_EPOCHS = 30
STAGE_TITLES = {
    "contrastive": "Stage 1: backbone, contrastive",
    "cross_entropy": "Backbone and head, cross-entropy",
    "classifier": "Stage 2: classifier head",
}
# Row of panels: its title, its share of the height, its lines (history column, what its last value is called, colour).
PANELS = (
    ("loss", 4, (("loss", "training, last", BLUE),)),
    (
        "accuracy",
        4,
        (
            ("accuracy", "training accuracy, last", GREY),
            ("val_balanced_accuracy", "validation balanced accuracy, last", VERMILION),
        ),
    ),
    ("learning rate", 2, (("learning_rate", "last", GREY),)),
)


def training_curves(history: pd.DataFrame, path: Path) -> None:
    """Draws loss, accuracies and learning rate over the epochs, a column of panels per stage, as a PNG of 1200 x 900.

    Args:
        history: a run's `history.csv`: `stage`, `epoch` (counted from 0, drawn from 1 as Keras prints it), and any of
            `loss`, `accuracy`, `val_balanced_accuracy`, `learning_rate`. Of rows with the same stage and epoch the
            last one counts: a run that was interrupted repeats the epoch that it was in.
        path: the file to write.

    Raises:
        ValueError: If `stage` or `epoch` is missing, or the history holds no epoch.
    """
    stages = stage_histories(history)
    figure = empty_figure(width=10, height=7.5)
    axes = figure.subplots(
        len(PANELS),
        len(stages),
        squeeze=False,
        sharex="col",
        gridspec_kw={"height_ratios": [share for _, share, _ in PANELS]},
    )
    for column, (stage, epochs) in enumerate(stages.items()):
        axes[0, column].set_title(STAGE_TITLES.get(stage, stage), loc="left", fontweight="bold")
        for row, (title, _, lines) in enumerate(PANELS):
            _draw_panel(axes[row, column], epochs, lines)
            if column == 0:
                axes[row, column].set_ylabel(title)
        axes[1, column].set_ylim(0, 1.02)
        axes[-1, column].set_ylim(bottom=0)
        axes[-1, column].set_xlabel("epoch")
        axes[-1, column].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    figure.align_ylabels()
    write_picture(figure, path)


def stage_histories(history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Returns the rows of each stage by epoch, counted from 1, ascending, each once; stages as they first occur.

    Args:
        history: a run's `history.csv`, as for `training_curves`.

    Raises:
        ValueError: If `stage` or `epoch` is missing, or the history holds no epoch.
    """
    missing = [column for column in ("stage", "epoch") if column not in history]
    if missing or history.empty:
        wrong = f"has no column `{missing[0]}`" if missing else "holds no epoch"
        raise ValueError(
            f"The training history {wrong}: received columns {list(history.columns)} and {len(history)} rows. It needs "
            "stage, epoch and at least one row; train for one epoch at least."
        )
    latest = history.drop_duplicates(["stage", "epoch"], keep="last")
    latest.index = pd.Index(latest["epoch"].astype(int) + 1, name="epoch")
    # Not in the order of `latest`: a repeated epoch would carry its stage behind the next one.
    return {stage: latest[latest["stage"] == stage].sort_index() for stage in history["stage"].unique()}


def per_class_f1(metrics: Mapping[str, Any], path: Path) -> None:
    """Draws the F1 of each class, most frequent in training at the left, as a PNG 600 pixels high, 720 or more wide.

    Args:
        metrics: a run's `metrics.json`: `part`, `macro_f1`, `class_names`, `per_class`, `train_counts`.
        path: the file to write.

    Raises:
        ValueError: If a class or a number is missing.
    """
    missing = [key for key in ("part", "macro_f1") if key not in metrics]
    if missing:
        raise ValueError(
            f"The metrics have no `{missing[0]}`: received {sorted(metrics)}. The picture needs part and macro_f1; "
            "evaluate the run again."
        )
    rows = class_rows(metrics)
    longest_word = max(len(word) for row in rows for word in row.name.split() or [""])
    letters = min(max(longest_word, 11), 24)
    figure = empty_figure(width=max(6, 1.5 + 0.085 * letters * len(rows)), height=5)
    axes = figure.subplots()
    bars = axes.bar(range(len(rows)), [row.f1 for row in rows], width=0.7, color=BLUE)
    # The line lies behind the bars, and the numbers have a ground of their own, so that it crosses out neither.
    macro_f1 = metrics["macro_f1"]
    axes.axhline(macro_f1, color=VERMILION, linestyle="--", zorder=0.5, label=f"macro F1 {macro_f1:.3f}")
    axes.bar_label(bars, fmt="{:.2f}", padding=3, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})
    names = [f"{textwrap.fill(row.name, letters)}\n{row.train_count:,}" for row in rows]
    label_class_axes(axes, names, highest=1.08)
    axes.set_title(f"F1 per class, {metrics['part']} part", loc="left", fontweight="bold")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, borderaxespad=0.2)
    write_picture(figure, path)


def label_class_axes(axes: Axes, names: Sequence[str], highest: float) -> None:
    """Labels axes on which classes stand side by side and F1 goes up.

    Args:
        axes: to be labelled.
        names: what stands under each class.
        highest: upper end of the F1 axis; above 1 there is room for numbers.
    """
    # A dollar sign in a class name is no formula.
    axes.set_xticks(range(len(names)), names, parse_math=False)
    axes.set_xlabel("class, and its number of training images")
    axes.set_ylabel("F1")
    axes.set_ylim(0, highest)
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.spines[["top", "right"]].set_visible(False)


def empty_figure(width: float, height: float) -> Figure:
    """Returns an empty figure of that size in inches, drawn by Agg whatever backend the caller's pyplot uses."""
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH)
    figure.set_layout_engine("constrained", w_pad=0.1, h_pad=0.1)
    FigureCanvasAgg(figure)
    return figure


def _draw_panel(axes: Axes, epochs: pd.DataFrame, lines: tuple[tuple[str, str, str], ...]) -> None:
    """Draws what was recorded of a stage, and says so where nothing was; the legend tells the last value."""
    for column, label, colour in lines:
        values = epochs[column].dropna() if column in epochs else pd.Series(dtype=float)
        if len(values):
            marker = "o" if len(values) <= MARKED_EPOCHS else None
            axes.plot(
                values.index,
                values,
                color=colour,
                marker=marker,
                markersize=3.5,
                linewidth=1.2,
                label=f"{label} {values.iloc[-1]:#.3g}",
            )
    axes.grid(color="#E5E5E5", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.lines:
        axes.legend(fontsize="small", framealpha=0.8)
    else:
        axes.text(0.5, 0.5, "not recorded", transform=axes.transAxes, ha="center", va="center", color=GREY)
