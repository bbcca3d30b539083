"""Drawing images by their loss: proportions, edges, seeds; and the step on the drawn ones alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.networks.heads import classifier, classifier_head
from conbal_tf.training.loss_sampling import LossSampling, draw
from conbal_tf.training.optimizer import CoupledSGD
from tests.small_network import small_network

IMAGES = np.random.default_rng(0).normal(size=(12, 8, 8, 3)).astype(np.float32)
LABELS = np.arange(12) % 3


def draws(losses: list[float], count: int, seeds: int) -> np.ndarray:
    """Returns the places drawn with each of the seeds (0, 0), (0, 1), ... [(seeds, count) int32]."""
    drawn = tf.function(
        lambda: tf.map_fn(
            lambda number: draw(tf.constant(losses), count, tf.stack([tf.constant(0, tf.int64), number])),
            tf.range(seeds, dtype=tf.int64),
            fn_output_signature=tf.TensorSpec((count,), tf.int32),
        )
    )
    return drawn().numpy()


def tiny_classifier() -> keras.Model:
    network = small_network()
    return classifier(network, classifier_head(network.output_shape[-1], 3), softmax=False)


@pytest.fixture
def sampled() -> LossSampling:
    model = LossSampling(tiny_classifier(), candidates=3, seed=5)
    model.compile(CoupledSGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    return model


def drawn_next(model: LossSampling) -> np.ndarray:
    """Returns the places that the next step on IMAGES will learn from."""
    losses = keras.losses.sparse_categorical_crossentropy(LABELS, model.predict(IMAGES, verbose=0), from_logits=True)
    return draw(losses, 4, model._draw_seed()).numpy()


def test_places_are_drawn_in_proportion_to_the_losses() -> None:
    losses, seeds = [0.5, 1.0, 2.0, 4.5], 4000
    counts = np.bincount(draws(losses, 1, seeds)[:, 0], minlength=4)
    expected = seeds * np.array(losses) / sum(losses)
    # Of chi-square with 3 degrees of freedom, 16.3 is passed once in 1,000 times.
    assert (((counts - expected) ** 2) / expected).sum() < 16.3


def test_second_place_is_drawn_in_proportion_among_the_others() -> None:
    both = draws([1.0, 2.0, 4.0], 2, 4000)
    assert (both[:, 0] != both[:, 1]).all()
    second = np.bincount(both[both[:, 0] == 2, 1], minlength=3)
    # Of the places 0 and 1 that are left, twice as often 1; four standard deviations wide.
    assert abs(second[1] / second.sum() - 2 / 3) < 4 * np.sqrt(2 / 9 / second.sum())


def test_no_place_is_drawn_twice_and_all_are_where_all_are_asked_for() -> None:
    losses = np.random.default_rng(0).exponential(size=9).tolist()
    assert all(len(set(places)) == 5 for places in draws(losses, 5, 50).tolist())
    assert all(sorted(places) == list(range(9)) for places in draws(losses, 9, 20).tolist())


def test_losses_of_zero_are_drawn_when_no_others_are_left_and_never_before() -> None:
    places = draws([0.0, 1e-3, 0.0, 5.0, 0.0], 3, 400)
    assert all({1, 3} < set(drawn) for drawn in places.tolist())
    assert set(places.ravel().tolist()) == set(range(5))
    assert {len(set(drawn)) for drawn in draws([0.0] * 4, 2, 20).tolist()} == {2}


def test_same_seed_draws_the_same_and_another_does_not() -> None:
    losses = tf.constant(np.random.default_rng(0).exponential(size=40))
    first, again, other = (draw(losses, 20, tf.constant([3, seed], tf.int64)).numpy().tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_step_is_the_plain_step_on_the_drawn_images_alone(sampled: LossSampling) -> None:
    drawn = drawn_next(sampled)
    assert len(drawn) == len(IMAGES) // 3
    logged = sampled.train_on_batch(IMAGES, LABELS)
    plain = tiny_classifier()
    plain.compile(CoupledSGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    expected = plain.train_on_batch(IMAGES[drawn], LABELS[drawn])
    assert float(logged) == pytest.approx(float(expected), rel=1e-5)
    # Batch norm's moving statistics are among the weights: the candidates do not enter them.
    for ours, theirs in zip(sampled.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_every_update_and_every_seed_draws_anew(sampled: LossSampling) -> None:
    sampled.build(IMAGES.shape)
    seeds = [sampled._draw_seed().numpy().tolist()]
    sampled.optimizer.iterations.assign_add(1)
    seeds.append(sampled._draw_seed().numpy().tolist())
    sampled.seed += 1
    seeds.append(sampled._draw_seed().numpy().tolist())
    assert len({tuple(seed) for seed in seeds}) == 3
