"""The SavedModel for TF Serving: from encoded image bytes to probabilities, in one graph."""

import json
from dataclasses import asdict
from pathlib import Path

import keras
import tensorflow as tf

from conbal_tf.data.pipeline import TestView, prepare_test_image
from conbal_tf.metrics.calibration import Calibration
from conbal_tf.metrics.probability import LEAST
from tfrecords_tools.pixels import images
from tfrecords_tools.surroundings.keras_settings import check_backend
from tfrecords_tools.surroundings.publishing import FINISHED, published


def export(
    classifier: keras.Model,
    class_names: tuple[str, ...],
    view: TestView,
    record_size: int,
    directory: Path,
    *,
    crop: str = "none",
    bits: int | None = None,
    calibration: Calibration | None = None,
    replace: bool = True,
) -> None:
    """Writes a SavedModel that takes images as they were downloaded.

    Signature `serving_default`: `image_bytes` [(n,) string], encoded JPEG, PNG, BMP or GIF of any size, to
    `probabilities` [(n, classes) float32], `label` [(n,) int64], the place of the most probable class, and
    `class_names` [(n, classes) string].

    Args:
        classifier: normalised images to probabilities.
        class_names: in label order.
        view: the size at which the classifier was tested.
        record_size: short side of the records in pixels; images are first resized to it, as conversion does.
        directory: where to; the model appears there once it is whole.
        crop: what was cut away before records were resized, one of `images.CROPS`.
        bits: how many bits the values of 16-bit PNGs have, where that was said of the images that were trained on.
        calibration: what becomes of the classifier's probabilities; it also stands in assets.extra/calibration.json.
        replace: whether a model that is there already gives way.

    Raises:
        FileExistsError: Something is there already, and is not to be replaced.
        ValueError: It cannot be written, as on a full disk, or Keras runs on another backend than TensorFlow.
    """
    check_backend(keras.config.backend())

    def answer(image_bytes: tf.Tensor) -> tf.Tensor:
        return classifier(prepare(image_bytes)[tf.newaxis], training=False)[0]

    def prepare(image_bytes: tf.Tensor) -> tf.Tensor:
        pixels, size = images.decode_for(image_bytes, record_size, crop, bits)
        return prepare_test_image(images.as_stored(pixels, size, record_size, crop), view)

    def serve(image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        if view.test_resize == "square":
            shape = tf.TensorSpec((view.test_size, view.test_size, 3), tf.float32)
            # Prepared one by one, since originals differ in size, and answered as a batch.
            probabilities = classifier(tf.map_fn(prepare, image_bytes, fn_output_signature=shape), training=False)
        else:  # images of several shapes make no batch
            shape = tf.TensorSpec((len(class_names),), tf.float32)
            probabilities = tf.map_fn(answer, image_bytes, fn_output_signature=shape)
        if calibration is not None:
            probabilities = calibrated(probabilities, calibration)
        names = tf.broadcast_to(tf.constant(class_names), tf.shape(probabilities))
        return {"probabilities": probabilities, "label": tf.argmax(probabilities, axis=1), "class_names": names}

    archive = keras.export.ExportArchive()
    # Its weights are exported with the graph: only those of what is tracked are.
    archive.track(classifier)
    archive.add_endpoint("serving_default", serve, [tf.TensorSpec((None,), tf.string, name="image_bytes")])
    _publish(archive, directory, calibration, replace)


def calibrated(probabilities: tf.Tensor, calibration: Calibration) -> tf.Tensor:
    """Returns what `Calibration.apply` does, in a graph [(n, n_classes) float32].

    Args:
        probabilities: as a classifier gives them [(n, n_classes) float32].
        calibration: what becomes of them.
    """
    logs = tf.math.log(tf.maximum(probabilities, LEAST))
    return tf.nn.softmax(logs / calibration.temperature + tf.constant(calibration.offsets, tf.float32))


def _publish(
    archive: keras.export.ExportArchive, directory: Path, calibration: Calibration | None, replace: bool
) -> None:
    """Writes the model beside its place, where TF Serving does not look, and moves it there when whole."""
    with published(directory, "an export", "--out", replace=replace) as workplace:
        finished = workplace / FINISHED
        archive.write_out(finished, verbose=False)
        if calibration is not None:
            extra = finished / "assets.extra"  # the place for what TF Serving need not know
            extra.mkdir()
            text = json.dumps(asdict(calibration), indent=2) + "\n"
            (extra / "calibration.json").write_text(text, encoding="utf-8")
