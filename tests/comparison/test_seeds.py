"""Methods over seeds: by hand, against SciPy, and how often intervals and claims are wrong."""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from conbal_tf.comparison.seeds import difference_of_methods
from conbal_tf.metrics import confusion
from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import resampled
from conbal_tf.metrics.measures import Weighted
from tests.comparison.made_pairs import made_images, trainings

MANY = np.array(1_000_000)


def still(values: np.ndarray) -> np.ndarray:
    """Returns resamples that are always what all images say."""
    return np.stack([values] * 10)


def test_without_noise_of_images_it_is_welchs_test() -> None:
    a, b = np.array([0.70, 0.72, 0.71]), np.array([0.75, 0.73, 0.78, 0.74])
    found = difference_of_methods(a, b, still(a), still(b), MANY)
    expected = stats.ttest_ind(b, a, equal_var=False)
    assert (found.a, found.b, found.difference) == pytest.approx((0.71, 0.75, 0.04))
    assert (found.deviation_a, found.of_seeds) == pytest.approx((0.01, 1.0))
    assert found.p == pytest.approx(expected.pvalue)
    assert found.degrees_of_freedom == pytest.approx(expected.df)
    assert found.interval == pytest.approx(list(expected.confidence_interval()))


def test_noise_of_images_by_hand() -> None:
    # Seeds agree, and resamples move all of A by ±.1, both seeds alike, and B not: a variance of .01 * 10 / 9.
    a, b = np.array([0.5, 0.5]), np.array([0.6, 0.6])
    moved = still(a) + np.tile([0.1, -0.1], 5)[:, None]
    found = difference_of_methods(a, b, moved, still(b), MANY)
    error = np.sqrt(0.01 * 10 / 9)
    assert found.interval == pytest.approx([0.1 - 1.96 * error, 0.1 + 1.96 * error], abs=1e-4)
    assert found.p == pytest.approx(2 * stats.norm.sf(0.1 / error), abs=1e-4)
    assert found.of_seeds == 0
    # What moves both methods alike is no uncertainty of their difference.
    alike = difference_of_methods(a, b, moved, still(b) + np.tile([0.1, -0.1], 5)[:, None], MANY)
    assert np.isnan(alike.p) and np.isnan(alike.interval).all()


def test_few_groups_of_images_widen_the_interval() -> None:
    a, b = np.array([0.5, 0.5]), np.array([0.6, 0.6])
    moved = still(a) + np.tile([0.01, -0.01], 5)[:, None]
    widths = [np.diff(difference_of_methods(a, b, moved, still(b), np.array(n)).interval) for n in (3, 30, 300)]
    assert widths[0] > 2 * widths[1] > 2 * widths[2]


def test_what_does_not_vary_is_equal_or_not_known() -> None:
    a, b = np.array([[0.5, 1.0], [0.5, 1.0]]), np.array([[0.5, 0.0], [0.5, 0.0]])
    found = difference_of_methods(a, b, still(a), still(b), np.array([9, 1]))
    assert found.p.tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert found.interval.tolist() == [pytest.approx([0, np.nan], nan_ok=True)] * 2


def test_which_is_called_a_changes_the_sign_alone() -> None:
    random = np.random.default_rng(0)
    a, b = random.random((3, 2)), random.random((2, 2))
    moved_a, moved_b = a + random.normal(0, 0.1, (50, 3, 2)), b + random.normal(0, 0.1, (50, 2, 2))
    one = difference_of_methods(a, b, moved_a, moved_b, MANY)
    other = difference_of_methods(b, a, moved_b, moved_a, MANY)
    assert one.difference == pytest.approx(-other.difference) and one.p == pytest.approx(other.p)
    assert one.interval == pytest.approx(-other.interval[::-1])


