"""metrics.json from predictions.csv."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conbal_tf.evaluation.prediction_table import answers_of, read_predictions
from conbal_tf.evaluation.scores import Aim, aims_of, score
from conbal_tf.metrics.measures import OVERALL, PER_CLASS

COUNTS = {"big": 800, "mid": 200, "NA": 20}


def predictions(n: int = 60, seed: int = 0) -> pd.DataFrame:
    """Returns predictions.csv of two parts of n images each, two of a group; one class is called NA."""
    random = np.random.default_rng(seed)
    tables = []
    for part in ("validation", "test"):
        labels = random.integers(0, 3, n)
        scores = np.exp(random.normal(size=(n, 3)) + 2 * np.eye(3)[labels])
        table = pd.DataFrame(scores / scores.sum(axis=1, keepdims=True), columns=[f"p_{name}" for name in COUNTS])
        names = np.array(list(COUNTS))
        facts = {
            "id": [f"{part}{i:03}" for i in range(n)],
            "part": part,
            "group": [f"{part}{i // 2:03}" for i in range(n)],
            "label": names[labels],
            "predicted": names[scores.argmax(axis=1)],
        }
        tables.append(pd.concat([pd.DataFrame(facts), table], axis=1))
    return pd.concat(tables)


def test_every_metric_has_a_figure_and_both_intervals_ready_for_json() -> None:
    metrics = json.loads(json.dumps(score(predictions(), COUNTS, [Aim(("NA",))], resamples=50), allow_nan=False))
    assert set(OVERALL) <= set(metrics) and set(OVERALL) <= set(metrics["validation"])
    intervals = metrics["intervals"]
    assert set(intervals["overall"]) == set(OVERALL)
    for name in COUNTS:
        assert set(PER_CLASS) | {"support"} == set(metrics["per_class"][name])
        assert set(intervals["per_class"][name]) == set(PER_CLASS)
        low, high = intervals["per_class"][name]["recall"]["percentile"]
        assert low <= metrics["per_class"][name]["recall"] <= high
    f1s = {name: metrics["per_class"][name]["f1"] for name in COUNTS}
    assert (metrics["major_f1"], metrics["middle_f1"], metrics["minor_f1"]) == pytest.approx(tuple(f1s.values()))
    assert list(metrics["train_counts"].items()) == list(COUNTS.items())
    assert metrics["validation"]["accuracy"] != metrics["accuracy"]


def test_threshold_comes_from_validation_and_is_applied_to_test() -> None:
    table = predictions()
    (point,) = score(table, COUNTS, [Aim(("mid", "NA"), 0.8)], resamples=50)["operating_points"]
    table["score"] = table["p_mid"] + table["p_NA"]
    validation, test = (table[table["part"] == part] for part in ("validation", "test"))
    negatives = validation[validation["label"] == "big"]
    assert (negatives["score"] < point["threshold"]).mean() >= 0.8
    sick = test["label"] != "big"
    assert point["sensitivity"] == pytest.approx((test["score"] >= point["threshold"])[sick].mean())
    assert point["achieved_specificity"] == pytest.approx((test["score"] < point["threshold"])[~sick].mean())
    assert (point["positive"], point["chosen_on"]) == (["mid", "NA"], "validation")


def test_known_data_sets_have_their_aim_and_others_none() -> None:
    grades = ("no_dr", "mild", "moderate", "severe", "proliferative")
    assert aims_of("aptos", grades, ("train",)) == [Aim(("moderate", "severe", "proliferative"))]
    assert aims_of("isic2018", ("MEL", "NV"), ("train", "validation"))[0].trained_on_validation
    assert aims_of("folder", ("a", "b"), ("train",)) == []
    assert aims_of("folder", ("a", "b"), ("train",), ["b"], 0.8) == [Aim(("b",), 0.8)]


@pytest.mark.parametrize(
    ("positive", "specificity", "message"),
    [
        (["c"], 0.9, r"--positive names 'c'\. Allowed are some of a, b, but not all"),
        (["a", "b"], 0.9, r"--positive names every class"),
        (["a"], 0.0, r"--specificity is 0\.0\. Allowed is a share above 0"),
        ([], 90.0, r"--specificity is 90"),
    ],
)
def test_aims_that_are_none_are_refused(positive: list[str], specificity: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        aims_of("folder", ("a", "b"), ("train",), positive, specificity)


def test_file_gives_the_same_figures_as_the_table(tmp_path: Path) -> None:
    table = predictions()
    table.to_csv(tmp_path / "predictions.csv", index=False)
    again = read_predictions(tmp_path)
    assert again["id"].tolist() == table["id"].tolist() and "NA" in set(again["label"])
    assert score(again, COUNTS, [], resamples=20) == score(table, COUNTS, [], resamples=20)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", r"cannot be read as a table"),
        (lambda text: text.replace("group", "lesion", 1), r"has no column group: received id, part, lesion"),
        (lambda text: text.replace("p_mid", "p_middle", 1), r"received 'p_mid' in part test"),
        (lambda text: text.replace(",big,", ",huge,", 200), r"received 'huge' in part"),
        (lambda text: text.replace("test,", "tested,"), r"received no row in part test"),
        (lambda text: text.replace(",0.", ",x.", 1), r"holds a probability that is no number"),
        (lambda text: text.replace(",0.", ",4.", 1), r"is no distribution over classes"),
    ],
)
def test_broken_file_is_one_clear_error(tmp_path: Path, spoil, message: str) -> None:  # type: ignore[no-untyped-def]
    text = predictions().to_csv(index=False)
    (tmp_path / "predictions.csv").write_text(spoil(text))
    with pytest.raises(ValueError, match=message):
        score(read_predictions(tmp_path), COUNTS, [], resamples=5)


def test_classes_in_the_order_of_the_run() -> None:
    answers = answers_of(predictions(), "test", COUNTS)
    assert answers.class_names == tuple(COUNTS)
    assert answers.class_groups == (("big",), ("mid",), ("NA",))
