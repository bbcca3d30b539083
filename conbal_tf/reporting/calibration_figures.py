"""Two pictures of a run's calibration.json: may its probabilities be believed, and what does a class prior change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from conbal_tf.metrics.probability import BINS, bins_of
from conbal_tf.reporting.figures import BLUE, GREY, VERMILION, empty_figure
from conbal_tf.reporting.picture_file import write_picture

# Whether before or after: its name in the legend, its colour, its marker, and its place beside the other's bar.
STATES = (("before", "as trained", BLUE, "o", -0.5), ("after", "calibrated", VERMILION, "s", 0.5))
REMARK = "fitted on images that were trained on: it says nothing"
STRENGTHS = "numbers: strength, from 0 as trained; + favours frequent classes, − rare ones"
GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
LARGEST_DOT, SMALLEST_DOT = 110, 8  # square points


def reliability_diagram(calibration: Mapping[str, Any], path: Path) -> None:
    """Draws how often the classifier is right where it is so and so sure, as trained and calibrated, as a PNG.

    The area of a point grows with the number of images that it is the mean of; the bars below tell it.

    Args:
        calibration: a run's calibration.json: `reliability`, `test` and `fitted_on_training`.
        path: the file to write.

    Raises:
        ValueError: If one of them is missing.
    """
    _check(calibration, "reliability", "test", "fitted_on_training")
    figure = empty_figure(width=6.5, height=7.5)
    diagram, images = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    diagram.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="as right as it is sure")
    most = max(max(bins["count"]) for bins in calibration["reliability"]["test"].values())
    for state, title, colour, marker, side in STATES:
        bins, scores = calibration["reliability"]["test"][state], calibration["test"][state]
        confidence, counts = np.array(bins["confidence"]), np.array(bins["count"])
        label = f"{title}: ECE {scores['ece']:.3f}, log loss {scores['log_loss']:.3f}"
        diagram.plot(confidence, bins["accuracy"], color=colour, linewidth=1, zorder=2)
        # A point of few images jumps up and down by chance: it is to look as small as what it says.
        sizes = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * counts / most
        diagram.scatter(confidence, bins["accuracy"], sizes, color=colour, marker=marker, label=label, zorder=3)
        centres = (bins_of(confidence) + 0.5) / BINS
        images.bar(centres + side * 0.4 / BINS, counts, width=0.4 / BINS, color=colour)
    diagram.set_ylim(-0.03, 1.03)
    diagram.set_ylabel("share of images that are right")
    diagram.set_title(_title("Reliability, test part", calibration), loc="left", fontweight="bold")
    for handle in diagram.legend(loc="upper left", fontsize="small", framealpha=0.8).legend_handles[1:]:
        handle.set_sizes([30])
    images.set_ylabel("images")
    images.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    images.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    images.set_xlim(0, 1.03)
    images.set_xlabel("probability of the most probable class")
    _plain(diagram, images)
    write_picture(figure, path)


def prior_dial(calibration: Mapping[str, Any], path: Path) -> None:
    """Draws accuracy against balanced accuracy as the assumed class prior goes from uniform to the data's, as a PNG.

    Args:
        calibration: a run's calibration.json: `prior_dial`, `prior_strength`, `test` and `fitted_on_training`.
        path: the file to write.

    Raises:
        ValueError: If one of them is missing.
    """
    _check(calibration, "prior_dial", "prior_strength", "test", "fitted_on_training")
    figure = empty_figure(width=6.5, height=6.5)
    axes = figure.subplots()
    dial, fitted = calibration["prior_dial"], calibration["prior_strength"]
    axes.plot(dial["balanced_accuracy"], dial["accuracy"], color=GREY, linewidth=1.2)
    for strength, x, y in zip(dial["strength"], dial["balanced_accuracy"], dial["accuracy"], strict=True):
        if strength and strength % 0.5 == 0:
            axes.plot(x, y, color=GREY, marker="o", markersize=4)
            text = f"{strength:+g}".replace("-", "−")
            axes.annotate(text, (x, y), (0, 7), textcoords="offset points", ha="center", fontsize="small", bbox=GROUND)
    for (state, title, colour, marker, _), strength in zip(STATES, (0.0, fitted), strict=True):
        scores = calibration["test"][state]
        label = f"{title}: strength {strength:z.2f}, macro F1 {scores['macro_f1']:.3f}"
        place = (scores["balanced_accuracy"], scores["accuracy"])
        fill = "none" if state == "after" else "full"  # where nothing is to be corrected, one lies on the other
        axes.plot(
            *place, color=colour, marker=marker, markersize=10, markeredgewidth=2.5, fillstyle=fill, linestyle="none",
            label=label, zorder=3,
        )  # fmt: skip
    axes.set_xlabel("balanced accuracy (every class counts alike)")
    axes.set_ylabel("accuracy (every image counts alike)")
    title = "Accuracies by strength of the class prior, test part"
    axes.set_title(_title(title, calibration), loc="left", fontweight="bold")
    axes.margins(0.08)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    figure.legend(loc="outside lower center", frameon=False, title=STRENGTHS, title_fontsize="small")
    _plain(axes)
    write_picture(figure, path)


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
