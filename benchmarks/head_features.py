"""The head on cached features against the head on images: `python -m benchmarks.head_features RUN --seeds 3`.

Trains both on the frozen backbone of a finished run, with several seeds, and scores the validation part (never the test
part). The time is that of stage 2 alone, features included.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import keras

from benchmarks.finished import records_of
from conbal_tf.data.pipeline import TestView
from conbal_tf.data.split import SplitRecords, open_split
from conbal_tf.evaluation.predictions import predict
from conbal_tf.metrics.classification import summarise
from conbal_tf.run.plan import plan_run
from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.schema import Settings
from conbal_tf.training.head import HEAD_FEATURES
from conbal_tf.training.images import StageImages
from conbal_tf.training.stages import begin, train_classifier


def main() -> None:
    """Prints a row for each way and seed, and the mean of each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a finished run with a second stage")
    parser.add_argument("--seeds", type=int, default=3)
    flags = parser.parse_args()
    settings = read_settings_file(flags.run / "settings.toml")
    data = open_split(records_of(settings), flags.run / "protocol.csv")
    rows: list[tuple[str, float, float, float]] = []
    for features in HEAD_FEATURES:
        for seed in range(flags.seeds):
            head = replace(settings.classifier, features=features)  # type: ignore[arg-type]
            rows.append((features, *_train(replace(settings, seed=seed, classifier=head), data, flags.run)))
    print(f"validation part of {flags.run.name}, {settings.classifier.length} of {settings.classifier.batch_size}")
    print("features  macro F1         balanced accuracy  seconds")
    for features in HEAD_FEATURES:
        columns = list(zip(*(row[1:] for row in rows if row[0] == features), strict=True))
        print(f"{features:<8}  {_spread(columns[0], 3)}    {_spread(columns[1], 3)}      {_spread(columns[2], 0)}")


def _train(settings: Settings, data: SplitRecords, run: Path) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(run / "backbone.keras", Path(folder) / "backbone.keras")
        began = time.monotonic()
        begin(settings.training.precision, settings.seed)
        stage = plan_run(settings, data, replicas=1).head
        assert stage is not None, f"{run} has no second stage"
        train_classifier(
            HEAD_FEATURES[settings.classifier.features], stage, StageImages(data, settings.data), Path(folder)
        )
        seconds = time.monotonic() - began
        classifier = keras.models.load_model(Path(folder) / "classifier.keras", compile=False)
    predictions = predict(classifier, data, "validation", TestView.of(settings.data))
    scores = summarise(predictions.rows["label"].to_numpy(), predictions.predicted, data.records.class_names)
    print(f"{settings.classifier.features}, seed {settings.seed}: macro F1 {scores['macro_f1']:.3f}, {seconds:.0f} s")
    return scores["macro_f1"], scores["balanced_accuracy"], seconds


def _spread(values: tuple[float, ...], digits: int) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.{digits}f} +- {deviation:.{digits}f}"


if __name__ == "__main__":
    main()
