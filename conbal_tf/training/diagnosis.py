"""Callbacks that recognise a training that has gone wrong while it is young, and say what to try."""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.methods import Contrastive
from conbal_tf.training.callbacks import updates_done
from conbal_tf.training.stage import CLASSIFIER, Stage

FILE = "diagnosis.json"
# When a run is judged: so many updates after the warm-up, or after so many epochs where the warm-up is longer.
LEAST_UPDATES = 20
MOST_EPOCHS = 5
# So many epochs in a row have to look alike: one may be a matter of chance.
IN_A_ROW = 2
# Collapsed networks had a rank of 1.00 to 1.06 and a cosine of 1.0000. One that recovered was at 1.26 and .9991
# when it was worst, another that learnt slowly at 1.57 and .9966; an ordinary one, at 6.8 and .994 after 8 updates.
LARGEST_COLLAPSED_RANK = 1.15
LEAST_COLLAPSED_COSINE = 0.999
# Shares of the loss of equal embeddings. The slowest of the runs that learnt was .018 below it after its warm-up.
LEAST_GAIN = 0.001
LARGEST_EXCESS = 0.05

# Below this, more of it is the first thing to try: of a collapsed run at 0.05, 0.2 made the best, before a fifth of the
# learning rate and a warm-up four times as long; a second view alone did not help.
HIGH_TEMPERATURE = 0.5

HEALTHY, COLLAPSED, DIVERGING = "healthy", "collapsed", "diverging"


