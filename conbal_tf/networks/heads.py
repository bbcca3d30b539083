"""What sits on a backbone: the projection head of stage 1 and the classifier head of stage 2."""

import keras
from keras import layers


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
    """
    features = keras.Input((feature_size,), name="features")
    return keras.Model(
        features, layers.Dense(n_classes, dtype="float32", name="logits")(features), name="classifier_head"
    )


def classifier(backbone: keras.Model, head: keras.Model, *, softmax: bool = True) -> keras.Model:
    """Returns the whole classifier, images [(n, height, width, 3)] to class probabilities [(n, n_classes) float32].

    Args:
        backbone: images to features.
        head: features to logits.
        softmax: False ends at the logits, for training.
    """
    images = keras.Input((None, None, 3), name="images")
    answers = head(backbone(images))
    if softmax:
        answers = layers.Softmax(dtype="float32", name="probabilities")(answers)
    return keras.Model(images, answers, name="classifier")


def with_features(trained: keras.Model) -> keras.Model:
    """Returns a saved `classifier` that gives {"features", "probabilities"} instead of the probabilities alone."""
    _, backbone, head, softmax = trained.layers
    images = keras.Input((None, None, 3), name="images")
    features = backbone(images)
    return keras.Model(images, {"features": features, "probabilities": softmax(head(features))})
