"""The table of a comparison."""

import pytest

from conbal_tf.comparison.table import paired_table
from tests.reporting.found import entry, methods, models


def test_line_of_models_by_hand() -> None:
    lines = paired_table(models()).splitlines()
    assert lines[0].split() == ["A", "B", "B", "-", "A", "95", "%", "interval", "p", "Holm", "p", "better"]
    assert " ".join(lines[2].split()) == "accuracy 0.700 0.750 +0.050 +0.040 to +0.060 0.001 0.002 B"
    # Lower is better, and the column says who is.
    assert next(line for line in lines if line.startswith("log loss")).split()[-1] == "B"
    assert " ".join(lines[3].split()) == "macro F1 0.500 0.501 +0.001 -0.009 to +0.011 0.300 0.600"


def test_line_of_methods_has_deviations_over_seeds() -> None:
    lines = paired_table(methods()).splitlines()
    assert " ".join(lines[2].split()) == "accuracy 0.700 ±0.004 0.750 ±0.012 +0.050 +0.040 to +0.060 0.001 0.002 B"


def test_classes_stand_most_frequent_first() -> None:
    lines = paired_table(models()).splitlines()
    assert [line.split("  ")[0] for line in lines[-4:]] == [
        "recall of common", "F1 of common", "recall of rare", "F1 of rare",
    ]  # fmt: skip
    assert lines[-2].split()[-1] == "A"


@pytest.mark.parametrize("found", [models(), methods()])
def test_no_line_is_wider_than_a_terminal_whatever_classes_are_called(found: dict) -> None:
    found["per_class"]["x" * 90] = found["per_class"].pop("rare")
    lines = paired_table(found).splitlines()
    assert max(map(len, lines)) <= 100
    assert "…" in lines[-1]


def test_what_is_not_known_is_a_dash() -> None:
    unknown = {**entry(1.0, 0.0), "interval": [None, None], "p": None, "p_holm": None}
    found = models()
    found["per_class"]["rare"]["recall"] = unknown
    line = paired_table(found).splitlines()[-2]
    assert " ".join(line.split()) == "recall of rare 1.000 0.000 -1.000 - - -"