@pytest.mark.parametrize("seeds", [2, 3, 6])
def test_degrees_of_freedom_are_never_more_than_hillis_has(seeds: int) -> None:
    random = np.random.default_rng(seeds)
    for _ in range(50):
        a, b = random.normal(0, random.random(), (seeds, 1)), random.normal(0, random.random(), (seeds, 1))
        moved = np.concatenate([a, b]).T[..., None] + random.normal(0, random.random(), (60, 2 * seeds, 1))
        groups = int(random.integers(5, 500))
        found = difference_of_methods(a, b, moved[:, :seeds], moved[:, seeds:], np.array([groups]))
        of_seeds = (a.var(ddof=1) + b.var(ddof=1)) / seeds
        variance = of_seeds / found.of_seeds[0]
        # Readers of one test each: their mean square has 2 (seeds - 1) degrees, the covariances are taken for known.
        hillis = variance**2 / (of_seeds**2 / (2 * (seeds - 1)))
        assert found.degrees_of_freedom[0] <= hillis * (1 + 1e-9)


def test_one_seed_is_refused() -> None:
    a, b = np.array([0.5]), np.array([0.5, 0.6])
    with pytest.raises(ValueError, match=r"received 1 of A and 2 of B.*2 or more of each.*train more"):
        difference_of_methods(a, b, still(a), still(b), MANY)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seeds", "seed_noise", "method_noise"), [(2, 0.6, 0.2), (3, 0.0, 0.5), (3, 0.2, 0.3), (3, 0.6, 0.2), (5, 0.2, 0.5)]
)
def test_equal_methods_are_told_apart_as_seldom_as_stated(seeds: int, seed_noise: float, method_noise: float) -> None:
    ours, hierarchical = [], []
    for trial in range(300):
        random = np.random.default_rng(trial)
        images = made_images(random, 300)
        train = partial(trainings, random, images, seeds, seed_noise=seed_noise, method_noise=method_noise)
        values, moved = macro_f1s([*train(), *train()])
        parts = (values[:seeds], values[seeds:], moved[:, :seeds], moved[:, seeds:])
        ours.append(difference_of_methods(*parts, np.array(300)).p < 0.05)
        low, high = hierarchical_interval(random, *parts[2:])
        hierarchical.append(low > 0 or high < 0)
    # A share of 300 varies by .013.
    assert np.mean(ours) < 0.085
    if seed_noise == 0.6:
        assert np.mean(hierarchical) > 0.085, "no reason for more than a hierarchical bootstrap"


@pytest.mark.slow
def test_intervals_cover_the_difference_and_real_ones_are_found() -> None:
    random = np.random.default_rng(0)
    images = made_images(random, 60_000)
    kinds = {"seed_noise": 0.2, "method_noise": 0.3}
    many = [np.mean([macro_f1(answers) for answers in trainings(random, images, 12, skill=s, **kinds)]) for s in (2, 3)]
    covered, found = [], []
    for trial in range(200):
        random = np.random.default_rng(trial + 1)
        images = made_images(random, 400)
        both = [*trainings(random, images, 3, skill=2, **kinds), *trainings(random, images, 3, skill=3, **kinds)]
        values, moved = macro_f1s(both)
        its = difference_of_methods(values[:3], values[3:], moved[:, :3], moved[:, 3:], np.array(400))
        covered.append(its.interval[0] <= many[1] - many[0] <= its.interval[1])
        found.append(its.p < 0.05)
    assert 0.91 <= np.mean(covered) <= 0.995
    assert np.mean(found) > 0.9


def macro_f1(answers: Answers) -> float:
    return float(confusion.f1(Weighted(answers, np.ones((1, len(answers)))).confusion).mean())


def macro_f1s(runs: list[Answers], resamples: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Returns the macro F1 of all runs, and on resamples of the images."""

    def measures(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {"f1": np.stack([confusion.f1(Weighted(run, weights).confusion).mean(axis=1) for run in runs], axis=1)}

    moved = resampled(measures, runs[0].groups, runs[0].labels, resamples=resamples)["f1"]
    return np.array([macro_f1(run) for run in runs]), moved


def hierarchical_interval(random: np.random.Generator, moved_a: np.ndarray, moved_b: np.ndarray) -> np.ndarray:
    """Returns what drawing seeds of each method, then images, gives."""
    rows = np.arange(len(moved_a))[:, None]
    means = [moved[rows, random.integers(0, moved.shape[1], moved.shape)].mean(axis=1) for moved in (moved_a, moved_b)]
    return np.quantile(means[1] - means[0], [0.025, 0.975])
