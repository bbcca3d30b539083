"""Columns on the terminal, whatever stands in them: by themselves, and in every table that is printed."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.comparison.table import paired_table
from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.calibration_table import calibration_table
from conbal_tf.reporting.columns import LEAST_NAME, MAX_WIDTH, figure, in_columns
from conbal_tf.reporting.leak_table import leak_table
from conbal_tf.reporting.table import metrics_table
from tests.reporting.found import entry, methods, models

WORD = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=14)
NUMBERS = {"small": 0.5, "of a log loss": 24.0292, "huge": 123456789012.3456, "below 0": -98765.4321}
NONE = {"missing": None, "not a number": math.nan, "infinite": math.inf}
LONG = "a lesion with a name that is far too long for any table that anybody would like to read"


def cells(line: str) -> list[str]:
    """Returns what stands in a line, as a reader tells it apart: by two blanks or more."""
    return re.split(r" {2,}", line.strip())


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(WORD, min_size=n + 1, max_size=n + 1), min_size=1)))
def test_cells_are_told_apart_by_two_blanks_and_end_below_one_another(rows: list[list[str]]) -> None:
    lines = in_columns(rows).splitlines()
    for row, line in zip(rows, lines, strict=True):
        name, *figures = cells(line)
        assert figures == row[1:]
        assert name == row[0] or (name.endswith("…") and row[0].startswith(name[:-1]) and len(name) >= LEAST_NAME)
    assert len({len(line) for line in lines}) == 1


@given(st.lists(WORD, min_size=2, max_size=6), st.text("x", min_size=80, max_size=200))
def test_name_is_cut_and_no_figure_where_a_line_is_too_long(row: list[str], name: str) -> None:
    line = in_columns([[name, *row]])
    assert cells(line)[1:] == row
    assert len(line) <= max(MAX_WIDTH, LEAST_NAME + sum(2 + len(cell) for cell in row))


def test_name_reaches_into_empty_cells_beside_it() -> None:
    lines = in_columns([["a", "1", "2"], None, ["a long name", "", "3"], ["b", "x" * 85, "4"]]).splitlines()
    assert lines[2].startswith("a long name ") and lines[1] == "-" * len(lines[0])
    assert lines[0].index("2") == lines[2].index("3") == lines[3].index("4")


def results(value: float | None) -> str:
    scores = {"precision": value, "recall": value, "f1": value, "specificity": value, "auc": value, "support": 10**9}
    both = {"bca": [value, value]}
    return metrics_table({
        "part": "validation", **{key: value for key in OVERALL}, "class_names": [LONG, "b"],
        "per_class": {LONG: scores, "b": scores}, "train_counts": {LONG: 10**10, "b": 1},
        "intervals": {"overall": dict.fromkeys(OVERALL, both), "per_class": {"b": {"f1": both}}},
    })  # fmt: skip


def of_pairs(found: dict[str, Any], value: float | None) -> str:
    known = value is not None and math.isfinite(value)
    more = {"deviation_a": value, "deviation_b": value} if found["question"] == "methods" and known else {}
    unlike = {**entry(0.0, 0.0), **more, "a": value, "b": value, "difference": value, "interval": [value, value]}
    found["overall"] = dict.fromkeys(found["overall"], unlike)
    found["per_class"] = {LONG: {"support": 1, "recall": unlike, "f1": unlike}}
    return paired_table(found)


def of_leaks(value: float | None) -> str:
    per_class = {LONG: {"recall": 0.5, "support": 10**9}}
    scores = dict.fromkeys(("accuracy", "macro_f1", "balanced_accuracy"), value)
    part = {**scores, "per_class": per_class, "class_names": [LONG]}
    ends = {key: [value, value] for key in scores}
    return leak_table({
        "all": part, "without_leaks": part, "same_class_mix": scores, "flattery": scores, "flattery_interval": ends,
        "recall_interval": {LONG: [value, value]},
    })  # fmt: skip


def of_calibration(value: float | None) -> str:
    scores = dict.fromkeys(("ece", "log_loss", "accuracy"), value)
    states = dict.fromkeys(("before", "temperature", "after"), scores)
    fitted = {"temperature": 1.0, "prior_strength": 0.5, "fitted_on_training": False}
    return calibration_table({**fitted, "test": states}).partition("\n\n")[2]


TABLES: dict[str, Callable[[float | None], str]] = {
    "results": results,
    "models": lambda value: of_pairs(models(), value),
    "methods": lambda value: of_pairs(methods(), value),
    "leaks": of_leaks,
    "calibration": of_calibration,
}


@pytest.mark.parametrize("value", [*NUMBERS.values(), *NONE.values()], ids=[*NUMBERS, *NONE])
@pytest.mark.parametrize("table", TABLES)
def test_every_table_keeps_its_figures_apart_and_whole(table: str, value: float | None) -> None:
    lines = [line for line in TABLES[table](value).splitlines() if not line.startswith("--")]
    shown = figure(value)
    for line in lines[1:]:
        of_line = cells(line)[1:]
        # Nothing but whole figures stands in a cell: none has run into its neighbour.
        assert all(re.fullmatch(r"-|[AB]|[<+-]?[\d.,]+(-[\d.-]+| (to|of|±).+| \(.*\))?", cell) for cell in of_line), (
            line
        )
        assert any(shown.lstrip("-") in cell for cell in of_line) or (
            LONG[:8] in line and value not in NUMBERS.values()
        )


def test_table_of_large_losses_is_read_as_it_is_meant() -> None:
    line = next(line for line in results(24.0292).splitlines() if line.startswith("log loss"))
    assert cells(line) == ["log loss", "24.029", "24.029-24.029"]
