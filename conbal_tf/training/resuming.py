"""Going on after an interruption: what is found in a run folder, and the callback that leaves it there."""

import sys
from collections.abc import Sequence
from pathlib import Path

import keras

from conbal_tf.training.checkpoint import Checkpoint, newest, write
from conbal_tf.training.memory import give_back, memories_of
from conbal_tf.training.model_state import check_state, set_state, state_of
from conbal_tf.training.stage import Stage


class Checkpoints(keras.callbacks.Callback):
    """Writes a checkpoint at the end of every epoch, and gives callbacks back what the found one holds for them.

    Stand it last: it asks what the others have come to.

    Args:
        folder: where checkpoints lie; it exists.
        stage: which.
        callbacks: the others; what they remember is kept.
        found: the checkpoint that the model has been set to, if it goes on from one.
    """

    def __init__(
        self, folder: Path, stage: Stage, callbacks: Sequence[keras.callbacks.Callback], found: Checkpoint | None
    ) -> None:
        super().__init__()
        self.folder = folder
        self.stage = stage
        self.callbacks = list(callbacks)
        self.found = found
        self.batches = found.batches if found else 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Gives callbacks back what they remembered, now that all of them have begun."""
        if self.found is None:
            return
        for name in give_back(self.callbacks, self.found.memories, self.found.arrays):
            print(
                f"{self.stage.name}: the callback {name} was there before the interruption, and is not now",
                file=sys.stderr,
                flush=True,
            )

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Counts the batch; the optimiser's own counter leaves out those whose gradient was not finite."""
        self.batches += 1

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Writes the checkpoint."""
        values, arrays = memories_of(self.callbacks)
        checkpoint = Checkpoint(
            stage=self.stage.name,
            length=self.stage.length,
            epoch=epoch + 1,
            batches=self.batches,
            is_done=self.model.stop_training or epoch + 1 >= self.params["epochs"],
            memories=values,
            arrays=state_of(self.model) | arrays,
        )
        write(checkpoint, self.folder)


def take_up(model: keras.Model, stage: Stage, folder: Path) -> Checkpoint | None:
    """Sets a model to the newest checkpoint of a stage that can be read, and returns it.

    Args:
        model: compiled, with weights; its optimiser is built.
        stage: which.
        folder: where checkpoints lie.

    Returns:
        The checkpoint; None where there is none, and the stage begins.

    Raises:
        ValueError: There are checkpoints, and none can be gone on from.
    """
    backup = folder / f"{stage.name}_backup"
    if backup.exists():
        raise ValueError(
            f"{backup} was left by an earlier version of conbal_tf, and this one cannot go on from it. Finish the run "
            "with that version; or remove the folder, and the same command begins the stage anew (with --overwrite the "
            "whole run)."
        )

    def check(checkpoint: Checkpoint) -> None:
        if (checkpoint.stage, checkpoint.length) != (stage.name, stage.length):
            raise ValueError(
                f"it is of another training: {checkpoint.stage} {checkpoint.length} there, {stage.name} "
                f"{stage.length} here"
            )
        check_state(model, checkpoint.arrays)

    found = newest(folder, stage.name, check)
    if found is not None:
        set_state(model, found.arrays)
    return found
