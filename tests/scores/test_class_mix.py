"""Intervals that hold the mix of classes fixed, and intervals that let it vary."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.comparison.seeds import difference_of_methods
from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import bootstrap, resampled
from conbal_tf.metrics.measures import measure
from conbal_tf.metrics.resampling import FIXED, VARIED, strata_of
from conbal_tf.settings import choices
from tests.metrics.made_answers import made_answers

RESULTS = Path(__file__).parents[2] / "docs" / "results"
GRADED = RESULTS / "reproduce" / "aptos_small" / "paper-cross_entropy-original-seed0" / "metrics.json"
# What a resample without any image of a class says nothing of.
OF_DRAWN = ("precision", "recall", "f1", "auc", "average_precision")


def drawn(labels: np.ndarray, class_mix: str, groups: np.ndarray | None = None) -> np.ndarray:
    """Returns how often each image is drawn [(resamples, n)]."""
    groups = np.arange(len(labels)).astype(str) if groups is None else groups
    return resampled(lambda weights: {"w": weights}, groups, strata_of(labels, class_mix), resamples=200)["w"]


def test_names_are_those_of_the_settings() -> None:
    assert choices.names(choices.ClassMix) == (FIXED, VARIED)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=30))
def test_mix_is_that_of_the_images_or_varies_around_it(labels: list[int]) -> None:
    members = np.eye(4)[labels]
    fixed, varied = (drawn(np.array(labels), mix) @ members for mix in (FIXED, VARIED))
    assert (fixed == members.sum(axis=0)).all()
    assert (varied.sum(axis=1) == len(labels)).all()
    if len(set(labels)) > 1:
        assert (varied != varied[0]).any()
        # Of 200 draws of up to 30 images, the mean of a count is within 5 of its standard errors.
        share = members.mean(axis=0)
        error = np.sqrt(len(labels) * share * (1 - share) / 200)
        assert (np.abs(varied.mean(axis=0) - members.sum(axis=0)) <= 5 * error + 1e-9).all()


def test_groups_are_drawn_whole_where_the_mix_varies_too() -> None:
    weights = drawn(np.array([0, 0, 1, 1, 2, 0]), VARIED, np.array(list("xxyyzz")))
    assert (weights[:, ::2] == weights[:, 1::2]).all() and (weights[:, ::2].sum(axis=1) == 3).all()


def test_resample_without_a_class_says_nothing_of_it_and_its_means_are_over_the_others() -> None:
    answers = made_answers(60, 4, 0)
    weights = np.stack([np.ones(60), answers.labels != 2, np.isin(answers.labels, (0, 3))]).astype(int)
    measured = measure(answers, weights)
    for name in OF_DRAWN:
        assert np.isnan(measured[name]).tolist() == [
            [False] * 4,
            [False, False, True, False],
            [False, True, True, False],
        ]
    for row in (1, 2):
        there = sorted(set(answers.labels[weights[row] > 0]))
        for name, mean in (("f1", "macro_f1"), ("recall", "balanced_accuracy"), ("auc", "macro_auc")):
            assert measured[mean][row] == pytest.approx(measured[name][row, there].mean())
    grouped = replace(answers, class_groups=(("class 0", "class 2"), ("class 2",), ("class 1", "class 3")))
    means = measure(grouped, weights)
    assert means["major_f1"][1] == pytest.approx(measured["f1"][1, 0]) and np.isnan(means["middle_f1"][1])


def test_class_without_any_image_counts_0_in_every_resample() -> None:
    answers = made_answers(40, 3, 0)
    kept = answers.labels != 1
    lacking = replace(
        answers, labels=answers.labels[kept], probabilities=answers.probabilities[kept], groups=answers.groups[kept]
    )
    measured = measure(lacking, np.ones((1, kept.sum())))
    assert measured["f1"][0, 1] == 0 and measured["macro_f1"][0] == pytest.approx(measured["f1"][0].sum() / 3)


def test_rare_class_has_an_interval_of_the_resamples_that_hold_it() -> None:
    labels = np.array([0] * 30 + [1] * 2)
    answers = Answers(labels, np.eye(2)[[0] * 28 + [1] * 3 + [0]] * 0.8 + 0.1, ("a", "b"), np.arange(32).astype(str))
    found = bootstrap(partial(measure, answers), answers.groups, strata_of(labels, VARIED), resamples=500)
    without = np.isnan(found["recall"].resampled[:, 1])
    assert 0.05 < without.mean() < 0.25  # (30 / 32) ** 32 = .13
    assert not np.isnan(found["macro_f1"].resampled).any()
    assert found["recall"].percentile()[:, 1].tolist() == [0, 1]
    assert not np.isnan([*found["macro_f1"].bca(), *found["accuracy"].bca()]).any()


def test_variance_of_methods_is_that_of_the_resamples_in_which_a_metric_is_known() -> None:
    random = np.random.default_rng(0)
    a, b = random.random((3, 2)), random.random((2, 2))
    moved_a, moved_b = a + random.normal(0, 0.1, (80, 3, 2)), b + random.normal(0, 0.1, (80, 2, 2))
    moved_a[:, :, 0] += (shared := random.normal(0, 0.2, (80, 1)))
    unknown = random.random(80) < 0.3
    holed_a, holed_b = moved_a.copy(), moved_b.copy()
    holed_a[unknown, :, 0] = holed_b[unknown, :, 0] = np.nan
    found = difference_of_methods(a, b, holed_a, holed_b, np.array(50))
    expected = difference_of_methods(a, b, moved_a[~unknown], moved_b[~unknown], np.array(50))
    whole = difference_of_methods(a, b, moved_a, moved_b, np.array(50))
    assert shared.any() and found.interval[:, 0] == pytest.approx(expected.interval[:, 0])
    assert found.interval[:, 1] == pytest.approx(whole.interval[:, 1])


def width_of_fixed(shares: np.ndarray, recalls: np.ndarray) -> float:
    """Returns how wide an interval of accuracy at a fixed mix is, as a share of one at a mix that varies."""
    accuracy = shares @ recalls
    return float(np.sqrt(shares @ (recalls * (1 - recalls)) / (accuracy * (1 - accuracy))))


def of_run(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Returns the share of each class in a run's test part, and its recall."""
    counts = np.array(json.loads(path.read_text(encoding="utf-8"))["confusion_matrix"], float)
    return counts.sum(axis=1) / counts.sum(), np.diag(counts) / counts.sum(axis=1)


