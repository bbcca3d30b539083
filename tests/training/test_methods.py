"""Every method on a tiny network: it learns, its head answers; and what each one's loss is made of."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.data.pipeline import SecondLabel
from conbal_tf.losses import class_counts
from conbal_tf.losses import classification as losses
from conbal_tf.networks.heads import classifier
from conbal_tf.settings import choices
from conbal_tf.settings.methods import TRAITS, Canet, Contrastive, Drw, Focal, LogitAdjusted, OhemSampling
from conbal_tf.settings.schema import Settings
from conbal_tf.training.classification import log_prior
from conbal_tf.training.learning import Learner, Task
from conbal_tf.training.methods import METHODS, Method, method_of
from conbal_tf.training.optimizer import CoupledSGD
from conbal_tf.training.scoring import Labelled
from tests.small_network import small_network
from tests.training.made_stages import made_stage

ISIC = np.array([4694, 779, 769, 360, 229, 99, 81])
COUNTS = np.array([60, 30, 10])
# Four classes, the last with a single image; a third of the sites is unknown.
LABELS = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3])
SITES = np.array([0, 1, -1] * 4)
IMAGES = np.random.default_rng(0).normal(size=(12, 8, 8, 3)).astype(np.float32) + LABELS[:, None, None, None]


def task_of(counts: np.ndarray = COUNTS, visits: np.ndarray | None = None, done: Callable[[], Any] = int) -> Task:
    """Returns a task of 10 updates; `visits` are the counts unless given, `done` updates are 0 unless given."""
    return Task(made_stage(counts, visits, second_label=SecondLabel("localization", ("back", "ear"))), done)


def method(name: str, **own: Any) -> Method:
    """Returns a method with its own settings, by section; those that are not given are the defaults."""
    return method_of(Settings(method=name, **own))  # type: ignore[arg-type]


def loss_of(name: str, task: Task, labels: np.ndarray, logits: np.ndarray, **own: Any) -> float:
    """Returns the loss of a batch that the method compiles with."""
    loss = method(name, **own).learn(untrained(), task).compile_options["loss"]
    return float(loss(labels, tf.constant(logits, tf.float32)))


@cache
def untrained() -> keras.Model:
    """Returns a backbone for tests that train none."""
    return small_network()


def batch(seed: int = 0, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Returns labels and logits, with every class among the labels."""
    return np.arange(20) % classes, 2 * np.random.default_rng(seed).normal(size=(20, classes))


def learnt(name: str) -> tuple[Learner, list[float], bool]:
    """Returns a learner after two steps, their losses, and whether its backbone has other weights than before."""
    stepper = CoupledSGD(0.05)
    own: dict[str, Any] = {"contrastive": Contrastive(hidden_size=8, embedding_size=4), "canet": Canet(units=8)}
    own |= {"drw": Drw(begin=0.1), "ohem_sampling": OhemSampling(candidates=3)}
    counts, network = np.bincount(LABELS), small_network()
    task = task_of(counts, done=lambda: keras.ops.convert_to_tensor(stepper.iterations))
    learner = method(name, **own).learn(network, task)
    second = METHODS[name].second_label
    labels = {"label": LABELS, second: SITES} if second else LABELS
    before = [weight.numpy().copy() for weight in network.trainable_weights]
    learner.model.build((None, 8, 8, 3))
    learner.model.compile(stepper, jit_compile=False, **learner.compile_options)
    stepper.build(learner.model.trainable_variables)  # else the step is traced twice, which is what takes the time here
    targets = tf.nest.map_structure(np.asarray, learner.targets(labels))
    history = learner.model.fit(IMAGES, targets, batch_size=12, epochs=2, verbose=0, shuffle=False).history
    changed = [not np.array_equal(old, new) for old, new in zip(before, network.trainable_weights, strict=True)]
    return learner, history["loss"], any(changed)


def test_table_of_methods_the_choices_and_the_traits_hold_the_same_names() -> None:
    assert set(METHODS) == set(choices.names(choices.Method)) == set(TRAITS)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_takes_settings_of_a_stage_that_it_trains_alone(name: str) -> None:
    assert METHODS[name].retrains_head == ("classifier" in TRAITS[name].sections)  # type: ignore[index]
    assert method(name).candidates == (2 if name == "ohem_sampling" else 1)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_learns_and_its_classifier_answers(name: str) -> None:
    learner, history, changed = learnt(name)
    assert len(history) == 2
    assert np.isfinite(history).all()
    assert changed
    if learner.head is None:
        answering = learner.model
        np.testing.assert_allclose(np.linalg.norm(answering(IMAGES), axis=1), 1.0, rtol=1e-5)
    else:
        answering = classifier(learner.network, learner.head)
        answers = answering(IMAGES).numpy()
        assert answers.shape == (12, 4)
        np.testing.assert_allclose(answers.sum(axis=1), 1.0, rtol=1e-5)
        np.testing.assert_allclose(tf.nn.softmax(learner.head(learner.network(IMAGES))), answers, rtol=1e-4)
    labelled = Labelled(tf.data.Dataset.from_tensors(IMAGES), LABELS)
    scores = METHODS[name].score(lambda batches: answering(IMAGES).numpy(), labelled, labelled)
    assert 0.0 <= scores["val_balanced_accuracy"] <= 1.0
    assert ("effective_rank" in scores) == (learner.collapsed_loss is not None) == (learner.head is None)


