"""CANet: what its three models give and share, on every backbone."""

from collections.abc import Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf

from conbal_tf.networks.canet import REFERABLE_FROM, CANet, canet
from conbal_tf.networks.heads import classifier, with_features
from conbal_tf.networks.imagenet import imagenet_resnet50
from conbal_tf.networks.resnet import BACKBONES, backbone
from tests.small_network import small_network

ANSWERS = {"label": 5, "referable": 2, "label_specific": 5, "referable_specific": 2}
IMAGES = np.random.default_rng(0).normal(size=(4, 16, 16, 3)).astype(np.float32)


def small(width: int = 8, units: int = 32) -> CANet:
    return canet(small_network(width), 5, units=units)


@pytest.fixture
def mixed_precision() -> Iterator[None]:
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy("float32")


def assert_answers(models: CANet, images: np.ndarray, units: int) -> None:
    features, answers = models.network(images), models.training_model(images)
    assert features.shape == (len(images), units)
    assert {name: answer.shape for name, answer in answers.items()} == {
        name: (len(images), size) for name, size in ANSWERS.items()
    }
    for value in (features, models.head(features), *answers.values()):
        assert keras.backend.standardize_dtype(value.dtype) == "float32"
        assert np.isfinite(value).all()


LARGE = ("resnet18", "resnet50")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LARGE)) for name in sorted(BACKBONES)]
)
def test_every_backbone_carries_it_at_any_image_size(name: str) -> None:
    models = canet(backbone(name, width=4), 5, units=32)
    for height, width in ((32, 32), (48, 40)):
        images = np.random.default_rng(0).normal(size=(2, height, width, 3)).astype(np.float32)
        assert_answers(models, images, 32)


@pytest.mark.slow
def test_the_imagenet_backbone_carries_it() -> None:
    models = canet(imagenet_resnet50(weights=None), 5, units=32)
    assert_answers(models, np.zeros((1, 32, 32, 3), np.float32), 32)


def test_answers_are_float32_under_mixed_precision_and_its_convolutions_are_not(mixed_precision: None) -> None:
    models = small()
    assert_answers(models, IMAGES, 32)
    assert models.network.get_layer("feature_map").output.dtype == "bfloat16"


def test_head_answers_for_the_network_as_in_training() -> None:
    models = small()
    answers = models.training_model(IMAGES)
    np.testing.assert_allclose(models.head(models.network(IMAGES)), answers["label"], rtol=1e-5, atol=1e-6)
    whole = with_features(classifier(models.network, models.head))(IMAGES)
    np.testing.assert_allclose(whole["probabilities"], tf.nn.softmax(answers["label"]), rtol=1e-4)
    np.testing.assert_allclose(whole["features"], models.network(IMAGES), rtol=1e-5, atol=1e-6)


def test_each_task_adds_the_others_features_after_attention_to_its_own() -> None:
    models = small()
    names = ("grade_specific_features", "referable_specific_features", "features", "referable_features")
    tapped = keras.Model(
        models.training_model.input, [models.training_model.get_layer(name).output for name in names]
    )  # fmt: skip
    grade, referable, features, referable_features = (value.numpy() for value in tapped(IMAGES))
    assert not np.allclose(grade, referable)
    for added, other in ((features - grade, referable), (referable_features - referable, grade)):
        seen = other > 1e-3
        gate = added[seen] / other[seen]
        assert (gate > 0.0).all()
        assert (gate < 1.0).all()
        assert np.std(gate) > 0
        np.testing.assert_allclose(added[other == 0], 0.0, atol=1e-7)


def test_specific_answers_come_from_the_tasks_own_branch() -> None:
    models = small()
    before = {name: answer.numpy() for name, answer in models.training_model(IMAGES).items()}
    layer = models.training_model.get_layer("referable_specific_features")
    layer.set_weights([2 * weight for weight in layer.get_weights()])
    after = models.training_model(IMAGES)
    changed = [name for name in ANSWERS if not np.allclose(before[name], after[name], atol=1e-6)]
    assert changed == ["label", "referable", "referable_specific"]


def test_gradients_reach_every_weight() -> None:
    # Wide enough that no perceptron has a single hidden unit, which may be off for all images.
    model = small(width=64, units=128).training_model
    with tf.GradientTape() as tape:
        answers = model(IMAGES, training=True)
        total = tf.add_n([tf.reduce_sum(tf.nn.log_softmax(answer)[:, 0]) for answer in answers.values()])
    gradients = tape.gradient(total, [weight.value for weight in model.trainable_weights])
    reached = {weight.path: np.abs(g).max() for weight, g in zip(model.trainable_weights, gradients, strict=True)}
    assert [path for path, largest in reached.items() if not 0 < largest < np.inf] == []


def test_it_learns_grade_and_referable_at_once_with_the_weights_of_the_backbone() -> None:
    models = small(width=32)
    grades = np.arange(20) % 5
    images = np.random.default_rng(0).normal(size=(20, 16, 16, 3)) * 0.3 + grades[:, None, None, None] - 2.0
    tasks = {"label": grades, "referable": (grades >= REFERABLE_FROM).astype(int)}
    labels = {name: tasks[name.removesuffix("_specific")] for name in ANSWERS}
    model = models.training_model
    first = model.get_weights()[0].copy()
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    optimizer.build(model.trainable_variables)  # else the step is traced twice, which is what takes the time here
    model.compile(
        optimizer,
        loss={name: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for name in ANSWERS},
        jit_compile=False,
    )
    losses = model.fit(images.astype(np.float32), labels, batch_size=20, epochs=25, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    assert not np.array_equal(first, models.network.get_weights()[0])


def test_last_layer_of_the_network_gives_the_features_under_their_name() -> None:
    network = small().network
    assert network.name == "canet"
    assert network.layers[-1].name == "features"
    assert network.output_shape == (None, 32)


def test_units_are_the_papers_unless_told() -> None:
    assert canet(backbone("resnet10_small", width=4), 5).network.output_shape == (None, 1024)


def test_backbone_without_a_feature_map_is_refused() -> None:
    vectors = keras.Input((3,))
    flat = keras.Model(vectors, keras.layers.Dense(4, name="features")(vectors), name="flat")
    with pytest.raises(ValueError, match=r"'flat' has no feature map .* must be a GlobalAveragePooling2D"):
        canet(flat, 5)