def test_widths_are_those_that_the_docs_tell() -> None:
    widths = [width_of_fixed(*of_run(path)) for path in sorted(RESULTS.rglob("metrics.json"))]
    told = [round(width, 2) for width in (min(widths), float(np.median(widths)), max(widths))]
    assert told == [0.49, 0.88, 0.99]
    assert round(width_of_fixed(*of_run(GRADED)), 2) == 0.6
    # They are those of the bootstrap.
    shares, recalls = of_run(GRADED)
    labels = np.random.default_rng(0).choice(len(shares), 4000, p=shares)
    right = (np.random.default_rng(1).random(4000) < recalls[labels]).astype(float)
    deviations = [(drawn(labels, mix) @ right / 4000).std() for mix in (FIXED, VARIED)]
    assert deviations[0] / deviations[1] == pytest.approx(0.6, abs=0.1)


@pytest.mark.slow
def test_accuracy_of_images_as_they_come_is_covered_where_the_mix_varies_and_not_where_it_is_fixed() -> None:
    shares, recalls = of_run(GRADED)
    trials, covered = 400, {FIXED: 0, VARIED: 0}
    for trial in range(trials):
        random = np.random.default_rng(10_000 + trial)  # not the bootstrap's draws
        labels = random.choice(len(shares), 600, p=shares)
        right = (random.random(600) < recalls[labels]).astype(float)

        def accuracy(weights: np.ndarray, right: np.ndarray = right) -> dict[str, np.ndarray]:
            return {"accuracy": weights @ right / weights.sum(axis=1)}

        for mix in covered:
            found = bootstrap(accuracy, np.arange(600).astype(str), strata_of(labels, mix), seed=trial)
            low, high = found["accuracy"].bca()
            covered[mix] += low <= shares @ recalls <= high
    told = {mix: count / trials for mix, count in covered.items()}
    # A share of 400 varies by .011, or by .021 where it is .77.
    assert 0.915 <= told[VARIED] <= 0.98, told
    assert 0.68 <= told[FIXED] <= 0.82, told
