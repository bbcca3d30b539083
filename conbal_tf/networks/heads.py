"""What sits on a backbone: the projection head of stage 1 and the classifier head of stage 2."""

import zipfile
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from conbal_tf.networks.imagenet import CaffeInput
from conbal_tf.run_folder.damage import damaged, remedy_of, shortened

# Features or class weights shorter than its root have no direction.
_SMALLEST_SQUARE = 1e-12


def projection_head(feature_size: int, *, hidden_size: int = 2048, embedding_size: int = 128) -> keras.Model:
    """Returns the two-layer perceptron that turns features into embeddings z of length 1.

    Args:
        feature_size: dimensions of the backbone's features.
        hidden_size: units of the hidden layer.
        embedding_size: units of z.

    Returns:
        A model, features [(n, feature_size) float32] to embeddings [(n, embedding_size) float32].

    Reference:
        Marrakchi, Makansi, Brox (2021), section 4.3.

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> embeddings = cb.projection_head(512, embedding_size=32)(np.ones((4, 512), np.float32))
    >>> embeddings.shape, bool(np.allclose(np.linalg.norm(embeddings, axis=1), 1))
    (TensorShape([4, 32]), True)
    """
    features = keras.Input((feature_size,), name="features")
    hidden = layers.Dense(hidden_size, activation="relu")(features)
    embeddings = layers.Dense(embedding_size, dtype="float32")(hidden)
    return keras.Model(
        features, layers.UnitNormalization(dtype="float32", name="embeddings")(embeddings), name="projection_head"
    )


def classifier_head(feature_size: int, n_classes: int) -> keras.Model:
    """Returns the linear classifier, features [(n, feature_size) float32] to logits [(n, n_classes) float32].

    It gives logits, since cross-entropy from probabilities loses digits; `classifier` adds the softmax.

    >>> import conbal_tf as cb
    >>> cb.classifier_head(512, 7).output_shape
    (None, 7)
    """
    features = keras.Input((feature_size,), name="features")
    return keras.Model(
        features, layers.Dense(n_classes, dtype="float32", name="logits")(features), name="classifier_head"
    )


def cosine_head(feature_size: int, n_classes: int, *, scale: float = 30.0) -> keras.Model:
    """Returns the classifier by angle: scale times the cosine between features and the weights of each class.

    Both are divided by their length in the forward pass, so that the gradient turns them and does not stretch them.
    Features of length 0 have no direction: all their cosines are 0, and so is their gradient.

    Args:
        feature_size: dimensions of the features.
        n_classes: number of classes; the only weights are [(n_classes, feature_size) float32].
        scale: the largest logit. A margin m between cosines is scale * m between these logits.

    Returns:
        A model, features [(n, feature_size) float32] to logits [(n, n_classes) float32] from -scale to scale.

    Reference:
        Cao et al. (2019), "Learning imbalanced datasets with label-distribution-aware margin loss", section 3.2.

    >>> import numpy as np
    >>> import conbal_tf as cb
    >>> logits = cb.cosine_head(512, 7, scale=30.0)(np.ones((4, 512), np.float32))
    >>> logits.shape, bool(np.abs(logits).max() <= 30)
    (TensorShape([4, 7]), True)
    """
    features = keras.Input((feature_size,), name="features")
    # A dense layer asked about each unit vector answers with its weights. So they are a tensor to be normalised, and a
    # saved head needs no layer of ours. The zero ties the constant to the input: else Keras would freeze the answer.
    zero = ops.sum(ops.zeros_like(features))
    class_weights = layers.Dense(
        feature_size,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=feature_size**-0.5),  # of length about 1
        dtype="float32",
        name="class_weights",
    )(zero + np.eye(n_classes, dtype=np.float32))
    cosines = ops.matmul(_at_length_1(ops.cast(features, "float32")), ops.transpose(_at_length_1(class_weights)))
    logits = layers.Rescaling(scale, dtype="float32", name="logits")(cosines)
    return keras.Model(features, logits, name="classifier_head")


def classifier(backbone: keras.Model, head: keras.Model, *, softmax: bool = True) -> keras.Model:
    """Returns the whole classifier, images [(n, height, width, 3)] to class probabilities [(n, n_classes) float32].

    Args:
        backbone: images to features.
        head: features to logits.
        softmax: False ends at the logits, for training.

    >>> import keras
    >>> import conbal_tf as cb
    >>> network = keras.Sequential([keras.Input((None, None, 3)), keras.layers.GlobalAveragePooling2D()])
    >>> cb.classifier(network, cb.classifier_head(3, 7)).output_shape
    (None, 7)
    """
    images = keras.Input((None, None, 3), name="images")
    answers = head(backbone(images))
    if softmax:
        answers = layers.Softmax(dtype="float32", name="probabilities")(answers)
    return keras.Model(images, answers, name="classifier")


def load_classifier(path: Path, n_classes: int | None = None) -> keras.Model:
    """Returns a saved `classifier`, for answers alone.

    Args:
        path: the file, in a run folder.
        n_classes: how many classes it has to tell apart; None: any number.

    Raises:
        FileNotFoundError: It is not there.
        ValueError: It cannot be loaded, or is another network.
    """
    if not path.is_file():
        raise FileNotFoundError(f"No {path.name} in {path.parent}. {remedy_of(path)}")
    kind = "a classifier that Keras has saved"
    if not zipfile.is_zipfile(path):  # of which Keras says that there is no such file
        raise damaged(path, f"{path.stat().st_size:,} bytes that are no archive", kind)
    try:
        trained = keras.models.load_model(path, custom_objects={"CaffeInput": CaffeInput}, compile=False)
        layers_there, answers = len(trained.layers), trained.output_shape
    # Keras, HDF5 and zipfile raise a dozen types of damaged content.
    except Exception as error:
        raise damaged(path, f"{type(error).__name__}: {shortened(error)}", kind) from error
    if layers_there != 4 or answers[1:] != (n_classes or answers[-1],):
        allowed = f"images, backbone, head and softmax, with answers (None, {n_classes or 'classes'})"
        raise damaged(path, f"a network of {layers_there} layers with answers {answers}", allowed)
    return trained


def with_features(trained: keras.Model) -> keras.Model:
    """Returns a saved `classifier` that gives {"features", "probabilities"} instead of the probabilities alone."""
    _, backbone, head, softmax = trained.layers
    images = keras.Input((None, None, 3), name="images")
    features = backbone(images)
    return keras.Model(images, {"features": features, "probabilities": softmax(head(features))})


def _at_length_1(vectors: keras.KerasTensor) -> keras.KerasTensor:
    """Returns vectors [(n, dimensions) float32] at length 1, or 0; at 0, UnitNormalization has a gradient of 1e12."""
    squares = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
    none = squares <= _SMALLEST_SQUARE  # false for NaN, which is to stay NaN
    return ops.where(none, 0.0, vectors * ops.rsqrt(ops.where(none, 1.0, squares)))
