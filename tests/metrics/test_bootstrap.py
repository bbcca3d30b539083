"""Intervals: against SciPy's, and by coverage."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pytest
from scipy import stats

from conbal_tf.metrics import resampling
from conbal_tf.metrics.bootstrap import Distribution, Measures, bootstrap
from conbal_tf.metrics.measures import OVERALL, PER_CLASS, measure
from tests.metrics.made_answers import made_answers


def mean_of(values: np.ndarray) -> Measures:
    """Returns the measure that is the weighted mean of values [(n,)]."""
    return lambda weights: {"mean": weights @ values / weights.sum(axis=1)}


def test_equal_seeds_draw_equally_and_blocks_leave_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    values, groups, labels = np.arange(30.0), np.array([f"g{i}" for i in range(30)]), np.zeros(30, int)
    first = bootstrap(mean_of(values), groups, labels, resamples=101)["mean"]
    again = bootstrap(mean_of(values), groups, labels, resamples=101)["mean"]
    other = bootstrap(mean_of(values), groups, labels, resamples=101, seed=1)["mean"]
    assert (first.resampled == again.resampled).all() and (first.resampled != other.resampled).any()
    monkeypatch.setattr(resampling, "WEIGHTS_AT_ONCE", 30 * 7)
    blocks = bootstrap(mean_of(values), groups, labels, resamples=101)["mean"]
    assert blocks.resampled.shape == (101,) and len(np.unique(blocks.resampled)) > 80
    assert blocks.left_out == pytest.approx([(values.sum() - value) / 29 for value in values[np.argsort(groups)]])


def test_acceleration_by_class_is_that_of_scipys_two_samples() -> None:
    samples = [np.random.default_rng(6).exponential(size=size) for size in (12, 30)]
    data, labels = np.concatenate(samples), np.repeat([0, 1], [12, 30])

    def difference(weights: np.ndarray) -> Mapping[str, np.ndarray]:
        means = [weights[:, labels == c] @ data[labels == c] / weights[:, labels == c].sum(axis=1) for c in (0, 1)]
        return {"difference": means[0] - means[1]}

    ours = bootstrap(difference, np.array([f"{i:02}" for i in range(42)]), labels, resamples=999)["difference"]

    def statistic(one: np.ndarray, other: np.ndarray, axis: int) -> np.ndarray:
        return one.mean(axis=axis) - other.mean(axis=axis)

    result = stats.bootstrap(samples, statistic, n_resamples=9)
    result.bootstrap_distribution = ours.resampled
    expected = stats.bootstrap(samples, statistic, n_resamples=0, bootstrap_result=result).confidence_interval
    assert ours.bca() == pytest.approx([expected.low, expected.high], rel=1e-12)


def test_resamples_in_which_a_metric_is_undefined_do_not_count() -> None:
    values = np.random.default_rng(0).normal(size=200)
    holes = np.where(np.arange(400) % 2, np.repeat(values, 2), np.nan)
    left_out = values[:20]
    full, holed = (Distribution(np.array(0.1), drawn, left_out) for drawn in (values, holes))
    assert holed.percentile() == pytest.approx(full.percentile())
    assert holed.bca() == pytest.approx(full.bca())
    undefined = Distribution(np.array(np.nan), values, left_out)
    assert np.isnan([*undefined.percentile(), *undefined.bca()]).all()


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_are_scipys_without_groups_and_strata(method: str) -> None:
    values = np.random.default_rng(3).exponential(size=40)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20000, method=method, rng=np.random.default_rng(4), vectorized=True
    ).confidence_interval
    ours = bootstrap(mean_of(values), np.array([f"{i}" for i in range(40)]), np.zeros(40, int), resamples=20000)["mean"]
    ends = getattr(ours, method)()
    # Both are random: to a twentieth of their width.
    assert ends == pytest.approx([expected.low, expected.high], abs=0.05 * (expected.high - expected.low))


def test_intervals_of_equal_resamples_are_scipys_exactly() -> None:
    values = np.random.default_rng(5).exponential(size=12)
    ours = bootstrap(mean_of(values), np.array([f"{i:02}" for i in range(12)]), np.zeros(12, int), resamples=999)
    distribution = ours["mean"]
    result = stats.bootstrap((values,), np.mean, n_resamples=9)
    result.bootstrap_distribution = distribution.resampled
    for method in ("percentile", "bca"):
        expected = stats.bootstrap(
            (values,), np.mean, n_resamples=0, bootstrap_result=result, method=method
        ).confidence_interval
        assert getattr(distribution, method)() == pytest.approx([expected.low, expected.high], rel=1e-12)


def test_metric_that_never_varies_has_an_interval_of_one_value() -> None:
    ours = bootstrap(mean_of(np.ones(5)), np.array(list("abcde")), np.zeros(5, int), resamples=50)["mean"]
    assert ours.bca().tolist() == ours.percentile().tolist() == [1, 1]


def test_every_metric_has_an_interval_around_it_and_nan_where_it_has_none() -> None:
    # No class is major, middle or minor here, and every resample adds to the class-wise calibration error.
    answers = made_answers(120, 3, 0, images_of_a_group=2)
    found = bootstrap(lambda weights: measure(answers, weights), answers.groups, answers.labels, resamples=200)
    assert set(found) == set(OVERALL | PER_CLASS)
    for name, distribution in found.items():
        low, high = distribution.bca()
        if name in ("major_f1", "middle_f1", "minor_f1", "classwise_ece"):
            assert np.isnan(low) and np.isnan(high)
        else:
            assert (low <= distribution.point).all() and (distribution.point <= high).all() and (low < high).all(), name


def test_difference_of_a_model_with_itself_is_nothing() -> None:
    answers = made_answers(60, 3, 0)
    found = bootstrap(lambda weights: measure(answers, weights), answers.groups, answers.labels, resamples=50)
    difference = found["macro_f1"] - found["macro_f1"]
    assert isinstance(difference, Distribution)
    assert difference.percentile().tolist() == difference.bca().tolist() == [0, 0]


@pytest.mark.slow
def test_intervals_cover_what_they_say_and_only_if_groups_are_drawn_whole() -> None:
    # Groups of 5 images are right or wrong together with probability .7, else each by itself: accuracy is .6.
    random, trials, groups_of_images = np.random.default_rng(0), 400, np.repeat(np.arange(60), 5).astype(str)
    alone = np.arange(300).astype(str)
    labels = np.zeros(300, int)
    covered = {"percentile": 0, "bca": 0, "alone": 0}
    for trial in range(trials):
        together = np.repeat(random.random(60) < 0.6, 5)
        right = np.where(np.repeat(random.random(60) < 0.7, 5), together, random.random(300) < 0.6).astype(float)
        whole = bootstrap(mean_of(right), groups_of_images, labels, resamples=600, seed=trial)["mean"]
        single = bootstrap(mean_of(right), alone, labels, resamples=600, seed=trial)["mean"]
        for name, (low, high) in (
            ("percentile", whole.percentile()),
            ("bca", whole.bca()),
            ("alone", single.percentile()),
        ):
            covered[name] += low <= 0.6 <= high
    shares = {name: count / trials for name, count in covered.items()}
    # 400 trials at .95 vary by .011; the percentile interval of 60 groups is known to be a little short.
    assert 0.915 <= shares["percentile"] <= 0.98 and 0.915 <= shares["bca"] <= 0.98, shares
    assert shares["alone"] < 0.8, shares


@pytest.mark.slow
def test_intervals_of_macro_f1_cover_the_value_of_many_images() -> None:
    many = measure(made_answers(200_000, 4, 12345, skill=1.5))
    trials, covered = 300, {"macro_f1": 0, "macro_auc": 0, "brier": 0}
    for trial in range(trials):
        answers = made_answers(400, 4, trial, skill=1.5)
        measured = partial(measure, answers)
        found = bootstrap(measured, answers.groups, answers.labels, resamples=400, seed=trial)
        for name in covered:
            low, high = found[name].bca()
            covered[name] += low <= many[name][0] <= high
    shares = {name: count / trials for name, count in covered.items()}
    assert all(0.91 <= share <= 0.985 for share in shares.values()), shares
