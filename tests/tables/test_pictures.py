"""Tests of the pictures of several runs: what they show, in which order, and that nothing is cut off."""

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text

from conbal_tf.tables.measured import measure_table
from conbal_tf.tables.paper import TABLES
from conbal_tf.tables.pictures import (
    per_class_comparison,
    per_class_comparison_figure,
    temperature_curves,
    temperature_figure,
)
from tests.reporting.run_folders import COUNTS, F1, metrics


def seeds(*shifts: float) -> list[dict[str, Any]]:
    """Returns the metrics of one seed for each shift, by which its F1 lie above those of `F1`."""
    return [metrics({name: f1 + shift for name, f1 in F1.items()}) for shift in shifts]


@pytest.fixture
def temperatures() -> pd.DataFrame:
    """Returns Table 3 with made-up scores of ours: .01 above each other from .5 on, deviations of .02."""
    comparison = measure_table(TABLES["table3"], [])
    for number, group in enumerate(("major_f1", "middle_f1", "minor_f1")):
        comparison[f"{group}_mean"] = 0.5 + 0.01 * np.arange(10) - 0.1 * number
        comparison[f"{group}_sd"] = 0.02
    return comparison


def assert_nothing_is_cut_off_nor_overlaps(figure: Figure) -> None:
    """Checks every text that is drawn against the picture's edges and against the other texts."""
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert len(texts) > 10
    boxes = [text.get_window_extent() for text in texts]
    for text, box in zip(texts, boxes, strict=True):
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text
    for (one, box), (other, other_box) in combinations(zip(texts, boxes, strict=True), 2):
        assert not box.overlaps(other_box), (one, other)


def test_bars_stand_by_class_and_method_most_frequent_class_first() -> None:
    (axes,) = per_class_comparison_figure({"CE": seeds(0.0), "CL": seeds(0.05)}).axes
    ce, cl = (container for container in axes.containers if isinstance(container, BarContainer))
    assert [bar.get_height() for bar in ce] == pytest.approx([0.9, 0.5, 0.4, 0.2])
    assert [bar.get_height() for bar in cl] == pytest.approx([0.95, 0.55, 0.45, 0.25])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["NV\n800", "MEL\n120", "BKL\n110", "DF\n20"]
    assert all(left.get_x() < place < right.get_x() for place, left, right in zip(range(4), ce, cl, strict=True))
    assert [text.get_text() for text in axes.texts][:4] == ["0.90", "0.50", "0.40", "0.20"]


def test_bar_is_the_mean_its_whisker_the_deviation_and_each_seed_a_dot() -> None:
    (axes,) = per_class_comparison_figure({"CE": seeds(-0.1, 0.0, 0.04), "CL": seeds(0.0)}).axes
    bars = next(container for container in axes.containers if isinstance(container, BarContainer))
    (whiskers,) = (container for container in axes.containers if isinstance(container, ErrorbarContainer))
    assert bars[0].get_height() == pytest.approx(0.88)
    ((x, low), (_, high)) = whiskers[2][0].get_segments()[0]
    assert x == pytest.approx(bars[0].get_x() + bars[0].get_width() / 2)
    assert (low, high) == pytest.approx((0.88 - np.sqrt(0.0104 / 2), 0.88 + np.sqrt(0.0104 / 2)))
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [np.asarray(dot.get_ydata())[0] for dot in dots] == pytest.approx([0.8, 0.9, 0.94])
    assert len({np.asarray(dot.get_xdata())[0] for dot in dots}) == 3
    assert "one seed" in axes.get_title("right")


def test_single_seeds_have_neither_whiskers_nor_dots() -> None:
    (axes,) = per_class_comparison_figure({"CE": seeds(0.0), "CL": seeds(0.05)}).axes
    assert [type(container) for container in axes.containers] == [BarContainer, BarContainer]
    assert not axes.lines
    assert axes.get_title("right") == ""


def test_legend_names_each_method_by_its_colour_and_bars_of_six_do_not_overlap() -> None:
    rows = {f"method {number}": seeds(0.01 * number) for number in range(6)}
    figure = per_class_comparison_figure(rows)
    (axes,) = figure.axes
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(rows)
    colours = [to_hex(container[0].get_facecolor()) for container in axes.containers]
    assert [to_hex(patch.get_facecolor()) for patch in legend.get_patches()] == colours
    assert len(set(colours)) == 6
    edges = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bars in axes.containers for bar in bars)
    assert len(edges) == 24
    assert all(right < left for (_, right), (left, _) in pairwise(edges))


@pytest.mark.parametrize("shifts", [(0.0,), (-0.05, 0.0, 0.09)])
@pytest.mark.parametrize("methods", [1, 2, 3, 6])
def test_no_text_is_cut_off_or_covered(methods: int, shifts: tuple[float, ...]) -> None:
    figure = per_class_comparison_figure({f"Balanced contrastive, {n}": seeds(*shifts) for n in range(methods)})
    assert_nothing_is_cut_off_nor_overlaps(figure)
    assert len(figure.axes[0].texts) == (4 * methods if methods <= 3 else 0)


