"""ContrastiveModel as a Keras user meets it: fit, evaluate, predict, save, load; its loss against the reference."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.networks.heads import projection_head
from conbal_tf.training.balanced_contrastive import BalancedContrastiveModel
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.optimizer import CoupledSGD
from tests import reference, reference_losses
from tests.small_network import small_network


def model(**options: Any) -> ContrastiveModel:
    network = small_network(32)
    made = ContrastiveModel(network, projection_head(32, hidden_size=16, embedding_size=8), **options)
    made.compile(CoupledSGD(0.05), jit_compile=False)
    return made


def balanced_model(classes: int = 3, **options: Any) -> BalancedContrastiveModel:
    network, head = small_network(32), projection_head(32, hidden_size=16, embedding_size=8)
    made = BalancedContrastiveModel(network, head, n_classes=classes, **options)
    made.compile(CoupledSGD(0.05, coupled_weight_decay=0.0), jit_compile=False)
    return made


def batch(images: int = 24, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Returns noise around a mean of the class's own, so that there is something to learn."""
    random = np.random.default_rng(0)
    labels = np.arange(images) % classes
    means = random.normal(size=(classes, 8, 8, 3))
    return (means[labels] + random.normal(size=(images, 8, 8, 3))).astype(np.float32), labels


@pytest.mark.parametrize(("loss_scale", "factor"), [("none", 1.0), ("temperature", 0.2 / 0.07)])
def test_loss_is_the_mean_over_anchors_with_a_positive(loss_scale: str, factor: float) -> None:
    images, labels = batch(13, 4)
    labels[0] = 9  # alone in its class
    contrastive = model(temperature=0.2, loss_scale=loss_scale)
    values = reference.supervised_contrastive(contrastive.predict(images, verbose=0), labels, 0.2)
    expected = factor * np.mean([value for value in values if value is not None])
    assert contrastive.evaluate(images, labels, batch_size=13, verbose=0) == pytest.approx(expected, rel=1e-4)


def test_batch_without_any_positive_has_loss_zero_and_learns_nothing_but_the_decay() -> None:
    images, _ = batch(4)
    contrastive = model()
    assert contrastive.evaluate(images, np.arange(4), batch_size=4, verbose=0) == 0.0
    contrastive.compile(CoupledSGD(0.05, coupled_weight_decay=0.0), jit_compile=False)
    before = [weight.numpy().copy() for weight in contrastive.trainable_weights]
    contrastive.fit(images, np.arange(4), batch_size=4, verbose=0)
    assert all(np.array_equal(old, new) for old, new in zip(before, contrastive.trainable_weights, strict=True))


def test_fit_lowers_the_loss_and_takes_keras_callbacks_and_validation_data() -> None:
    images, labels = batch()
    epochs = []
    noted = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(epoch))
    history = model().fit(
        images, labels, batch_size=24, epochs=12, verbose=0, callbacks=[noted], validation_data=(images, labels)
    ).history  # fmt: skip
    assert history["loss"][-1] < 0.8 * history["loss"][0]
    assert epochs == list(range(12))
    assert len(history["val_loss"]) == 12


def test_saved_and_loaded_model_gives_the_same_embeddings_and_goes_on_learning(tmp_path: Path) -> None:
    images, labels = batch()
    contrastive = model(temperature=0.2)
    contrastive.fit(images, labels, batch_size=24, epochs=2, verbose=0)
    contrastive.save(tmp_path / "contrastive.keras")
    loaded = keras.models.load_model(tmp_path / "contrastive.keras")
    assert isinstance(loaded, ContrastiveModel)
    assert (loaded.temperature, loaded.loss_scale) == (0.2, "temperature")
    np.testing.assert_allclose(loaded.predict(images, verbose=0), contrastive.predict(images, verbose=0), atol=1e-6)
    losses = [one.fit(images, labels, batch_size=24, verbose=0).history["loss"][0] for one in (contrastive, loaded)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_keeps_loss_and_embeddings_in_float32_and_learns(policy: str) -> None:
    images, labels = batch()
    keras.config.set_dtype_policy(policy)
    try:
        contrastive = model(temperature=0.05)
        before = [weight.numpy().copy() for weight in contrastive.trainable_weights]
        losses = contrastive.fit(images, labels, batch_size=24, epochs=12, verbose=0).history["loss"]
        embeddings = contrastive(images)
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    assert embeddings.dtype == tf.float32
    assert any(not np.array_equal(old, new) for old, new in zip(before, contrastive.trainable_weights, strict=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": 0.0}, "temperature is 0.0; it must be above 0"),
        ({"loss_scale": "no"}, "Unknown loss_scale 'no'"),
    ],
)
def test_impossible_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model(**options)


def test_loss_or_metrics_given_to_compile_are_refused() -> None:
    with pytest.raises(ValueError, match=r"compile was given loss, metrics; it has one loss"):
        model().compile("sgd", loss="mse", metrics=["accuracy"])


@pytest.mark.parametrize(("loss_scale", "factor"), [("none", 1.0), ("temperature", 0.2 / 0.07)])
def test_balanced_loss_is_that_of_the_images_with_unit_prototypes_appended(loss_scale: str, factor: float) -> None:
    images, labels = batch(13, 4)
    labels[0] = 4  # alone in its class, but for the prototype
    balanced = balanced_model(5, temperature=0.2, loss_scale=loss_scale)
    prototypes = balanced.prototypes.numpy()
    prototypes /= np.linalg.norm(prototypes, axis=1, keepdims=True)
    contrasts = np.concatenate([balanced.predict(images, verbose=0), prototypes])
    values = reference_losses.balanced_contrastive(contrasts, np.concatenate([labels, np.arange(5)]), 13, 0.2)
    assert None not in values  # every anchor has a positive
    expected = factor * np.mean(np.array(values, float))
    assert balanced.evaluate(images, labels, batch_size=13, verbose=0) == pytest.approx(expected, rel=1e-4)


def test_prototypes_are_learnt_with_the_rest_those_of_absent_classes_too() -> None:
    images, labels = batch(classes=2)
    balanced = balanced_model(3, temperature=1.0)
    before = balanced.prototypes.numpy().copy()
    assert any(weight is balanced.prototypes for weight in balanced.trainable_weights)
    balanced.fit(images, labels, batch_size=24, verbose=0)
    # Without weight decay a weight moves by its gradient alone; every class stands in every denominator.
    assert (np.abs(balanced.prototypes.numpy() - before).max(axis=1) > 1e-4).all()


def test_saved_and_loaded_balanced_model_keeps_its_prototypes_and_goes_on_learning(tmp_path: Path) -> None:
    images, labels = batch()
    balanced = balanced_model(temperature=0.2)
    balanced.fit(images, labels, batch_size=24, verbose=0)
    balanced.save(tmp_path / "balanced.keras")
    loaded = keras.models.load_model(tmp_path / "balanced.keras")
    assert isinstance(loaded, BalancedContrastiveModel)
    assert (loaded.temperature, loaded.n_classes) == (0.2, 3)
    np.testing.assert_array_equal(loaded.prototypes.numpy(), balanced.prototypes.numpy())
    losses = [one.fit(images, labels, batch_size=24, verbose=0).history["loss"][0] for one in (balanced, loaded)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    after = [one.evaluate(images, labels, batch_size=24, verbose=0) for one in (balanced, loaded)]
    assert after[0] == pytest.approx(after[1], rel=1e-4)
