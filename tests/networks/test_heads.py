"""Projection head, classifier head, and the classifier they make."""

import keras
import numpy as np

from conbal_tf.networks.heads import classifier, classifier_head, projection_head, with_features
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
