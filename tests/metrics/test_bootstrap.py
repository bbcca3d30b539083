"""Tests of the bootstrap: what is drawn, and the intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from conbal_tf.metrics import bootstrap
from conbal_tf.metrics.bootstrap import interval, leave_one_out, resample

GROUPS = np.array(["a", "b", "b", "c", "d", "d", "d"])
STRATA = np.array([0, 0, 0, 0, 1, 1, 1])


@st.composite
def grouped_images(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draws groups and classes of images; all images of a group have its class."""
    n, n_groups, seed = draw(st.integers(1, 60)), draw(st.integers(1, 20)), draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    numbers = random.integers(0, n_groups, n)
    return np.array([f"g{number}" for number in numbers]), random.integers(0, 4, n_groups)[numbers]


@given(grouped_images())
@settings(max_examples=40)
def test_group_is_drawn_whole_and_each_class_keeps_its_number_of_groups(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    groups, strata = drawn
    times = resample(groups, strata, 20, seed=1)
    assert times.shape == (20, len(groups))
    _, first = np.unique(groups, return_index=True)
    assert (times == times[:, first][:, np.unique(groups, return_inverse=True)[1]]).all()
    for stratum in np.unique(strata):
        members = first[strata[first] == stratum]
        assert (times[:, members].sum(axis=1) == len(members)).all()


def test_image_without_a_group_is_drawn_by_itself() -> None:
    assert len(np.unique(resample(["", "", "", "x", "x"], None, 50)[:, :3], axis=1).T) == 3
    assert (resample(["", "", "", ""], None, 50).sum(axis=1) == 4).all()


def test_each_group_is_drawn_once_on_average_with_the_spread_of_draws_with_replacement() -> None:
    times = resample([str(number) for number in range(50)], None, 4000)
    assert times.mean(axis=0) == pytest.approx(np.ones(50), abs=0.1)
    assert times.var() == pytest.approx(1 - 1 / 50, abs=0.02)


def test_order_of_the_images_changes_nothing() -> None:
    order = np.random.default_rng(0).permutation(len(GROUPS))
    np.testing.assert_array_equal(resample(GROUPS[order], STRATA[order], 9), resample(GROUPS, STRATA, 9)[:, order])


def test_seed_decides_what_is_drawn() -> None:
    np.testing.assert_array_equal(resample(GROUPS, STRATA, 30, seed=5), resample(GROUPS, STRATA, 30, seed=5))
    assert (resample(GROUPS, STRATA, 30, seed=5) != resample(GROUPS, STRATA, 30, seed=6)).any()


def test_draws_in_chunks_are_as_even_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "CHUNK_DRAWS", 10)
    times = resample(GROUPS, None, 3000)
    assert times[:, 0].mean() == pytest.approx(1, abs=0.1)
    assert len(np.unique(times, axis=0)) > 20


def test_group_of_two_classes_is_drawn_with_the_one_that_most_of_its_images_have() -> None:
    times = resample(["a", "a", "a", "b", "c"], [0, 0, 1, 0, 1], 200)
    assert (times[:, 4] == 1).all()  # the only group of class 1
    assert set(times[:, 0] + times[:, 3]) == {2}


def test_only_group_of_a_class_stays_as_it_is() -> None:
    assert (resample(GROUPS, STRATA, 50)[:, 4:] == 1).all()


def test_each_group_is_left_out_once() -> None:
    kept, strata = leave_one_out(GROUPS, STRATA)
    assert kept.astype(int).tolist() == [
        [0, 1, 1, 1, 1, 1, 1],
        [1, 0, 0, 1, 1, 1, 1],
        [1, 1, 1, 0, 1, 1, 1],
        [1, 1, 1, 1, 0, 0, 0],
    ]
    assert strata.tolist() == [0, 0, 0, 1]


