"""Two pictures of a run's calibration.json: may its probabilities be believed, and what does a class prior change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from conbal_tf.reporting.figures import BLUE, GREY, VERMILION, empty_figure

# Whether before or after: its name in the legend, its colour, its marker, and its place beside the other's bar.
STATES = (("before", "as trained", BLUE, "o", -1), ("after", "calibrated", VERMILION, "s", 1))
REMARK = "fitted on images that were trained on: it says nothing"


def reliability_diagram(calibration: Mapping[str, Any], path: Path) -> None:
    """Draws how often the classifier is right where it is so and so sure, as trained and calibrated, as a PNG.

    Under it stands how many images each point is the mean of.

    Args:
        calibration: a run's calibration.json: `reliability`, `test` and `fitted_on_training`.
        path: the file to write.

    Raises:
        ValueError: If one of them is missing.
    """
    _check(calibration, "reliability", "test", "fitted_on_training")
    figure = empty_figure(width=6.5, height=7.5)
    diagram, counts = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    diagram.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="as right as it is sure")
    for state, title, colour, marker, side in STATES:
        bins, scores = calibration["reliability"]["test"][state], calibration["test"][state]
        label = f"{title}: ECE {scores['ece']:.3f}, log loss {scores['log_loss']:.3f}"
        diagram.plot(
            bins["confidence"], bins["accuracy"], color=colour, marker=marker, markersize=5, linewidth=1.4, label=label
        )
        counts.bar(np.array(bins["confidence"]) + side * 0.006, bins["count"], width=0.012, color=colour)
    diagram.set_ylim(0, 1.02)
    diagram.set_ylabel("share of images that are right")
    diagram.set_title(_title("Reliability, test part", calibration), loc="left", fontweight="bold")
    diagram.legend(loc="upper left", fontsize="small", framealpha=0.8)
    counts.set_ylabel("images")
    counts.set_xlim(0, 1.02)
    counts.set_xlabel("probability of the most probable class")
    _plain(diagram, counts)
    figure.savefig(path)


def prior_dial(calibration: Mapping[str, Any], path: Path) -> None:
    """Draws accuracy against balanced accuracy as the assumed class prior goes from uniform to the data's, as a PNG.

    Args:
        calibration: a run's calibration.json: `prior_dial`, `prior_strength`, `test` and `fitted_on_training`.
        path: the file to write.

    Raises:
        ValueError: If one of them is missing.
    """
    _check(calibration, "prior_dial", "prior_strength", "test", "fitted_on_training")
    figure = empty_figure(width=6.5, height=6)
    axes = figure.subplots()
    dial = calibration["prior_dial"]
    axes.plot(dial["balanced_accuracy"], dial["accuracy"], color=GREY, linewidth=1.4)
    for state, title, colour, marker, _ in STATES:
        scores = calibration["test"][state]
        strength = calibration["prior_strength"] if state == "after" else 0.0
        axes.plot(
            scores["balanced_accuracy"], scores["accuracy"], color=colour, marker=marker, markersize=9,
            linestyle="none", label=f"{title}: strength {strength:.2f}, macro F1 {scores['macro_f1']:.3f}",
        )  # fmt: skip
    for strength, x, y in zip(dial["strength"], dial["balanced_accuracy"], dial["accuracy"], strict=True):
        if strength % 0.5 == 0:
            axes.plot(x, y, color=GREY, marker=".", markersize=7)
            axes.annotate(f"{strength:+g}", (x, y), (6, 4), textcoords="offset points", fontsize="small", color=GREY)
    axes.set_xlabel("balanced accuracy")
    axes.set_ylabel("accuracy")
    axes.set_title(_title("Strength of the class prior, test part", calibration), loc="left", fontweight="bold")
    axes.legend(loc="lower left", fontsize="small", framealpha=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    _plain(axes)
    figure.savefig(path)


def _title(title: str, calibration: Mapping[str, Any]) -> str:
    return f"{title}\n{REMARK}" if calibration["fitted_on_training"] else title


def _plain(*panels: Axes) -> None:
    for axes in panels:
        axes.grid(color="#E5E5E5", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)


def _check(calibration: Mapping[str, Any], *needed: str) -> None:
    missing = [key for key in needed if key not in calibration]
    if missing:
        raise ValueError(
            f"The calibration has no `{missing[0]}`: received {sorted(calibration)}. The picture needs "
            f"{', '.join(needed)}; make calibration.json again."
        )
