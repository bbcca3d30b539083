"""Tests of two classifiers on the same images: by hand, against SciPy, and how often they are wrong."""

import itertools
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy import stats

from conbal_tf.comparison import swaps as module
from conbal_tf.comparison.measures import measure_compared
from conbal_tf.comparison.swaps import mcnemar, swap_test
from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.ranking import areas
from tests.comparison.made_pairs import certain, made_images, trainings


def pair(
    seed: int, n: int, images_of_a_group: int = 1, *, skill: float = 2.0, noise: float = 0.3
) -> tuple[Answers, Answers]:
    """Returns two trainings, the second of another skill; the noise is common to the images of a group."""
    random = np.random.default_rng(seed)
    images = made_images(random, n, images_of_a_group)
    (a,), (b,) = (trainings(random, images, seed_noise=0, method_noise=noise, skill=its) for its in (2.0, skill))
    return a, b


def test_mcnemar_by_hand() -> None:
    labels, groups = [0] * 9, list("abcdefghi")
    a = certain(labels, [0, 0, 0, 0, 0, 0, 1, 1, 1], groups)
    b = certain(labels, [0, 0, 1, 1, 1, 1, 0, 1, 1], groups)
    # 1 of 5 heads, or as far from half: 2 * (1 + 5) / 32.
    counts = mcnemar(a, b)
    assert (counts.both, counts.only_a, counts.only_b, counts.neither) == (2, 4, 1, 2)
    assert counts.p == pytest.approx(12 / 32)
    assert mcnemar(a, a).p == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_without_groups_the_test_of_accuracy_is_mcnemars(seed: int) -> None:
    a, b = pair(seed, 200, skill=2.4)
    expected = mcnemar(a, b)
    assert expected.p == pytest.approx(stats.binomtest(expected.only_a, expected.only_a + expected.only_b).pvalue)
    assert swap_test(a, b, swaps=4000)["accuracy"] == pytest.approx(expected.p, abs=0.025)


def test_p_is_the_share_of_all_swaps_that_are_as_extreme() -> None:
    a, b = pair(5, 21, 3, skill=2.5)
    _, members = np.unique(a.groups, return_inverse=True)
    measure = partial(measure_compared, without=("macro_auc",))  # of which ranks are swapped
    found = {name: measure(b)[name][0] - value[0] for name, value in measure(a).items()}
    extreme = {name: np.zeros_like(value) for name, value in found.items()}
    for coins in itertools.product((False, True), repeat=7):
        swapped = np.array(coins)[members][:, None]
        ours = replace(a, probabilities=np.where(swapped, b.probabilities, a.probabilities))
        theirs = replace(b, probabilities=np.where(swapped, a.probabilities, b.probabilities))
        for name in found:
            difference = measure(theirs)[name][0] - measure(ours)[name][0]
            extreme[name] += np.abs(difference) >= np.abs(found[name]) - 1e-10
    p_values = swap_test(a, b, swaps=4000)
    for name in found:
        expected = np.where(np.isnan(found[name]), np.nan, extreme[name] / 128)
        assert p_values[name] == pytest.approx(expected, abs=0.03, nan_ok=True), name


def test_auc_of_swapped_ranks_is_linear_in_the_swaps() -> None:
    a, b = pair(6, 40, 2, skill=1.0)
    b = replace(b, probabilities=np.round(b.probabilities, 1) / np.round(b.probabilities, 1).sum(axis=1, keepdims=True))
    _, members = np.unique(a.groups, return_inverse=True)
    of_groups = module._auc_of_groups(a, b, members)
    ranks = [stats.rankdata(answers.probabilities, axis=0) for answers in (a, b)]
    once = np.ones((1, len(a)))
    for seed in range(5):
        coins = np.random.default_rng(seed).integers(0, 2, len(of_groups))
        swapped = coins[members][:, None] == 1
        by_classes = [
            areas(np.where(swapped, ranks[0], ranks[1])[:, c], a.labels == c, once)[0][0]
            - areas(np.where(swapped, ranks[1], ranks[0])[:, c], a.labels == c, once)[0][0]
            for c in range(4)
        ]
        assert (1 - 2 * coins) @ of_groups == pytest.approx(np.nanmean(by_classes))


def test_which_is_called_a_and_the_order_of_images_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = pair(7, 80, skill=2.6)
    one, other = swap_test(a, b, swaps=500), swap_test(b, a, swaps=500)
    order = np.random.default_rng(0).permutation(80)
    mixed = [
        replace(x, labels=x.labels[order], probabilities=x.probabilities[order], groups=x.groups[order]) for x in (a, b)
    ]
    again = swap_test(*mixed, swaps=500)
    for name, value in one.items():
        assert value == pytest.approx(other[name], nan_ok=True), name
        assert value == pytest.approx(again[name], nan_ok=True), name
    monkeypatch.setattr(module, "WEIGHTS_AT_ONCE", 160 * 7)
    assert swap_test(a, b, swaps=500)["accuracy"] == pytest.approx(one["accuracy"], abs=0.07)


def test_classifier_is_not_told_from_itself_and_a_class_without_images_has_no_p() -> None:
    a = certain([0, 0, 1, 1], [0, 1, 1, 0], list("abcd"), n_classes=3)
    p_values = swap_test(a, a, swaps=50)
    assert p_values["recall"].tolist() == pytest.approx([1, 1, np.nan], nan_ok=True)
    assert {float(p_values[name]) for name in ("accuracy", "macro_f1", "macro_auc", "log_loss", "ece")} == {1.0}


def test_images_of_a_group_are_one_witness() -> None:
    # B is right on 20 images more, but they are copies of two.
    labels, groups = [0] * 40, ["x"] * 10 + ["y"] * 10 + [f"g{i}" for i in range(20)]
    a, b = certain(labels, [1] * 20 + [0] * 20, groups), certain(labels, [0] * 40, groups)
    assert mcnemar(a, b).p < 1e-5
    # Both groups one way or the other: half of all swaps.
    assert swap_test(a, b, swaps=4000)["accuracy"] == pytest.approx(0.5, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("images_of_a_group", [1, 4])
def test_p_values_are_uniform_where_there_is_no_difference(images_of_a_group: int) -> None:
    p_values: dict[str, list[float]] = {}
    mcnemars = []
    for seed in range(400):
        a, b = pair(seed, 240, images_of_a_group, noise=1.0)
        mcnemars.append(mcnemar(a, b).p)
        for name, value in swap_test(a, b, swaps=199).items():
            p_values.setdefault(name, []).append(float(value if value.ndim == 0 else value[0]))
    for name, values in p_values.items():
        for level in (0.05, 0.2, 0.5):
            # A share of 400 varies by a standard error of .011 to .025; of ties p is too large, never too small.
            assert np.mean(np.array(values) <= level) <= level + 3 * np.sqrt(level * (1 - level) / 400), (name, level)
    assert stats.kstest(p_values["log_loss"], "uniform").pvalue > 0.01
    # What McNemar's test is not told of groups, it takes for evidence.
    too_often = np.mean(np.array(mcnemars) < 0.05)
    assert too_often < 0.08 if images_of_a_group == 1 else too_often > 0.12, too_often
