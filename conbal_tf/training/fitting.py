"""`Model.fit` with what every stage wants: exact length, logs, checkpoints, and going on after an interruption."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from conbal_tf.training.callbacks import LearningRateLog, ProgressLines, StopAfter, ValidationScore
from conbal_tf.training.checkpoint import Checkpoint
from conbal_tf.training.diagnosis import FiniteLoss
from conbal_tf.training.epoch_rows import EpochRows
from conbal_tf.training.resuming import Checkpoints, take_up
from conbal_tf.training.saving import BestWeights
from conbal_tf.training.stage import Stage

CHECKPOINTS = "checkpoints"


def fit(
    model: keras.Model,
    batches_from: Callable[[int], tf.data.Dataset],
    stage: Stage,
    run: Path,
    *,
    score: Callable[[Mapping[str, float]], Mapping[str, float]],
    advice: str,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Trains a compiled, built model; called again after an interruption, it goes on after the last whole epoch.

    A stage that a callback stopped, as EarlyStopping does, is done, however long it was to be: called again, nothing is
    trained, and what callbacks do at the end of a training is done again.

    Args:
        model: compiled, with weights; its optimiser is built.
        batches_from: number of the first batch to the endless dataset of batches from there on.
        stage: which, and how long.
        run: run folder; gets logs/ (TensorBoard, CSV) and checkpoints/ (the best weights by validation score, and what
            an interrupted run goes on from).
        score: an epoch's logs so far to what is to be added to them, `val_balanced_accuracy` among it.
        advice: what to try where the loss is not finite.
        callbacks: called last; `conbal_tf.training.memory.Remembers` tells how one of your own goes on where it was.

    Raises:
        ValueError: The loss is not finite, or there are checkpoints of which none can be gone on from.
        OSError: A file cannot be written; what was written before is whole.
    """
    folder, log = run / CHECKPOINTS, run / "logs" / f"{stage.name}.csv"
    log.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    found = take_up(model, stage, folder)
    _say_where(stage, found, log)
    # The order matters: a loss that is not finite ends all before it is kept, and scores come before what logs them.
    others = [FiniteLoss(stage.name, run, advice), ValidationScore(score), *_keeping(stage, run, log), *callbacks]
    checkpoints = Checkpoints(folder, stage, others, found)
    begin = found.epoch if found else 0
    model.fit(
        batches_from(checkpoints.batches),
        initial_epoch=begin,
        # A stage that is done has no epoch left, but `fit` still does what callbacks do at an end.
        epochs=begin if found and found.is_done else math.ceil(stage.updates / stage.steps_per_epoch),
        steps_per_epoch=stage.steps_per_epoch,
        verbose=keras_bar(),
        shuffle=False,  # the batches come shuffled, and Keras warns where it is asked to shuffle a dataset
        # The bar before the scores: Keras would add it at the end, and all their numbers to it.
        callbacks=[*([keras.callbacks.ProgbarLogger()] if keras_bar() else []), *others, checkpoints],
    )
    if checkpoints.batches < stage.updates:
        where = f"after update {checkpoints.batches} of {stage.updates}"
        print(f"{stage.name}: a callback stopped it {where}; the stage counts as done", flush=True)


def keras_bar() -> int:
    """Returns Keras's `verbose`: its bar on a terminal, none in a log, where it would be control characters."""
    return 1 if sys.stdout.isatty() else 0


def _keeping(stage: Stage, run: Path, log: Path) -> list[keras.callbacks.Callback]:
    """Returns what keeps and tells how training goes, once the epoch's numbers are known."""
    return [
        LearningRateLog(),
        EpochRows(log),
        keras.callbacks.TensorBoard(run / "logs" / stage.name, write_graph=False),
        BestWeights(run / CHECKPOINTS / f"{stage.name}_best.weights.h5"),
        StopAfter(stage.updates),
        ProgressLines(stage.name, updates=stage.updates, batch_size=stage.batch_size),
    ]


def _say_where(stage: Stage, found: Checkpoint | None, log: Path) -> None:
    if found:
        last = ", its last" if found.is_done else ""
        print(f"{stage.name}: going on after epoch {found.epoch}{last}", flush=True)
    elif log.exists():
        print(
            f"{stage.name}: {log} tells of a training of which no checkpoint is left: the stage begins anew",
            file=sys.stderr,
            flush=True,
        )
