"""Tests of the bars of F1: of runs, and of the means of several seeds."""

from itertools import pairwise
from typing import Any

import pytest

from conbal_tf.reporting.charts.f1_by_class import Bar, f1_by_class, f1_of_runs
from tests.reporting.charts.drawings import assert_no_text_is_cut_off_or_covered, elements, numbers, texts


def test_bars_stand_most_frequent_class_first_and_are_as_high_as_their_f1(metrics: dict[str, Any]) -> None:
    chart = f1_of_runs({"run": metrics})
    assert texts(chart, "name") == ["nevus", "melanoma", "dermatofibroma"]
    assert texts(chart, "value") == [".92", ".33", ".00"]
    heights = [height / 200 for height in numbers(chart, "rect", "height", "bar")]
    assert heights == pytest.approx([0.924, 0.333, 0], abs=0.001)
    assert {"4,224", "701", "73"} < set(texts(chart, "tick"))
    assert not chart.keys


def test_macro_f1_of_one_run_is_a_line_across_and_of_several_is_none(metrics: dict[str, Any]) -> None:
    assert len(elements(f1_of_runs({"run": metrics}), "line", "aim")) == 1
    two = f1_of_runs({"run": metrics, "other": metrics})
    assert not elements(two, "line", "aim")
    assert [key.label for key in two.keys] == ["run", "other"]


def test_interval_is_a_whisker_and_a_class_without_one_has_none(metrics: dict[str, Any]) -> None:
    metrics["intervals"] = {"per_class": {"nevus": {"f1": {"bca": [0.9, 0.95]}}, "melanoma": {}}}
    chart = f1_of_runs({"run": metrics})
    assert len(elements(chart, "path", "whisker")) == 1
    hints = ["".join(one.itertext()) for one in elements(chart, "rect", "bar")]
    assert hints[0] == "nevus, run: F1 0.924 0.900–0.950; 1,910 of 2,011 found"


@pytest.mark.parametrize("shown", [1, 2, 3, 6])
@pytest.mark.parametrize("dots", [(), (0.4, 0.5, 0.9)])
@pytest.mark.parametrize("names", ["a", "abc", ["proliferative retinopathy", "A" * 45, r"$\x$", ""]])
def test_no_text_is_cut_off_or_covered_and_bars_do_not_overlap(
    names: list[str], dots: tuple[float, ...], shown: int
) -> None:
    counts = {name: 5000 - 100 * place for place, name in enumerate(names)}
    bar = Bar(0.6, (0.4, 0.8) if dots else None, dots)
    chart = f1_by_class(
        counts, {f"method {number}": [bar] * len(names) for number in range(shown)}, average=0.3, note="n" * 40
    )
    assert_no_text_is_cut_off_or_covered(chart)
    lefts, widths = numbers(chart, "rect", "x", "bar"), numbers(chart, "rect", "width", "bar")
    edges = sorted(zip(lefts, widths, strict=True))
    assert len(edges) == shown * len(counts)
    assert all(left + width < following for (left, width), (following, _) in pairwise(edges))
    assert len(texts(chart, "value")) == (shown * len(counts) if shown <= 3 else 0)
    assert len(elements(chart, "circle", "seed")) == shown * len(counts) * len(dots)


def test_class_that_nobody_could_score_has_no_bar() -> None:
    chart = f1_by_class({"a": 9, "b": 5}, {"A": [Bar(float("nan")), Bar(0.5)]})
    assert len(elements(chart, "rect", "bar")) == 1
    assert "nan" not in chart.drawn
    assert "a –; b 0.50" in chart.description


def test_names_that_are_markup_are_text() -> None:
    chart = f1_by_class({"<b>&": 5}, {"<script>": [Bar(0.5, hint="<i>")]})
    assert texts(chart, "name") == ["<b>&"]
    assert "<script>" not in chart.svg
    assert "<i>" not in chart.svg


@pytest.mark.parametrize("key", ["class_names", "per_class", "train_counts"])
def test_metrics_without_their_numbers_are_refused(metrics: dict[str, Any], key: str) -> None:
    del metrics[key]
    with pytest.raises(ValueError, match=rf"have no `{key}`: received .*evaluate the run again"):
        f1_of_runs({"run": metrics})
