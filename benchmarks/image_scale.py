"""What a mismatch of scale between training and testing costs: `python -m benchmarks.image_scale RUN`.

Scores a finished run's classifier on the validation part (never the test part) at several test sizes, and once resized
without antialiasing.
"""

from unittest import mock

import keras
import tensorflow as tf

from benchmarks.finished import asked_run
from conbal_tf.data.pipeline import TestView
from conbal_tf.data.split import SplitRecords, open_split
from conbal_tf.evaluation.predictions import predict
from conbal_tf.metrics.classification import summarise
from tfrecords_tools.pixels import images

SCALES = (0.5, 0.75, 1.0, 8 / 7, 1.5, 2.0)


def main() -> None:
    """Prints a row for each test size."""
    run, settings, records = asked_run(__doc__)
    data = open_split(records, run / "protocol.csv")
    classifier = keras.models.load_model(run / "classifier.keras", compile=False)
    print(f"validation part of {run.name}; trained on crops of {settings.data.image_size} px")
    print("test size       accuracy  macro F1  balanced accuracy")
    for size in sorted({settings.data.test_size, *(round(settings.data.image_size * scale) for scale in SCALES)}):
        _score(classifier, data, size, "")
    with mock.patch.object(images, "resize", _resize_aliased):
        _score(classifier, data, settings.data.test_size, ", aliased")


def _score(classifier: keras.Model, data: SplitRecords, size: int, note: str) -> None:
    predictions = predict(classifier, data, "validation", TestView(size))
    scores = summarise(predictions.rows["label"].to_numpy(), predictions.predicted, data.records.class_names)
    numbers = (scores["accuracy"], scores["macro_f1"], scores["balanced_accuracy"])
    print(f"{f'{size} px{note}':<14} " + "  ".join(f"{number:>8.3f}" for number in numbers))


def _resize_aliased(pixels: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    return tf.image.resize(pixels, size, method="bilinear", antialias=False)


if __name__ == "__main__":
    main()