def test_of_many_groups_several_of_a_class_are_left_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "MOST_LEFT_OUT", 10)
    labels = np.arange(95) % 3
    kept, strata = leave_one_out([f"{number:02}" for number in range(95)], labels)
    assert len(kept) <= 12
    assert ((~kept).sum(axis=0) == 1).all()
    for row, stratum in zip(kept, strata, strict=True):
        assert set(labels[~row]) == {stratum}


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("seed", range(3))
def test_intervals_equal_those_of_scipy(seed: int, level: float) -> None:
    random = np.random.default_rng(seed)
    data = random.exponential(size=37)
    names = [f"{number:02}" for number in range(37)]
    times = resample(names, None, 500, seed)
    values = times @ data / times.sum(axis=1)
    kept, strata = leave_one_out(names)
    ours = interval(values, data.mean(), kept @ data / kept.sum(axis=1), strata, level=level)
    drawn = stats._resampling.BootstrapResult(None, values, None)
    for method, found in (("percentile", ours.percentile), ("bca", ours.bca)):
        expected = stats.bootstrap(
            (data,), np.mean, method=method, bootstrap_result=drawn, n_resamples=0, confidence_level=level
        ).confidence_interval
        assert found == pytest.approx(tuple(expected), abs=1e-12)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_resamples_spread_as_those_of_scipy(method: str) -> None:
    data = np.random.default_rng(7).exponential(size=80)
    names = [f"{number:02}" for number in range(80)]
    times = resample(names, None, 20_000)
    kept, _ = leave_one_out(names)
    ours = interval(times @ data / 80, data.mean(), kept @ data / 79)
    expected = stats.bootstrap((data,), np.mean, method=method, rng=1, n_resamples=20_000).confidence_interval
    assert getattr(ours, method) == pytest.approx(tuple(expected), abs=0.02)


def test_acceleration_of_strata_equals_that_of_scipys_samples() -> None:
    random = np.random.default_rng(3)
    samples = [random.exponential(size=size) for size in (12, 30)]
    data, labels = np.concatenate(samples), np.repeat([0, 1], [12, 30])
    names = [f"{number:02}" for number in range(42)]

    def difference(times: np.ndarray) -> np.ndarray:
        means = [times[:, labels == c] @ data[labels == c] / times[:, labels == c].sum(axis=1) for c in (0, 1)]
        return means[0] - means[1]

    values = difference(resample(names, labels, 400))
    kept, strata = leave_one_out(names, labels)
    ours = interval(values, samples[0].mean() - samples[1].mean(), difference(kept), strata)
    expected = stats.bootstrap(
        samples,
        lambda one, other, axis: one.mean(axis=axis) - other.mean(axis=axis),
        bootstrap_result=stats._resampling.BootstrapResult(None, values, None),
        n_resamples=0,
    ).confidence_interval
    assert ours.bca == pytest.approx(tuple(expected), abs=1e-12)


def test_number_that_never_moves_is_its_own_interval() -> None:
    found = interval([0.5] * 9, 0.5, [0.5] * 4)
    assert found.percentile == found.bca == (0.5, 0.5)


def test_undefined_number_has_undefined_intervals_and_undefined_resamples_are_left_out() -> None:
    assert np.isnan([*interval([0.1, 0.2], np.nan, [0.1]).percentile, *interval([np.nan], 0.5, [0.5]).bca]).all()
    assert interval([0.1, np.nan, 0.3], 0.2, [0.1, np.nan, 0.3]) == interval([0.1, 0.3], 0.2, [0.1, 0.3])


def test_bca_says_nothing_where_all_resamples_lie_on_one_side() -> None:
    found = interval([0.2, 0.3, 0.4], 0.1, [0.1, 0.2])
    assert found.percentile == pytest.approx((0.205, 0.395))
    assert np.isnan(found.bca).all()


@pytest.mark.parametrize(
    ("groups", "strata", "resamples", "message"),
    [
        ([], None, 9, r"received shapes \(0,\) and \(0,\).*at least one image"),
        (["a", "b"], [0], 9, r"received shapes \(2,\) and \(1,\)"),
        (["a"], [0], 0, r"received 0 resamples. Allowed is 1 or more"),
    ],
)
def test_wrong_input_is_refused(groups: list, strata: list | None, resamples: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        resample(groups, strata, resamples)


def test_level_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="`level` is 95; allowed is a share"):
        interval([0.1], 0.1, [0.1], level=95)
