"""Two ways to feed the classifier head: features computed once, or images augmented anew for every update."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.data.inference import answers_of
from conbal_tf.data.pipeline import View, augmented_once, training_batches
from conbal_tf.data.schedule import schedule, visits_per_epoch
from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.heads import classifier
from conbal_tf.settings.schema import Settings
from conbal_tf.training.callbacks import Countdown
from conbal_tf.training.scoring import EVALUATION_BATCH, Labelled, labelled_images


@dataclass(frozen=True)
class HeadTask:
    """What `fit` needs to train the head."""

    model: keras.Model
    """What is fit: the head alone, or the frozen backbone with the head."""
    batches_from: Callable[[int], tf.data.Dataset]
    """Number of the first batch to endless balanced batches of (inputs of the model, labels)."""
    validation: Labelled
    """Inputs of the model, with labels, of the validation part."""


def online(backbone: keras.Model, head: keras.Model, data: SplitRecords, settings: Settings) -> HeadTask:
    """The paper's way: balanced, augmented images go through the frozen backbone at every update.

    Args:
        backbone: frozen, images to features.
        head: features to logits.
        data: the records under the protocol.
        settings: of the run.
    """
    ids = data.ids(*settings.data.train_parts)
    view = View.of(settings.data, views=1, seed=_stage_seed(settings))

    def batches_from(start: int) -> tf.data.Dataset:
        return training_batches(
            data.records, ids, view, sampling="balanced", batch_size=settings.classifier.batch_size, start=start
        )

    validation = labelled_images(data, data.rows("validation"), settings.data)
    return HeadTask(classifier(backbone, head, softmax=False), batches_from, validation)


def cached(backbone: keras.Model, head: keras.Model, data: SplitRecords, settings: Settings) -> HeadTask:
    """The quick way: the features of `cached_views` augmented views of each image are computed once, then drawn from.

    Args:
        backbone: frozen, images to features.
        head: features to logits.
        data: the records under the protocol.
        settings: of the run.
    """
    views, batch_size = settings.classifier.cached_views, settings.classifier.batch_size
    rows = data.rows(*settings.data.train_parts)
    view = View.of(settings.data, views=views, seed=_stage_seed(settings))
    print(f"classifier: computing the features of {views} views of {len(rows)} images", flush=True)
    shown = augmented_once(data.records, rows["id"], view, batch_size=max(1, EVALUATION_BATCH // views))
    features_of = answers_of(backbone)
    with tf.device("CPU:0"):  # where tf.data draws from them
        features = tf.constant(features_of(shown, Countdown("classifier", views * len(rows))))
    labels = np.repeat(rows["label"].to_numpy(), views)
    counts = np.bincount(rows["label"], minlength=len(data.records.class_names))

    def batches_from(start: int) -> tf.data.Dataset:
        return _feature_batches(
            features, labels, visits_per_epoch(counts, "balanced"), batch_size, (settings.seed, start)
        )

    questions = labelled_images(data, data.rows("validation"), settings.data)
    answers = tf.data.Dataset.from_tensor_slices(features_of(questions.batches)).batch(EVALUATION_BATCH)
    # Compiled is a model around the head: a compiled head would carry our optimiser into classifier.keras.
    model = keras.Model(head.inputs, head.outputs)
    return HeadTask(model, batches_from, Labelled(answers, questions.labels))


def _feature_batches(
    features: tf.Tensor, labels: np.ndarray, visits: np.ndarray, batch_size: int, seed_and_start: tuple[int, int]
) -> tf.data.Dataset:
    """Returns endless balanced batches of (features [(batch_size, dimensions)], labels [(batch_size,) int32])."""
    seed, start = seed_and_start
    rows = [np.flatnonzero(labels == label) for label in range(len(visits))]
    places = schedule(
        [tf.data.Dataset.from_tensor_slices(of_class) for of_class in rows],
        np.array([len(of_class) for of_class in rows]),
        visits,
        seed=seed,
        start=start * batch_size,
    )
    classes = tf.constant(labels, tf.int32)
    batches = places.batch(batch_size, drop_remainder=True)
    return batches.map(lambda _, place: (tf.gather(features, place), tf.gather(classes, place))).prefetch(
        tf.data.AUTOTUNE
    )


def _stage_seed(settings: Settings) -> int:
    """Returns a seed of its own for stage 2, so that it does not see the very crops of stage 1 again."""
    return settings.seed + 2**32


HEAD_FEATURES: dict[str, Callable[[keras.Model, keras.Model, SplitRecords, Settings], HeadTask]] = {
    "cached": cached,
    "online": online,
}
