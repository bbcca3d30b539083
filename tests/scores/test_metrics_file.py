"""metrics.json from predictions.csv."""

import json
from pathlib import Path

import pytest

from conbal_tf.metrics.measures import OVERALL, PER_CLASS
from conbal_tf.scores import metrics_file
from conbal_tf.scores.aims import Aim, aims_of
from conbal_tf.scores.metrics_file import score, score_run
from tests.scores.made_predictions import COUNTS, predictions, write_predictions


def test_every_metric_has_a_figure_and_both_intervals_ready_for_json() -> None:
    scored = score(predictions(), COUNTS, [Aim(("NA",))], ordered=True, resamples=50)
    metrics = json.loads(json.dumps(scored, allow_nan=False))
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


def test_intervals_say_whether_the_mix_of_classes_was_held_fixed() -> None:
    fixed, varied = (
        score(predictions(), COUNTS, [Aim(("NA",))], class_mix=mix, resamples=80) for mix in ("fixed", "varied")
    )
    assert (fixed["intervals"]["stratified"], varied["intervals"]["stratified"]) == (True, False)
    json.dumps(varied, allow_nan=False)
    # Figures are those of the images, whatever is drawn of them.
    assert {**fixed, "intervals": None} == {**varied, "intervals": None}
    assert fixed["intervals"]["overall"]["accuracy"] != varied["intervals"]["overall"]["accuracy"]


def test_kappa_of_classes_without_a_known_order_is_nowhere() -> None:
    assert "kappa" in json.dumps(score(predictions(), COUNTS, [], ordered=True, resamples=5))
    assert "kappa" not in json.dumps(score(predictions(), COUNTS, [], resamples=5))


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


def test_validation_has_its_own_rates_at_the_same_threshold() -> None:
    table = predictions()
    metrics = score(table, COUNTS, [Aim(("NA",), 0.8, trained_on_validation=True)], resamples=20)
    (of_test,), (of_validation,) = metrics["operating_points"], metrics["validation"]["operating_points"]
    assert of_validation["threshold"] == of_test["threshold"]
    assert of_validation["achieved_specificity"] >= 0.8 and of_test["trained_on"]
    validation = table[table["part"] == "validation"]
    found = validation.loc[validation["label"] == "NA", "p_NA"] >= of_test["threshold"]
    assert of_validation["sensitivity"] == pytest.approx(found.mean())


def test_threshold_is_chosen_on_test_where_validation_has_no_other_class() -> None:
    table = predictions()
    table = table[(table["part"] == "test") | (table["label"] == "NA")]
    metrics = score(table, COUNTS, [Aim(("NA",), 0.8, trained_on_validation=True)], resamples=20)
    (point,) = metrics["operating_points"]
    assert (point["chosen_on"], point["trained_on"]) == ("test", False)
    assert point["achieved_specificity"] >= 0.8
    assert metrics["validation"]["operating_points"][0]["achieved_specificity"] is None
    json.dumps(metrics, allow_nan=False)
    with pytest.raises(ValueError, match="no threshold for NA: neither validation nor test has an image of another"):
        score(table[table["label"] == "NA"], COUNTS, [Aim(("NA",))], resamples=20)


def test_positives_may_be_named_with_commas_and_a_name_may_hold_one() -> None:
    assert aims_of("csv", ("a", "b", "c"), (), ["a,b"])[0].positive == ("a", "b")
    assert aims_of("csv", ("a,b", "b", "c"), (), ["a,b", "c"])[0].positive == ("a,b", "c")


def test_metrics_of_a_run_are_those_of_its_table_and_appear_when_they_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_predictions(tmp_path, predictions())
    (tmp_path / "metrics.json").write_text("before")
    with monkeypatch.context() as broken, pytest.raises(ValueError, match="JSON"):
        broken.setattr(metrics_file, "score", lambda *_, **__: {"accuracy": float("nan")})
        score_run(tmp_path, COUNTS, [], ordered=True)
    assert (tmp_path / "metrics.json").read_text() == "before"
    metrics = score_run(tmp_path, COUNTS, [], ordered=True)
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    assert {path.name for path in tmp_path.iterdir()} == {"metrics.json", "predictions.csv", "protocol.csv"}


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
