"""`Model.fit` with what every stage wants: exact length, logs, checkpoints, and going on after a crash."""

import csv
import json
import math
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from conbal_tf.training.callbacks import EnoughDisk, LearningRateLog, ProgressLines, StopAfter, ValidationScore
from conbal_tf.training.diagnosis import FiniteLoss


@dataclass(frozen=True)
class Plan:
    """How long a stage is."""

    stage: str
    """Its name in files and lines."""
    schedule_steps: int
    """Updates in an epoch of the schedule over classes."""
    steps_per_epoch: int
    """Updates in an epoch of Keras, at whose end it scores, logs and backs up: a multiple of `schedule_steps`."""
    updates: int
    """Updates in all."""
    batch_size: int
    """Images in an update, over all replicas."""


def fit(
    model: keras.Model,
    batches_from: Callable[[int], tf.data.Dataset],
    plan: Plan,
    run: Path,
    *,
    score: Callable[[Mapping[str, float]], Mapping[str, float]],
    advice: str,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Trains a compiled, built model; called again after a crash, it goes on after the last whole epoch.

    Args:
        model: compiled, with weights.
        batches_from: number of the first batch to the endless dataset of batches from there on.
        plan: how long.
        run: run folder; gets logs/ (TensorBoard, CSV) and checkpoints/ (the best weights by validation score, and the
            backup).
        score: an epoch's logs so far to what is to be added to them, `val_balanced_accuracy` among it.
        advice: what to try where the loss is not finite.
        callbacks: called last.

    Raises:
        ValueError: The loss is not finite.
    """
    backup, log = _backup(run, plan.stage), run / "logs" / f"{plan.stage}.csv"
    epoch = _epochs_done(backup)
    if epoch:
        print(f"{plan.stage}: going on after epoch {epoch}", flush=True)
    (run / "logs").mkdir(parents=True, exist_ok=True)
    (run / "checkpoints").mkdir(exist_ok=True)
    rows = keras.callbacks.CSVLogger(log, append=bool(epoch))
    try:
        model.fit(
            batches_from(epoch * plan.steps_per_epoch),
            epochs=math.ceil(plan.updates / plan.steps_per_epoch),
            steps_per_epoch=plan.steps_per_epoch,
            verbose=keras_bar(),
            shuffle=False,  # the batches come shuffled, and Keras warns where it is asked to shuffle a dataset
            callbacks=[
                # Before the scores: Keras would add its bar at the end, and all their numbers to it.
                *([keras.callbacks.ProgbarLogger()] if keras_bar() else []),
                FiniteLoss(plan.stage, run, advice),
                EnoughDisk(run),
                ValidationScore(score),
                LearningRateLog(),
                rows,
                *_keeping(plan, run, _best_score(log) if epoch else None),
                *callbacks,
            ],
        )
    finally:
        if getattr(rows, "csv_file", None):
            rows.csv_file.close()  # Keras leaves it open where fit ends with an error.


def forget_backup(run: Path, stage: str) -> None:
    """Removes the backup of a stage whose result is saved; Keras would do it before there is one."""
    shutil.rmtree(_backup(run, stage), ignore_errors=True)


def save(model: keras.Model, path: Path) -> None:
    """Saves a model; the file appears under its name only when it is whole."""
    unfinished = path.with_name(f"unfinished_{path.name}")
    model.save(unfinished)
    unfinished.replace(path)


def keras_bar() -> int:
    """Returns Keras's `verbose`: its bar on a terminal, none in a log, where it would be control characters."""
    return 1 if sys.stdout.isatty() else 0


def _keeping(plan: Plan, run: Path, best_score: float | None) -> list[keras.callbacks.Callback]:
    """Returns what keeps and tells how training goes, once the epoch's numbers are known."""
    return [
        keras.callbacks.TensorBoard(run / "logs" / plan.stage, write_graph=False),
        keras.callbacks.ModelCheckpoint(
            run / "checkpoints" / f"{plan.stage}_best.weights.h5",
            monitor="val_balanced_accuracy",
            mode="max",
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=best_score,
        ),
        StopAfter(plan.updates),
        ProgressLines(plan.stage, updates=plan.updates, batch_size=plan.batch_size),
        keras.callbacks.BackupAndRestore(_backup(run, plan.stage), double_checkpoint=True, delete_checkpoint=False),
    ]


def _backup(run: Path, stage: str) -> Path:
    return run / "checkpoints" / f"{stage}_backup"


def _best_score(log: Path) -> float:
    with log.open(newline="") as lines:
        return max(float(row["val_balanced_accuracy"]) for row in csv.DictReader(lines))


def _epochs_done(backup: Path) -> int:
    """Returns the whole epochs that a BackupAndRestore folder holds.

    Keras restores weights and epoch by itself, but only once fit has its data: the data must begin at the same place.
    """
    metadata = backup / "training_metadata.json"
    return json.loads(metadata.read_text())["epoch"] if metadata.exists() else 0
