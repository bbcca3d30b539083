"""Training on 1, 2 and 4 replicas: the same losses and weights, others than those of the naive loss."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
# Whose loss looks at the whole batch; replica_steps has the same.
GLOBAL_METHODS = ("ohem", "ldam_drw", "mtl", "balanced_contrastive")


@cache
def steps(*arguments: str) -> dict:
    # A process of its own: a CPU can be divided only before TensorFlow has been used.
    command = [sys.executable, "-m", "tests.training.replica_steps", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def assert_equal(several: dict, one: dict) -> None:
    np.testing.assert_allclose(several["losses"], one["losses"], rtol=1e-5)
    np.testing.assert_allclose(several["weights"], one["weights"], atol=1e-5)


@pytest.mark.parametrize("replicas", ["2", pytest.param("4", marks=pytest.mark.slow)])
def test_any_number_of_replicas_gives_the_losses_and_weights_of_one(replicas: str) -> None:
    one, several = steps(replicas)["one"], steps(replicas)["several"]
    assert_equal(several, one)
    np.testing.assert_allclose(several["evaluated"], one["evaluated"], rtol=1e-4)


@pytest.mark.parametrize("replicas", ["2", pytest.param("4", marks=pytest.mark.slow)])
def test_gathering_matters_the_naive_per_replica_loss_gives_other_weights(replicas: str) -> None:
    one, naive = steps(replicas)["one"], steps(replicas)["naive"]
    assert np.abs(np.subtract(naive["weights"], one["weights"])).max() > 1e-3
    assert abs(naive["losses"][0] - one["losses"][0]) > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("method", GLOBAL_METHODS)
def test_loss_of_the_whole_batch_is_learnt_alike_on_one_replica_and_on_two(method: str) -> None:
    found = steps("2", "methods")
    assert_equal(found["several"][method], found["one"][method])


@pytest.mark.slow
@pytest.mark.parametrize("method", GLOBAL_METHODS)
def test_mean_of_each_replicas_own_mean_would_give_other_weights(method: str) -> None:
    one, naive = (steps("2", "methods")[name][method] for name in ("one", "naive"))
    assert np.abs(np.subtract(naive["weights"], one["weights"])).max() > 1e-3


def test_batch_that_replicas_cannot_share_equally_is_refused_where_their_number_is_found_out() -> None:
    refusals = steps("2")["refusals"]
    assert "A batch of 15 images (contrastive) cannot be shared equally by 2 replicas" in refusals["15"]
    assert refusals["16"] == ""