def test_long_class_names_and_dollar_signs_are_drawn_as_they_are(tmp_path: Path) -> None:
    names = [r"$\x$", "proliferative retinopathy", "a keratosis that is benign", "d", "e", "f"]
    run = metrics(dict.fromkeys(names, 0.5), dict.fromkeys(names, 5000))
    assert_nothing_is_cut_off_nor_overlaps(per_class_comparison_figure({"CE": [run], "CL": [run]}))
    per_class_comparison({"CE": [run]}, tmp_path / "f1.png")
    assert matplotlib.image.imread(tmp_path / "f1.png")[..., :3].std() > 0.05


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({}, r"received \[\], without a run \[\]. Allowed are 1 to 6"),
        (dict.fromkeys("abcdefg", seeds(0.0)), r"Allowed are 1 to 6"),
        ({"CE": seeds(0.0), "CL": []}, r"without a run \['CL'\].*leave the others out"),
        ({"CE": seeds(0.0), "CL": [metrics(counts=COUNTS | {"DF": 21})]}, r"not the same classes and training images"),
    ],
)
def test_methods_that_cannot_be_shown_are_refused(rows: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        per_class_comparison_figure(rows)


def test_every_panel_has_both_samplings_of_ours_and_of_the_paper(temperatures: pd.DataFrame) -> None:
    figure = temperature_figure(temperatures)
    assert [axes.get_title("left") for axes in figure.axes] == ["major classes", "middle classes", "minor classes"]
    for number, axes in enumerate(figure.axes):
        lines = {line.get_label(): line for line in axes.lines if line.get_linestyle() == "--"}
        assert list(lines) == ["paper, without resampling", "paper, with resampling"]
        assert [line.get_marker() for line in lines.values()] == ["o", "s"]
        ours = {container.get_label(): container for container in axes.containers}
        assert list(ours) == ["ours, without resampling", "ours, with resampling"]
        plain, balanced = (container[0] for container in ours.values())
        assert [plain.get_marker(), balanced.get_marker()] == ["o", "s"]
        assert plain.get_ydata() == pytest.approx(np.array([0.5, 0.51, 0.52, 0.53, 0.54]) - 0.1 * number)
        assert plain.get_xdata() == pytest.approx([0.01, 0.05, 0.1, 0.5, 1], rel=0.1)
        assert all(plain.get_xdata() < balanced.get_xdata())
        assert [label.get_text() for label in axes.get_xticklabels()] == ["0.01", "0.05", "0.1", "0.5", "1"]
    minor = [line.get_ydata() for line in figure.axes[2].lines if line.get_label() == "paper, with resampling"]
    assert minor[0] == pytest.approx([0.710, 0.721, 0.709, 0.720, 0.651])


def test_whiskers_of_ours_are_one_deviation_to_either_side(temperatures: pd.DataFrame) -> None:
    whiskers = temperature_figure(temperatures).axes[0].containers[0][2][0].get_segments()
    assert [high - low for (_, low), (_, high) in whiskers] == pytest.approx([0.04] * 5)


def test_order_of_the_rows_changes_no_line(temperatures: pd.DataFrame) -> None:
    line = temperature_figure(temperatures[::-1]).axes[0].containers[0][0]
    assert line.get_ydata() == pytest.approx([0.5, 0.51, 0.52, 0.53, 0.54])


def test_missing_temperature_leaves_a_gap_and_single_seeds_have_no_whisker(temperatures: pd.DataFrame) -> None:
    temperatures.loc[2, "major_f1_mean"] = np.nan
    temperatures["major_f1_sd"] = np.nan
    container = temperature_figure(temperatures).axes[0].containers[0]
    line, caps, whiskers = container
    assert np.isnan(line.get_ydata(orig=False)).tolist() == [False, False, True, False, False]
    assert (caps, whiskers) == ((), ())


def test_legend_has_each_line_once_and_only_what_is_drawn(temperatures: pd.DataFrame) -> None:
    (legend,) = temperature_figure(temperatures).legends
    assert len(legend.get_texts()) == 4
    (legend,) = temperature_figure(measure_table(TABLES["table3"], [])).legends
    assert [text.get_text() for text in legend.get_texts()] == ["paper, without resampling", "paper, with resampling"]
    temperatures["major_f1_mean"] = np.nan
    (legend,) = temperature_figure(temperatures).legends
    assert len(legend.get_texts()) == 4


def test_temperatures_are_drawn_whole(temperatures: pd.DataFrame, tmp_path: Path) -> None:
    assert_nothing_is_cut_off_nor_overlaps(temperature_figure(temperatures))
    temperature_curves(temperatures, tmp_path / "curves.png")
    pixels = matplotlib.image.imread(tmp_path / "curves.png")
    assert pixels.shape[:2] == (540, 1200)
    assert pixels[..., :3].std() > 0.05


@pytest.mark.parametrize("column", ["contrastive.temperature", "minor_f1_mean", "sampling"])
def test_comparison_without_temperatures_or_groups_is_refused(temperatures: pd.DataFrame, column: str) -> None:
    with pytest.raises(ValueError, match=rf"has no `{column}`: received columns .*compare the runs of table3"):
        temperature_figure(temperatures.drop(columns=column))