class FiniteLoss(keras.callbacks.Callback):
    """Ends a training whose loss is not finite: what follows would be noise, or NaN to the end.

    It looks at the end of every epoch, and within one from time to time: asking at every batch would wait for the GPU.

    Args:
        stage: its name in the message.
        run: run folder; gets diagnosis.json.
        advice: what to try.
        every: least time between two looks within an epoch, in seconds.

    Raises:
        ValueError: From `fit`: the loss is NaN or infinite.
    """

    def __init__(self, stage: str, run: Path, advice: str, every: float = 10.0) -> None:
        super().__init__()
        self.stage = stage
        self.run = run
        self.advice = advice
        self.every = every
        self.epoch = 0
        self.looked = -math.inf

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Notes the epoch."""
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Looks at the loss, if it is time to."""
        if time.monotonic() - self.looked >= self.every:
            self.looked = time.monotonic()
            self._look(logs)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Looks at the loss."""
        self._look(logs)

    def _look(self, logs: dict | None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if math.isfinite(loss):
            return
        message = (
            f"The training has diverged: the loss of stage {self.stage} is {loss} at update {updates_done(self.model)} "
            f"(epoch {self.epoch + 1}). Only finite numbers can be learnt from. {self.advice} Then start anew with "
            "--overwrite, or in another folder with --run."
        )
        _write(self.run, DIVERGING, self.epoch, message)
        raise ValueError(message)


class CollapseWatch(keras.callbacks.Callback):
    """Says once, when the warm-up is over, that embeddings have collapsed; the training goes on.

    It reads what the score added to the logs, so stand it behind `ValidationScore`. diagnosis.json tells how it was
    after the last epoch.

    Args:
        run: run folder; gets diagnosis.json.
        collapsed_loss: the loss where all images have one embedding.
        first_update: how many updates have to be done before a run is judged.
        advice: what to try.
    """

    def __init__(self, run: Path, collapsed_loss: float, first_update: int, advice: str) -> None:
        super().__init__()
        self.run = run
        self.collapsed_loss = collapsed_loss
        self.first_update = first_update
        self.advice = advice
        self.bad_epochs = 0
        self.has_warned = False

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Judges the epoch."""
        if logs is None or updates_done(self.model) < self.first_update:
            return
        verdict, finding = judge(logs, self.collapsed_loss)
        self.bad_epochs = 0 if verdict == HEALTHY else self.bad_epochs + 1
        if 0 < self.bad_epochs < IN_A_ROW:
            return
        message = finding if verdict == HEALTHY else f"{finding} {self.advice}"
        if verdict != HEALTHY and not self.has_warned:
            self.has_warned = True
            print(f"Warning, epoch {epoch + 1}: {message}", flush=True)
        _write(self.run, verdict, epoch, message)

    def memory(self) -> dict[str, Any]:
        """Returns what a run that goes on has to know."""
        return {"bad_epochs": self.bad_epochs, "has_warned": self.has_warned}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Takes over what `memory` returned before the interruption."""
        self.bad_epochs, self.has_warned = int(memory["bad_epochs"]), bool(memory["has_warned"])


def judge(numbers: Mapping[str, float], collapsed_loss: float) -> tuple[str, str]:
    """Returns `healthy`, `collapsed` or `diverging`, and what it was found by.

    Args:
        numbers: of an epoch; `loss`, `effective_rank` and `class_mean_cosine` are looked at.
        collapsed_loss: the loss where all images have one embedding.
    """
    loss, rank, cosine = (float(numbers[name]) for name in ("loss", "effective_rank", "class_mean_cosine"))
    beside = f"a loss of {loss:.4f} beside {collapsed_loss:.4f} where all images have one embedding"
    # Two classes that are told apart perfectly have the rank 1, too; their cosine is -1.
    if rank < LARGEST_COLLAPSED_RANK and cosine > LEAST_COLLAPSED_COSINE:
        return COLLAPSED, (
            f"The embeddings have collapsed: all images have nearly the same one (effective rank {rank:.2f}, cosine "
            f"between class means {cosine:.4f}; {beside})."
        )
    if loss > collapsed_loss + LARGEST_EXCESS * abs(collapsed_loss):
        return DIVERGING, f"The network does worse than one that learns nothing: {beside}. It should come below."
    if loss > collapsed_loss - LEAST_GAIN * abs(collapsed_loss):
        return COLLAPSED, f"The network learns nothing: {beside}. It should come well below."
    return HEALTHY, f"The network learns: {beside}, effective rank {rank:.1f}."


def first_judged_update(warmup: int, steps_per_epoch: int) -> int:
    """Returns after how many updates a run is judged: some after the warm-up, and after its first epochs anyway."""
    return min(warmup, MOST_EPOCHS * steps_per_epoch) + LEAST_UPDATES


def advice_if_diverged(stage: Stage) -> str:
    """Returns what to try where the loss of a stage is not finite."""
    rate = f"{stage.rate.peak:g}"
    if stage.name == CLASSIFIER:
        return f"Lower --classifier.learning_rate (here {rate})."
    policy = keras.config.dtype_policy().name
    precision = "" if policy == "float32" else f", or set --training.precision float32 (here {policy})"
    return (
        f"Lower --training.learning_rate (here {rate}), lengthen --training.warmup (here {_warmup(stage)}){precision}."
    )


def advice_if_collapsed(contrastive: Contrastive, stage: Stage) -> str:
    """Returns what to try where embeddings have collapsed."""
    here = f"--contrastive.temperature (here {contrastive.temperature:g}; 0.05 to 0.5 are usual)"
    tries = [
        f"a {'higher' if contrastive.temperature < HIGH_TEMPERATURE else 'lower'} {here}",
        f"a lower --training.learning_rate (here {stage.rate.peak:g})",
        f"a longer --training.warmup (here {_warmup(stage)})",
    ]
    if contrastive.loss_scale == "none":
        tries.append("--contrastive.loss_scale temperature (here none)")
    if stage.views == 1:
        tries.append("--training.views 2 (here 1)")
    return f"Stop it and try, one by one: {'; '.join(tries)}. Begin with --overwrite, or in another folder with --run."


def _warmup(stage: Stage) -> str:
    """Returns the length of a warm-up in both units that a user may have given."""
    updates = stage.rate.warmup_updates
    return f"{updates / stage.schedule_steps:.4g} epochs, {updates} updates"


def _write(run: Path, verdict: str, epoch: int, message: str) -> None:
    content: dict[str, Any] = {"verdict": verdict, "epoch": epoch, "message": message}
    write_whole(run / FILE, json.dumps(content, indent=2) + "\n")