def test_canet_is_taught_whether_a_grade_is_referable() -> None:
    learner = method("canet", canet=Canet(units=8)).learn(untrained(), task_of(np.ones(5, int)))
    targets = learner.targets(tf.range(5))
    assert targets["referable"].numpy().tolist() == targets["referable_specific"].numpy().tolist() == [0, 0, 1, 1, 1]
    assert targets["label"].numpy().tolist() == targets["label_specific"].numpy().tolist() == [0, 1, 2, 3, 4]
    weights = learner.compile_options["loss_weights"]
    assert weights == {"label": 1.0, "referable": 1.0, "label_specific": 0.25, "referable_specific": 0.25}


def test_body_site_that_is_unknown_has_no_loss() -> None:
    options = method("mtl").learn(untrained(), task_of()).compile_options
    loss, (labels, logits) = options["loss"]["localization"], batch(classes=2)
    unknown = np.where(np.arange(20) % 3 == 0, -1, labels)
    expected = losses.cross_entropy(labels, logits).numpy()[unknown >= 0].mean()
    assert float(loss(unknown, logits)) == pytest.approx(expected, rel=1e-5)
    assert float(loss(np.full(20, -1), logits)) == 0.0


def test_ldam_weights_the_classes_from_its_late_begin_on() -> None:
    done, (labels, logits) = tf.Variable(0), batch()
    loss = method("ldam_drw").learn(untrained(), task_of(done=done.value)).compile_options["loss"]
    logits = tf.constant(logits, tf.float32)
    values = losses.ldam(labels, logits, margins=class_counts.ldam_margins(COUNTS), scale=30.0).numpy()
    weights = class_counts.effective_number_weights(COUNTS, 0.9999)[labels]
    plain = loss_of("ldam", task_of(), labels, logits)
    assert plain == pytest.approx(values.mean(), rel=1e-5)
    assert float(loss(labels, logits)) == pytest.approx(plain, rel=1e-6)
    done.assign(7)
    assert float(loss(labels, logits)) == pytest.approx(plain, rel=1e-6)
    done.assign(8)  # 0.8 of 10 updates
    assert float(loss(labels, logits)) == pytest.approx(np.average(values, weights=weights), rel=1e-5)
    assert abs(np.average(values, weights=weights) - plain) > 0.1


def test_margins_follow_the_counts_of_images_and_not_the_visits() -> None:
    labels, logits = batch()
    balanced = task_of(visits=np.array([60, 60, 60]))
    assert loss_of("ldam", balanced, labels, logits) == pytest.approx(loss_of("ldam", task_of(), labels, logits))


@pytest.mark.parametrize(
    ("visits", "class_weights", "expected"),
    [
        ([60, 30, 10], "inverse_frequency", [5 / 9, 10 / 9, 10 / 3]),  # 1 on average over the 100 visits
        ([60, 60, 60], "inverse_frequency", [1, 1, 1]),
        ([60, 30, 10], "none", [1, 1, 1]),
    ],
)
def test_class_weights_of_the_focal_loss_follow_the_visits(
    visits: list[int], class_weights: choices.ClassWeights, expected: list[float]
) -> None:
    labels, logits = batch()
    task, own = task_of(visits=np.array(visits)), Focal(class_weights=class_weights)
    values = losses.focal(labels, logits, gamma=2.0, class_weights=expected)
    assert loss_of("focal", task, labels, logits, focal=own) == pytest.approx(float(np.mean(values)), rel=1e-5)


def test_hardest_share_of_the_batch_alone_is_learnt_from() -> None:
    labels, logits = batch()
    values = np.sort(losses.cross_entropy(labels, logits))
    assert loss_of("ohem", task_of(), labels, logits) == pytest.approx(values[-14:].mean(), rel=1e-5)  # 0.7 of 20


def test_logit_adjusted_loss_with_tau_1_is_balanced_softmax() -> None:
    labels, logits = batch()
    adjusted, half = (
        loss_of("logit_adjusted", task_of(), labels, logits, logit_adjusted=LogitAdjusted("loss", tau))
        for tau in (1.0, 0.5)
    )
    balanced = loss_of("balanced_softmax", task_of(), labels, logits)
    assert adjusted == pytest.approx(balanced, rel=1e-6)
    expected = losses.cross_entropy(labels, logits + 0.5 * np.log(COUNTS)).numpy().mean()
    assert half == pytest.approx(expected, rel=1e-5)
    plain = loss_of("cross_entropy", task_of(), labels, logits)
    assert loss_of("logit_adjusted", task_of(), labels, logits) == pytest.approx(plain, rel=1e-6)
    assert abs(balanced - plain) > 0.05


def test_log_prior_is_that_of_the_papers_isic_split_and_even_where_classes_are_shown_equally() -> None:
    expected = [-0.4012, -2.1972, -2.2101, -2.9691, -3.4215, -4.2601, -4.4608]
    np.testing.assert_allclose(log_prior(task_of(ISIC)), expected, atol=1e-4)
    np.testing.assert_allclose(log_prior(task_of(ISIC, np.full(7, 4694))), -np.log(7))


def test_class_that_is_never_shown_has_no_log_prior() -> None:
    with pytest.raises(ValueError, match=r"Classes \[1\] have no training images.*correct the split"):
        log_prior(task_of(np.array([5, 0, 2])))
