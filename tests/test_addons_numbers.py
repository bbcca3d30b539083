"""Ours against the numbers that tensorflow-addons gave in an environment of its own; tests/addons tells how."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from conbal_tf.losses.classification import focal
from conbal_tf.losses.contrastive import supervised_contrastive
from conbal_tf.metrics.classification import macro_f1, per_class_f1, quadratic_weighted_kappa
from conbal_tf.training.optimizer import CoupledSGD

ADDONS = Path(__file__).with_name("addons")
NUMBERS = json.loads((ADDONS / "numbers.json").read_text("utf-8"))
Case = dict[str, Any]


def sgdw(momentum: float, decays: bool, constant: bool) -> Case:
    """Returns the recorded steps of SGDW under these settings."""
    (case,) = (
        case
        for case in NUMBERS["sgdw"]
        if (case["momentum"], case["weight_decay"] > 0, len(set(case["rates"])) == 1) == (momentum, decays, constant)
    )
    return case


def steps(case: Case, optimizer: keras.optimizers.Optimizer) -> np.ndarray:
    """Returns the weights after each step of another optimiser on the same gradients [(steps, weights) float32]."""
    weights = keras.Variable(case["first"])
    after = []
    for rate, gradient in zip(case["rates"], case["gradients"], strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([np.array(gradient, np.float32)], [weights])
        after.append(keras.ops.convert_to_numpy(weights.value).copy())
    return np.array(after)


def test_numbers_come_from_the_versions_that_the_oracle_pins() -> None:
    pinned = (ADDONS / "requirements.txt").read_text("utf-8").splitlines()
    assert [f"{package}=={version}" for package, version in NUMBERS["versions"][0].items()] == pinned[1:4]


@pytest.mark.parametrize("case", NUMBERS["focal"], ids=lambda case: f"gamma {case['gamma']}, alpha {case['alpha']}")
def test_focal_loss_of_two_classes_with_the_logits_0_and_x_is_the_binary_one_of_x(case: Case) -> None:
    alpha = case["alpha"]
    logits = np.stack([np.zeros(len(case["logits"])), case["logits"]], axis=1).astype(np.float32)
    ours = focal(
        np.array(case["labels"]),
        logits,
        gamma=case["gamma"],
        class_weights=(1 - alpha, alpha) if alpha else (1.0, 1.0),
    )
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours), case["losses"], rtol=2e-5)


@pytest.mark.parametrize("case", NUMBERS["f1"], ids=lambda case: f"{case['n_classes']} classes")
def test_f1_is_that_of_addons_class_by_class_and_as_plain_mean(case: Case) -> None:
    answers = (case["labels"], case["predicted"], case["n_classes"])
    assert per_class_f1(*answers) == pytest.approx(case["per_class"], rel=1e-6)
    assert macro_f1(*answers) == pytest.approx(case["macro"], rel=1e-6)


def test_recorded_f1_is_0_for_the_rare_and_the_absent_class() -> None:
    case = NUMBERS["f1"][-1]
    rare, absent = case["n_classes"] - 1, case["n_classes"] // 2
    assert case["labels"].count(rare) == 1
    assert absent not in case["labels"] + case["predicted"]
    assert case["per_class"][rare] == case["per_class"][absent] == 0


@pytest.mark.parametrize("case", NUMBERS["kappa"], ids=lambda case: f"{case['n_classes']} classes")
def test_quadratic_kappa_is_that_of_addons_and_0_where_theirs_is_undefined(case: Case) -> None:
    ours = quadratic_weighted_kappa(case["labels"], case["predicted"], case["n_classes"])
    assert ours == pytest.approx(case["quadratic"] or 0.0, abs=1e-6)


@pytest.mark.parametrize("case", NUMBERS["kappa"][:-1], ids=lambda case: f"{case['n_classes']} classes")
def test_quadratic_kappa_is_the_unweighted_one_for_two_classes_alone(case: Case) -> None:
    ours = quadratic_weighted_kappa(case["labels"], case["predicted"], case["n_classes"])
    assert (ours == pytest.approx(case["unweighted"], abs=1e-6)) is (case["n_classes"] == 2)


def test_coupled_sgd_without_decay_is_sgdw_at_a_constant_rate() -> None:
    case = sgdw(momentum=0.9, decays=False, constant=True)
    np.testing.assert_allclose(steps(case, CoupledSGD(0.1, 0.9, 0.0)), case["after"], rtol=1e-5, atol=1e-6)


def test_coupled_sgd_leaves_sgdw_from_the_first_step_at_another_rate() -> None:
    case = sgdw(momentum=0.9, decays=False, constant=False)
    difference = np.abs(steps(case, CoupledSGD(0.1, 0.9, 0.0)) - case["after"]).max(axis=1)
    changed = [now != before for before, now in pairwise(case["rates"])].index(True) + 1
    # Theirs keeps the rate in the velocity, so the old rate lives on in it.
    assert difference[:changed].max() < 1e-6
    assert difference[changed:].min() > 0.01


@pytest.mark.parametrize("constant", [True, False])
def test_without_momentum_the_decay_of_sgdw_is_the_rate_times_ours(constant: bool) -> None:
    case = sgdw(momentum=0.0, decays=True, constant=constant)
    ours = steps(case, CoupledSGD(0.1, 0.0, case["weight_decay"] / case["rates"][0]))
    alike = np.isclose(ours, case["after"], rtol=1e-5, atol=1e-6).all(axis=1)
    # Theirs does not follow the rate, so a changed rate parts them.
    assert alike.tolist() == [rate == case["rates"][0] for rate in case["rates"]]


def test_with_momentum_coupled_sgd_shares_the_first_step_of_sgdw_and_no_other() -> None:
    case = sgdw(momentum=0.9, decays=True, constant=True)
    ours = steps(case, CoupledSGD(0.1, 0.9, case["weight_decay"] / 0.1))
    assert np.isclose(ours, case["after"], rtol=1e-5, atol=1e-6).all(axis=1).tolist() == [True] + [False] * 5


def test_sgdw_is_the_decoupled_sgd_of_keras_at_a_constant_rate() -> None:
    case = sgdw(momentum=0.9, decays=True, constant=True)
    theirs = steps(case, keras.optimizers.SGD(0.1, 0.9, weight_decay=case["weight_decay"] / 0.1))
    np.testing.assert_allclose(theirs, case["after"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", NUMBERS["npairs"], ids=lambda case: f"temperature {case['temperature']}")
def test_contrastive_loss_of_each_anchor_among_the_other_views_is_the_n_pairs_loss(case: Case) -> None:
    anchors, others = np.array(case["anchors"], np.float32), np.array(case["others"], np.float32)
    labels = np.array(case["labels"])
    losses = []
    for anchor, label in zip(anchors, labels, strict=True):
        # The n-pairs loss has no anchor to leave out of the sums; ours leaves it out at place 0.
        contrasts, contrast_labels = np.vstack([anchor, others]), np.append(label, labels)
        value, has_positive = supervised_contrastive(
            anchor[None],
            np.array([label]),
            contrasts,
            contrast_labels,
            anchor_indices=np.array([0]),
            temperature=case["temperature"],
        )
        assert bool(has_positive[0])
        losses.append(float(value[0]))
    assert np.mean(losses) == pytest.approx(case["loss"], rel=1e-5)
