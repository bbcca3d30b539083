"""Projection head, classifier head, and the classifier they make."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.networks.heads import classifier, classifier_head, cosine_head, projection_head, with_features
from conbal_tf.networks.resnet import backbone


def test_embeddings_are_unit_vectors_in_float32_under_mixed_precision() -> None:
    keras.utils.set_random_seed(0)  # with few hidden units, all may be off for an image, and nothing is left to scale
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        head = projection_head(8, hidden_size=64, embedding_size=4)
        embeddings = head(np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32))
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(embeddings.dtype) == "float32"
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1.0, rtol=1e-5)


def test_projection_head_is_a_two_layer_perceptron_of_the_papers_sizes() -> None:
    head = projection_head(2048)
    assert [tuple(weight.shape) for weight in head.weights] == [(2048, 2048), (2048,), (2048, 128), (128,)]


def test_classifier_gives_probabilities_and_its_features() -> None:
    network = backbone("resnet10_small", width=4)
    whole = classifier(network, classifier_head(network.output_shape[-1], 3))
    images = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype(np.float32)
    answers = with_features(whole)(images)
    np.testing.assert_allclose(np.sum(answers["probabilities"], axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(answers["probabilities"], whole(images), rtol=1e-6)
    np.testing.assert_allclose(answers["features"], network(images), rtol=1e-6)


def test_frozen_backbone_keeps_its_batch_norm_statistics_while_the_head_learns() -> None:
    network = backbone("resnet10_small", width=4)
    network.trainable = False
    model = classifier(network, classifier_head(network.output_shape[-1], 2), softmax=False)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = [weight.numpy().copy() for weight in network.weights]
    images = np.random.default_rng(0).normal(5.0, size=(8, 16, 16, 3)).astype(np.float32)
    head_before = model.get_layer("classifier_head").get_weights()[0].copy()
    model.fit(images, np.arange(8) % 2, batch_size=4, verbose=0)
    assert all(np.array_equal(old, new) for old, new in zip(before, network.weights, strict=True))
    assert not np.array_equal(head_before, model.get_layer("classifier_head").get_weights()[0])


def test_cosines_by_hand() -> None:
    head = cosine_head(2, 3, scale=10.0)
    head.set_weights([np.array([[2.0, 0.0], [0.0, 0.5], [-3.0, -3.0]])])
    np.testing.assert_allclose(
        head(np.array([[5.0, 0.0], [3.0, 4.0]], np.float32)),
        [[10.0, 0.0, -10.0 / 2**0.5], [6.0, 8.0, -7.0 * 2**0.5]],
        rtol=1e-6,
        atol=1e-6,
    )


@settings(max_examples=15)
@given(rows=st.integers(1, 6), size=st.integers(1, 9), classes=st.integers(1, 12), seed=st.integers(0, 2**16))
def test_cosine_head_and_its_gradients_agree_with_the_formulas(rows: int, size: int, classes: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    x, w, upstream = (draw.normal(size=shape) for shape in ((rows, size), (classes, size), (rows, classes)))
    head = cosine_head(size, classes, scale=30.0)
    head.set_weights([w])
    features, weights = tf.constant(x, tf.float32), head.trainable_weights[0].value
    with tf.GradientTape() as tape:
        tape.watch(features)
        logits = head(features)
        total = tf.reduce_sum(logits * upstream.astype(np.float32))
    of_features, of_weights = tape.gradient(total, [features, weights])
    expected, expected_of_features, expected_of_weights = np.zeros((rows, classes)), np.zeros_like(x), np.zeros_like(w)
    for i in range(rows):
        for j in range(classes):
            long, wide = np.linalg.norm(x[i]), np.linalg.norm(w[j])
            cosine = x[i] @ w[j] / (long * wide)
            expected[i, j] = 30.0 * cosine
            expected_of_features[i] += upstream[i, j] * 30.0 * (w[j] / wide - cosine * x[i] / long) / long
            expected_of_weights[j] += upstream[i, j] * 30.0 * (x[i] / long - cosine * w[j] / wide) / wide
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)
    for gradient, formula, vectors in ((of_features, expected_of_features, x), (of_weights, expected_of_weights, w)):
        shortest = np.linalg.norm(vectors, axis=1).min()
        np.testing.assert_allclose(gradient, formula, rtol=1e-3, atol=1e-4 / shortest)


def test_cosines_keep_within_the_scale_and_ignore_the_length_of_features_and_weights() -> None:
    features = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    head = cosine_head(3, 40, scale=7.0)
    logits = head(features).numpy()
    assert 6.9 < np.abs(logits).max() <= 7.0 * (1 + 1e-6)
    for factor in (1e-3, 1e5):
        np.testing.assert_allclose(head(factor * features), logits, rtol=1e-4, atol=1e-4)
    head.set_weights([50.0 * head.get_weights()[0]])
    np.testing.assert_allclose(head(features), logits, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_features_of_length_zero_give_zero_logits_and_zero_gradient(jit_compile: bool) -> None:
    head = cosine_head(4, 3)

    @tf.function(jit_compile=jit_compile)
    def answer(features: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            tape.watch(features)
            logits = head(features)
            total = tf.reduce_sum(tf.nn.log_softmax(logits)[:, 0])
        return logits, tape.gradient(total, [features, head.trainable_weights[0].value])

    logits, (of_features, of_weights) = answer(tf.constant([[0.0] * 4, [1.0, -2.0, 0.5, 3.0]]))
    np.testing.assert_array_equal(logits[0], [0.0] * 3)
    np.testing.assert_array_equal(of_features[0], [0.0] * 4)
    assert np.abs(of_features[1]).max() > 0
    assert np.isfinite(of_weights).all()


def test_features_that_are_not_numbers_are_not_hidden() -> None:
    logits = cosine_head(2, 3)(np.array([[np.nan, 1.0], [1.0, 1.0]], np.float32))
    assert np.isnan(logits).all(axis=1).tolist() == [True, False]


def test_class_weights_start_at_a_length_of_about_1_in_every_direction() -> None:
    keras.utils.set_random_seed(0)
    weights = cosine_head(512, 7).get_weights()[0]
    np.testing.assert_allclose(np.linalg.norm(weights, axis=1), 1.0, atol=0.1)
    assert np.abs(np.corrcoef(weights) - np.eye(7)).max() < 0.2


def test_cosine_head_learns_under_mixed_precision() -> None:
    keras.utils.set_random_seed(0)
    labels = np.arange(60) % 3
    draw = np.random.default_rng(0)
    features = (draw.normal(size=(3, 8))[labels] + 0.2 * draw.normal(size=(60, 8))).astype(np.float32)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        head = cosine_head(8, 3)
        model = keras.Model(head.inputs, head.outputs)  # as stage 2 does
        model.compile(keras.optimizers.SGD(0.02), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(features, labels, batch_size=20, epochs=10, verbose=0)
        logits = head(features)
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert (np.argmax(logits, axis=1) == labels).all()
