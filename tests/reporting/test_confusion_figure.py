"""Tests of the picture of confusion matrices."""

from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest

from conbal_tf.reporting.confusion_figure import confusion_matrices


def width_and_height(path: Path) -> tuple[int, int]:
    pixels = matplotlib.image.imread(path)
    assert pixels[..., :3].std() > 0.05
    return pixels.shape[1], pixels.shape[0]


def test_both_parts_stand_side_by_side_and_the_test_part_alone_where_there_is_no_other(
    metrics: dict[str, Any], tmp_path: Path
) -> None:
    confusion_matrices(metrics, tmp_path / "one.png")
    metrics["validation"]["confusion_matrix"] = [[5, 1, 0], [2, 9, 1], [0, 0, 0]]  # a class that has no image there
    confusion_matrices(metrics, tmp_path / "two.png")
    one, two = (width_and_height(tmp_path / name) for name in ("one.png", "two.png"))
    assert one[1] == two[1]
    assert two[0] == pytest.approx(2 * one[0], abs=1)


def test_many_classes_with_long_and_odd_names_are_drawn(tmp_path: Path) -> None:
    names = [f"class $number_{number} with a name that goes on and on" for number in range(40)]
    confusion_matrices({"class_names": names, "confusion_matrix": np.eye(40, dtype=int).tolist()}, tmp_path / "a.png")
    assert max(width_and_height(tmp_path / "a.png")) < 2500


@pytest.mark.parametrize("matrix", [None, [], [[1, 0], [0, 1]]])
def test_metrics_without_the_matrix_of_their_classes_are_refused(
    metrics: dict[str, Any], matrix: Any, tmp_path: Path
) -> None:
    metrics["confusion_matrix"] = matrix
    with pytest.raises(ValueError, match=r"no confusion matrix of their classes.*3 names.*evaluate the run again"):
        confusion_matrices(metrics, tmp_path / "a.png")
