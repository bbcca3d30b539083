"""Tests of the drawing of confusion matrices."""

from typing import Any

import numpy as np
import pytest

from conbal_tf.reporting.charts.confusion_matrix import INK, RIGHT, confusion_matrix, confusion_of, is_light, mixed
from tests.reporting.charts.drawings import assert_no_text_is_cut_off_or_covered, elements, texts

LONG = ["proliferative diabetic retinopathy", "a keratosis that is benign and seborrhoeic", "A" * 45, r"$\x$", ""]


def test_classes_stand_most_frequent_first_and_each_cell_has_its_count_and_share(metrics: dict[str, Any]) -> None:
    chart = confusion_of(metrics, metrics["confusion_matrix"], "Test part")
    names = texts(chart, "name")
    assert names == ["nevus", "nevus", "melanoma", "melanoma", "dermatofibroma", "dermatofibroma"]
    assert texts(chart, "count") == ["1,911", "100", "0", "250", "84", "0", "34", "0", "0"]
    assert texts(chart, "part") == ["95\u202f%", "5\u202f%", "75\u202f%", "25\u202f%", "100\u202f%"]
    assert [cell.get("fill") for cell in elements(chart, "rect", "cell")][2] == "#ffffff"
    assert "melanoma taken for nevus: 250 of 334 (75\u202f%)" in texts_of_hints(chart)


def texts_of_hints(chart: Any) -> list[str]:
    return ["".join(one.itertext()) for one in elements(chart, "rect", "cell")]


@pytest.mark.parametrize("names", [["a", "b"], LONG, [f"class {number} of a rare kind" for number in range(30)]])
def test_names_of_any_length_are_drawn_whole(names: list[str]) -> None:
    counts = np.full((len(names), len(names)), 1234)
    assert_no_text_is_cut_off_or_covered(confusion_matrix(names, counts, "title"))


def test_of_many_classes_zeros_are_left_out() -> None:
    chart = confusion_matrix([str(number) for number in range(40)], 7 * np.eye(40, dtype=int), "title")
    assert len(elements(chart, "rect", "cell")) == 40
    assert texts(chart, "part") == ["7"] * 40


def test_class_without_images_is_white() -> None:
    chart = confusion_matrix(["a", "b"], np.array([[3, 1], [0, 0]]), "title")
    assert [cell.get("fill") for cell in elements(chart, "rect", "cell")][2:] == ["#ffffff", "#ffffff"]
    assert texts(chart, "part") == ["75\u202f%", "25\u202f%"]


@pytest.mark.parametrize("ink", [INK, RIGHT])
def test_counts_can_be_read_on_every_shade(ink: tuple[int, int, int]) -> None:
    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    for part in np.linspace(0, 1, 101):
        ground = mixed(float(part), ink)
        dark, light = sorted((luminance(ground), 0.0 if is_light(ground) else 1.0))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("matrix", [None, [], [[1, 0], [0, 1]]])
def test_metrics_without_the_matrix_of_their_classes_are_refused(metrics: dict[str, Any], matrix: Any) -> None:
    with pytest.raises(ValueError, match=r"no confusion matrix of their classes.*3 names.*evaluate the run again"):
        confusion_of(metrics, matrix, "Test part")
