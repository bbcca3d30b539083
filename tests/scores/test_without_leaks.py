"""A run's score without the images that leak."""

import json

import numpy as np
import pandas as pd
import pytest

from conbal_tf.metrics.classification import summarise
from conbal_tf.scores.without_leaks import WithoutLeaks, score_without_leaks

NAMES = ("a", "b")


def run(rows: list[tuple[str, str, str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns predictions and protocol of rows of (part, group, label, predicted)."""
    table = pd.DataFrame(rows, columns=["part", "group", "label", "predicted"])
    table["id"] = [f"i{number}" for number in range(len(table))]
    return table[table["part"] != "train"], table[["id", "part", "group"]]


# Of `a` two images of four leak, both right; of `b` one of two.
ROWS = [
    ("train", "g1", "a", ""), ("train", "g2", "b", ""), ("validation", "g3", "a", "b"),
    ("test", "g1", "a", "a"), ("test", "g3", "a", "a"), ("test", "g4", "a", "a"), ("test", "g5", "a", "b"),
    ("test", "g2", "b", "b"), ("test", "g6", "b", "b"),
]  # fmt: skip


def test_scores_by_hand() -> None:
    scores = score_without_leaks(*run(ROWS), NAMES)
    assert (scores.leaks.leaking, scores.leaks.tested) == ({"a": 2, "b": 1}, {"a": 4, "b": 2})
    assert scores.everything["accuracy"] == 5 / 6
    assert scores.clean["accuracy"] == 2 / 3
    # Recalls of the clean images, weighted 4 to 2: .5 * 4 + 1 * 2 of 6.
    assert scores.same_mix["accuracy"] == pytest.approx(4 / 6)
    # a: 2 right, 4 true, 2 predicted; b: 2 right, 2 true, 4 predicted.
    assert scores.same_mix["macro_f1"] == pytest.approx(4 / 6)
    assert scores.flattery["balanced_accuracy"] == pytest.approx((0.75 + 1) / 2 - (0.5 + 1) / 2)


def test_leaks_that_are_answered_as_well_as_the_rest_flatter_nothing() -> None:
    rows = [("train", "leak", "a", ""), ("train", "leak", "b", "")]
    for label, wrong, times in (("a", "b", 6), ("b", "a", 2)):
        # Twice as many leaking images of a as of b, so the mix changes; half of all are right.
        rows += [("test", "leak", label, guess) for guess in (label, wrong)] * times
        rows += [("test", f"{label}{guess}", label, guess) for guess in (label, wrong)] * 3
    scores = score_without_leaks(*run(rows), NAMES)
    assert scores.flattery == pytest.approx({"accuracy": 0, "macro_f1": 0, "balanced_accuracy": 0})
    assert scores.clean["macro_f1"] != pytest.approx(scores.everything["macro_f1"])


def test_without_leaks_all_figures_are_those_of_the_whole_test_part() -> None:
    random = np.random.default_rng(0)
    labels, guesses = random.choice(NAMES, 50), random.choice(NAMES, 50)
    rows = [
        ("test", f"g{number}", label, guess) for number, (label, guess) in enumerate(zip(labels, guesses, strict=True))
    ]
    scores = score_without_leaks(*run([*rows, ("train", "t", "a", "")]), NAMES)
    assert scores.leaks.share == 0
    expected = summarise([NAMES.index(name) for name in labels], [NAMES.index(name) for name in guesses], NAMES)
    assert scores.clean == scores.everything == expected
    assert scores.flattery == pytest.approx({"accuracy": 0, "macro_f1": 0, "balanced_accuracy": 0})


def test_class_whose_images_all_leak_is_named() -> None:
    rows = [row for row in ROWS if row[1] != "g6"]
    with pytest.raises(ValueError, match=r"All test images of b leak.*--protocol grouped"):
        score_without_leaks(*run(rows), NAMES)


def test_files_of_two_runs_are_refused() -> None:
    predictions, protocol = run(ROWS)
    with pytest.raises(ValueError, match=r"scores 5 test images and protocol.csv names 6, not the same"):
        score_without_leaks(predictions.iloc[:-1], protocol, NAMES)


def of_groups(times: int, size: int) -> WithoutLeaks:
    """Scores groups of so many equal images of each class; leaking ones are all right, of the others two in three."""
    rows = []
    for number in range(times):
        for label, other in (("a", "b"), ("b", "a")):
            honest = ("test", f"honest {label}{number}", label, other if number % 3 == 0 else label)
            leaking = ("test", f"leak {label}{number}", label, label)
            rows += [("train", leaking[1], label, ""), *[honest, leaking] * size]
    return score_without_leaks(*run(rows), NAMES)


def test_interval_of_what_leaks_add_holds_it_and_narrows_with_more_groups() -> None:
    few, many, grouped = of_groups(21, 1), of_groups(189, 1), of_groups(21, 9)
    widths = []
    for scores in (few, many, grouped):
        low, high = scores.as_dict()["flattery_interval"]["accuracy"]
        assert scores.flattery["accuracy"] == pytest.approx(1 / 6)
        assert 0 < low < 1 / 6 < high
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0] / 3, rel=0.1)
    # Nine copies of each image tell nothing new.
    assert widths[2] == pytest.approx(widths[0], rel=0.02)


def test_resamples_without_the_only_honest_image_of_a_class_say_nothing() -> None:
    scores = score_without_leaks(*run(ROWS), NAMES)
    assert np.isnan(scores.raised["accuracy"].resampled).any()
    assert not np.isnan(scores.raised["accuracy"].point)
    json.dumps(scores.as_dict(), allow_nan=False)
