"""The part of an image that a crop shows, against torchvision's draws; tests/torchvision_numbers tells how."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from conbal_tf.data.crop import random_crop
from tests.torchvision_numbers.make_numbers import summary

FOLDER = Path(__file__).parents[1] / "torchvision_numbers"
NUMBERS = json.loads((FOLDER / "numbers.json").read_text("utf-8"))
DRAWS = 4000
Case = dict[str, Any]


def drawn(size: list[int], smallest: float, count: int = DRAWS) -> np.ndarray:
    """Returns top, left, height and width of the parts of so many seeds [(count, 4) int32]."""

    def draw(number: tf.Tensor) -> tf.Tensor:
        return tf.concat(random_crop(tf.constant(size), smallest, tf.stack([tf.constant(7, tf.int64), number])), axis=0)

    seeds = tf.data.Dataset.range(count)
    return next(seeds.map(draw, num_parallel_calls=tf.data.AUTOTUNE).batch(count).as_numpy_iterator())


def test_numbers_come_from_the_versions_that_the_requirements_pin() -> None:
    pinned = (FOLDER / "requirements.txt").read_text("utf-8").splitlines()
    assert [f"{package}=={version}" for package, version in NUMBERS["versions"].items()] == pinned[1:]


@pytest.mark.parametrize("case", NUMBERS["crops"], ids=lambda case: f"{case['size']}, {case['smallest']}")
def test_shares_aspects_and_places_come_as_often_as_torchvisions(case: Case) -> None:
    ours = summary(drawn(case["size"], case["smallest"]), tuple(case["size"]), case["smallest"])
    for name, theirs in case["counts"].items():
        table = np.array([ours["counts"][name], theirs])
        table = table[:, table.sum(axis=0) > 0]
        assert table.shape[1] == 1 or stats.chi2_contingency(table).pvalue > 1e-3, name
    # Within four standard errors; no share or aspect ratio varies more than a uniform one.
    np.testing.assert_allclose(ours["mean_share"], case["mean_share"], atol=4 * 0.29 / DRAWS**0.5)
    np.testing.assert_allclose(ours["share_deciles"], case["share_deciles"], atol=0.03)
    np.testing.assert_allclose(ours["mean_aspect"], case["mean_aspect"], atol=4 * 0.17 / DRAWS**0.5)


def test_image_that_no_draw_fits_shows_its_largest_central_part() -> None:
    assert np.unique(drawn([50, 200], 1.0, 20), axis=0).tolist() == [[0, 66, 50, 67]]
    assert np.unique(drawn([200, 51], 1.0, 20), axis=0).tolist() == [[66, 0, 68, 51]]


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.floats(0.01, 1.0, allow_subnormal=False),
    st.integers(0, 2**31 - 1),
)
def test_part_lies_in_the_image_and_hangs_on_the_seed_alone(size: tuple[int, int], smallest: float, seed: int) -> None:
    key = tf.constant([seed, 1], tf.int64)
    corner, part = random_crop(tf.constant(size), smallest, key)
    assert (np.asarray(corner) >= 0).all() and (np.asarray(part) >= 1).all()
    assert (np.asarray(corner + part) <= size).all()
    again = random_crop(tf.constant(size), smallest, key)
    np.testing.assert_array_equal(tf.concat(again, axis=0), tf.concat([corner, part], axis=0))
