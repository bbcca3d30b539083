"""Two ways to feed the classifier head: features computed once, or images augmented anew for every update."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.data.inference import answers_of
from conbal_tf.data.schedule import schedule
from conbal_tf.networks.heads import classifier
from conbal_tf.training.callbacks import Countdown
from conbal_tf.training.images import StageImages
from conbal_tf.training.scoring import EVALUATION_BATCH, Labelled
from conbal_tf.training.stage import Stage


@dataclass(frozen=True)
class HeadTask:
    """What `fit` needs to train the head."""

    model: keras.Model
    """What is fit: the head alone, or the frozen backbone with the head."""
    batches_from: Callable[[int], tf.data.Dataset]
    """Number of the first batch to endless balanced batches of (inputs of the model, labels)."""
    validation: Labelled
    """Inputs of the model, with labels, of the validation part."""


def online(backbone: keras.Model, head: keras.Model, images: StageImages, stage: Stage) -> HeadTask:
    """The paper's way: balanced, augmented images go through the frozen backbone at every update.

    Args:
        backbone: frozen, images to features.
        head: features to logits.
        images: what is trained and scored on.
        stage: of the head.
    """
    return HeadTask(classifier(backbone, head, softmax=False), images.batches_of(stage), images.validation())


def cached(backbone: keras.Model, head: keras.Model, images: StageImages, stage: Stage) -> HeadTask:
    """The quick way: the features of `cached_views` augmented views of each image are computed once, then drawn from.

    The arguments are those of `online`.
    """
    views, rows = stage.cached_views, images.train_rows()
    print(f"classifier: computing the features of {views} views of {len(rows)} images", flush=True)
    features_of = answers_of(backbone)
    with tf.device("CPU:0"):  # where tf.data draws from them
        features = tf.constant(features_of(images.views_once(stage), Countdown("classifier", views * len(rows))))
    labels = np.repeat(rows["label"].to_numpy(), views)
    questions = images.validation()
    answers = tf.data.Dataset.from_tensor_slices(features_of(questions.batches)).batch(EVALUATION_BATCH)
    # Compiled is a model around the head: a compiled head would carry our optimiser into classifier.keras.
    model = keras.Model(head.inputs, head.outputs)
    return HeadTask(model, partial(_feature_batches, features, labels, stage), Labelled(answers, questions.labels))


def _feature_batches(features: tf.Tensor, labels: np.ndarray, stage: Stage, start: int) -> tf.data.Dataset:
    """Returns endless balanced batches of (features [(batch_size, dimensions)], labels [(batch_size,) int32])."""
    # The schedule orders places, not features: it copies the items that it shuffles.
    rows = [np.flatnonzero(labels == label) for label in range(len(stage.visits))]
    places = schedule(
        [tf.data.Dataset.from_tensor_slices(of_class) for of_class in rows],
        np.array([len(of_class) for of_class in rows]),
        np.array(stage.visits),
        seed=stage.seed,
        start=start * stage.batch_size,
    )
    classes = tf.constant(labels, tf.int32)
    batches = places.batch(stage.batch_size, drop_remainder=True)
    return batches.map(lambda _, place: (tf.gather(features, place), tf.gather(classes, place))).prefetch(
        tf.data.AUTOTUNE
    )


HeadFeatures = Callable[[keras.Model, keras.Model, StageImages, Stage], HeadTask]

HEAD_FEATURES: dict[str, HeadFeatures] = {
    "cached": cached,
    "online": online,
}
