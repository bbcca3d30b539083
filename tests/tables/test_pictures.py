"""Tests of the pictures of several runs: what they show, in which order, and that nothing is cut off."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from conbal_tf.reporting.charts.chart import Chart
from conbal_tf.tables.measured import measure_table
from conbal_tf.tables.paper import TABLES
from conbal_tf.tables.pictures import (
    per_class_comparison,
    per_class_comparison_chart,
    temperature_charts,
    temperature_curves,
)
from tests.reporting.charts.drawings import (
    assert_no_text_is_cut_off_or_covered,
    elements,
    numbers,
    pixels,
    texts,
)
from tests.reporting.run_folders import COUNTS, F1, metrics

TOP, FLOOR = 54, 254
"""Places of F1 1 and 0 in the chart of bars whose names have one line."""


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


def heights(chart: Chart, series: int) -> list[float]:
    """Returns the F1 of the bars of a method."""
    return [height / (FLOOR - TOP) for height in numbers(chart, "rect", "height", f"bar s{series}")]


def places(chart: Chart, class_: str) -> list[list[tuple[float, float]]]:
    """Returns the points of each line of a class, in pixels, a list for each part of it that has no gap."""
    drawn = [one.get("d") or "" for one in elements(chart, "path", class_)]
    parts = [part for path in drawn for part in path.replace("h0", "").split("M")[1:]]
    return [[(float(x), float(y)) for x, y in (point.split() for point in part.split("L"))] for part in parts]


def test_bars_stand_by_class_and_method_most_frequent_class_first() -> None:
    chart = per_class_comparison_chart({"CE": seeds(0.0), "CL": seeds(0.05)})
    assert heights(chart, 0) == pytest.approx([0.9, 0.5, 0.4, 0.2], abs=0.001)
    assert heights(chart, 1) == pytest.approx([0.95, 0.55, 0.45, 0.25], abs=0.001)
    assert texts(chart, "name") == ["NV", "MEL", "BKL", "DF"]
    assert texts(chart, "tick")[-4:] == ["800", "120", "110", "20"]
    assert texts(chart, "value")[:4] == [".90", ".95", ".50", ".55"]
    left, right = (numbers(chart, "rect", "x", f"bar s{series}") for series in (0, 1))
    assert all(one < other for one, other in zip(left, right, strict=True))


def test_bar_is_the_mean_its_whisker_the_deviation_and_each_seed_a_dot() -> None:
    chart = per_class_comparison_chart({"CE": seeds(-0.1, 0.0, 0.04), "CL": seeds(0.0)})
    assert heights(chart, 0)[0] == pytest.approx(0.88, abs=0.001)
    whiskers = [one.get("d") or "" for one in elements(chart, "path", "whisker")]
    assert len(whiskers) == 4
    start, _, rest = whiskers[0].partition("V")
    low, high = float(start.split()[1]), float(rest.partition("M")[0])
    assert (low - high) / (FLOOR - TOP) == pytest.approx(2 * np.sqrt(0.0104 / 2), abs=0.002)
    dots = [(FLOOR - y) / (FLOOR - TOP) for y in numbers(chart, "circle", "cy", "seed")[:3]]
    assert dots == pytest.approx([0.8, 0.9, 0.94], abs=0.001)
    assert len(set(numbers(chart, "circle", "cx", "seed")[:3])) == 3
    assert "one seed" in texts(chart, "axis")[-1]


def test_single_seeds_have_neither_whiskers_nor_dots() -> None:
    chart = per_class_comparison_chart({"CE": seeds(0.0), "CL": seeds(0.05)})
    assert not elements(chart, "path", "whisker")
    assert not elements(chart, "circle", "seed")
    assert "seed" not in texts(chart, "axis")[-1]


def test_keys_name_each_method_by_its_colour() -> None:
    rows = {f"method {number}": seeds(0.01 * number) for number in range(6)}
    keys = per_class_comparison_chart(rows).keys
    assert [(key.series, key.label) for key in keys] == list(enumerate(rows))


@pytest.mark.parametrize("shifts", [(0.0,), (-0.05, 0.0, 0.09)])
@pytest.mark.parametrize("methods", [1, 2, 3, 6])
def test_no_text_is_cut_off_or_covered(methods: int, shifts: tuple[float, ...]) -> None:
    chart = per_class_comparison_chart({f"Balanced contrastive, {n}": seeds(*shifts) for n in range(methods)})
    assert_no_text_is_cut_off_or_covered(chart)
    assert len(texts(chart, "value")) == (4 * methods if methods <= 3 else 0)


def test_picture_of_the_classes_is_written(tmp_path: Path) -> None:
    per_class_comparison({"CE": seeds(0.0), "CL": seeds(0.05)}, tmp_path / "f1.png")
    drawn = pixels(tmp_path / "f1.png")
    for colour in ((0, 0x72, 0xB2), (0xD5, 0x5E, 0)):
        assert (drawn == colour).all(axis=2).sum() > 5000


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
        per_class_comparison_chart(rows)


def test_every_panel_has_both_samplings_of_ours_and_of_the_paper(temperatures: pd.DataFrame) -> None:
    charts = temperature_charts(temperatures)
    assert [chart.heading for chart in charts] == ["major classes", "middle classes", "minor classes"]
    samplings = ("without resampling", "with resampling")
    for chart in charts:
        assert [(key.label, key.line) for key in chart.keys] == [
            *((f"ours, {label}", "solid") for label in samplings),
            *((f"paper, {label}", "dashed") for label in samplings),
        ]
        assert len(elements(chart, "path", "line dashed")) == 2
        plain, balanced = (places(chart, f"line s{series}")[0] for series in (0, 1))
        assert all(left[0] < right[0] for left, right in zip(plain, balanced, strict=True))
        assert {"0.01", "0.05", "0.1", "0.5", "1"} <= set(texts(chart, "tick"))
        assert_no_text_is_cut_off_or_covered(chart)
    assert "paper, with resampling 0.710, 0.721, 0.709, 0.720, 0.651" in charts[2].description
    assert "ours, without resampling 0.300, 0.310, 0.320, 0.330, 0.340" in charts[2].description


def test_groups_share_the_scale_of_f1_and_whiskers_are_one_deviation_to_either_side(temperatures: pd.DataFrame) -> None:
    major, middle, minor = temperature_charts(temperatures)
    first = [places(chart, "line s0")[0][0][1] for chart in (major, middle, minor)]
    assert np.diff(first) == pytest.approx([first[1] - first[0]] * 2, abs=0.2)
    whisker = (elements(major, "path", "whisker")[0].get("d") or "").partition("M")[2].partition("M")[0]
    low, high = (float(value) for value in whisker.split()[1].split("V"))
    assert (low - high) / (first[1] - first[0]) == pytest.approx(0.4, abs=0.01)


def test_order_of_the_rows_changes_no_line(temperatures: pd.DataFrame) -> None:
    assert temperature_charts(temperatures[::-1]) == temperature_charts(temperatures)


def test_missing_temperature_leaves_a_gap_and_single_seeds_have_no_whisker(temperatures: pd.DataFrame) -> None:
    temperatures.loc[2, "major_f1_mean"] = np.nan
    temperatures["major_f1_sd"] = np.nan
    chart = temperature_charts(temperatures)[0]
    assert [len(part) for part in places(chart, "line s0")][:2] == [2, 2]
    assert not elements(chart, "path", "whisker")


def test_keys_have_only_what_is_drawn(temperatures: pd.DataFrame) -> None:
    for chart in temperature_charts(measure_table(TABLES["table3"], [])):
        assert [key.label for key in chart.keys] == ["paper, without resampling", "paper, with resampling"]
    temperatures["major_f1_mean"] = np.nan
    assert [len(chart.keys) for chart in temperature_charts(temperatures)] == [2, 4, 4]


def test_picture_of_the_temperatures_is_written(temperatures: pd.DataFrame, tmp_path: Path) -> None:
    temperature_curves(temperatures, tmp_path / "curves.png")
    height, width, _ = pixels(tmp_path / "curves.png").shape
    assert width > 2.5 * height > 1000


@pytest.mark.parametrize("column", ["contrastive.temperature", "minor_f1_mean", "sampling"])
def test_comparison_without_temperatures_or_groups_is_refused(temperatures: pd.DataFrame, column: str) -> None:
    with pytest.raises(ValueError, match=rf"has no `{column}`: received columns .*compare the runs of table3"):
        temperature_charts(temperatures.drop(columns=column))
