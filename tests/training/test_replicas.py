"""Contrastive training on 1, 2 and 4 replicas: the same losses and weights, others than the naive loss."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@cache
def steps(*arguments: str) -> dict:
    # A process of its own: a CPU can be divided only before TensorFlow has been used.
    command = [sys.executable, "-m", "tests.training.replica_steps", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("replicas", [pytest.param("2", marks=pytest.mark.slow), "4"])
def test_any_number_of_replicas_gives_the_losses_and_weights_of_one(replicas: str) -> None:
    one, several = steps("1"), steps(replicas)
    np.testing.assert_allclose(several["losses"], one["losses"], rtol=1e-5)
    np.testing.assert_allclose(several["evaluated"], one["evaluated"], rtol=1e-4)
    np.testing.assert_allclose(several["weights"], one["weights"], atol=1e-5)


def test_gathering_matters_the_naive_per_replica_loss_gives_other_weights() -> None:
    one, naive = steps("1"), steps("4", "naive")
    assert np.abs(np.subtract(naive["weights"], one["weights"])).max() > 1e-3
    assert abs(naive["losses"][0] - one["losses"][0]) > 0.1
