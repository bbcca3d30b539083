"""A picture of which class is taken for which."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from conbal_tf.reporting.figures import empty_figure
from conbal_tf.reporting.picture_file import write_picture

# With more classes than this, numbers in the cells would be too small to read.
NUMBERED_CLASSES = 15
LONGEST_NAME = 24


def confusion_matrices(metrics: Mapping[str, Any], path: Path) -> None:
    """Draws the confusion matrices of the validation and the test part side by side, as a PNG.

    A cell tells how many images of the row's class were taken for the column's, and is dark where that is a large share
    of the row: so rare classes are seen as well as frequent ones.

    Args:
        metrics: a run's `metrics.json`: `class_names`, `confusion_matrix` (rows true), and the latter under
            `validation`, which is left out where it is missing.
        path: the file to write.

    Raises:
        ValueError: If the test part has no confusion matrix of its classes.
    """
    names, matrix = metrics.get("class_names", []), np.asarray(metrics.get("confusion_matrix", []))
    if not names or matrix.shape != (len(names), len(names)):
        raise ValueError(
            f"The metrics have no confusion matrix of their classes: received {matrix.shape} for {len(names)} names. "
            "Allowed is a row and a column for each; evaluate the run again."
        )
    parts = {"validation part": metrics.get("validation", {}).get("confusion_matrix"), "test part": matrix}
    drawn = {title: np.asarray(counts) for title, counts in parts.items() if counts is not None}
    side = 2.5 + 0.45 * min(len(names), 2 * NUMBERED_CLASSES)
    # The cells are square: a little more height is room for the titles.
    figure = empty_figure(width=side * len(drawn), height=side + 0.5)
    for axes, (title, counts) in zip(figure.subplots(1, len(drawn), squeeze=False)[0], drawn.items(), strict=True):
        _draw_matrix(axes, counts, names)
        axes.set_title(title, loc="left", fontweight="bold")
    write_picture(figure, path)


def _draw_matrix(axes: Axes, counts: NDArray[np.integer], names: Sequence[str]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(names) <= NUMBERED_CLASSES:
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour, fontsize="small")
    short = [name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…" for name in names]
    # A dollar sign in a class name is no formula.
    axes.set_xticks(range(len(names)), short, rotation=90, parse_math=False)
    axes.set_yticks(range(len(names)), short, parse_math=False)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
