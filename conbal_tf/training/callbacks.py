"""Keras callbacks that Keras lacks: a score of our own, an exact end, and lines that say how long it will take."""

import sys
import time
from collections.abc import Callable, Mapping

import keras

from conbal_tf.settings.length import time_left

# In the log files, and no part of the lines: nobody reads ten numbers every few seconds.
NOT_PRINTED = ("learning_rate", "alignment", "uniformity", "effective_rank", "class_mean_cosine")


class ValidationScore(keras.callbacks.Callback):
    """Computes numbers at the end of every epoch and adds them to the epoch's logs.

    Stand it before callbacks that read the logs.

    Args:
        score: the epoch's logs so far to the numbers, each under its name.
    """

    def __init__(self, score: Callable[[Mapping[str, float]], Mapping[str, float]]) -> None:
        super().__init__()
        self.score = score

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Adds the numbers to `logs`."""
        if logs is not None:
            logs.update({name: float(number) for name, number in self.score(logs).items()})


class LearningRateLog(keras.callbacks.Callback):
    """Adds the learning rate of the next update to every epoch's logs; Keras does so only for its own schedulers."""

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Adds `learning_rate` to `logs`."""
        if logs is not None:
            logs["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))


class StopAfter(keras.callbacks.Callback):
    """Ends training after exactly that many updates, in the middle of an epoch if need be.

    Args:
        updates: counted over the whole training, resumed parts included.
    """

    def __init__(self, updates: int) -> None:
        super().__init__()
        self.updates = updates

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Notes the updates so far, a resumed training's included: asking at every batch would wait for the GPU."""
        self.done = updates_done(self.model)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Stops the training when the last update is done."""
        self.done += 1
        if self.done >= self.updates:
            self.model.stop_training = True


class ProgressLines(keras.callbacks.Callback):
    """Prints lines: update, loss, validation score, rate and time left; in a log that stays readable.

    Args:
        stage: name at the head of the line.
        updates: length of the whole training.
        batch_size: images in an update.
        every: least time between two lines at the end of an epoch, in seconds; within one it is six times as long.
    """

    def __init__(self, stage: str, *, updates: int, batch_size: int, every: float = 5.0) -> None:
        super().__init__()
        self.stage = stage
        self.updates = updates
        self.batch_size = batch_size
        self.every = every

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Notes when training begins."""
        self.began = self.spoke = time.monotonic()
        self.first: int | None = None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Notes the updates so far, a resumed training's included."""
        self.done = updates_done(self.model)
        if self.first is None:
            self.first = self.done

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Prints a line within a long epoch; on a terminal Keras's bar is there for that."""
        self.done += 1
        if time.monotonic() - self.spoke >= 6 * self.every and not sys.stdout.isatty():
            self._print(logs)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Prints a line, if it is time for one."""
        if time.monotonic() - self.spoke >= self.every or self.done >= self.updates:
            self._print(logs)

    def _print(self, logs: dict | None) -> None:
        self.spoke = time.monotonic()
        # Of this call alone: the updates of an interrupted one took their time before `began`.
        rate = (self.done - (self.first or 0)) / (self.spoke - self.began)
        numbers = " · ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items() if name not in NOT_PRINTED)
        print(
            f"{self.stage} · update {self.done}/{self.updates} · {numbers} · {rate * self.batch_size:.0f} images/s · "
            f"{time_left((self.updates - self.done) / rate)} left",
            flush=True,
        )


def updates_done(model: keras.Model) -> int:
    """Returns how often a model's optimiser has changed it."""
    # Under MirroredStrategy the counter is one variable a replica, which int() does not take.
    return int(keras.ops.convert_to_numpy(model.optimizer.iterations))


class Countdown:
    """Prints how much is done and how long the rest will take, at most every few seconds; call it with the number done.

    Args:
        stage: name at the head of the line.
        total: how many there are.
        every: least time between two lines, in seconds.
    """

    def __init__(self, stage: str, total: int, every: float = 10.0) -> None:
        self.stage = stage
        self.total = total
        self.every = every
        self.began = self.spoke = time.monotonic()

    def __call__(self, done: int) -> None:
        """Prints the line, if it is time for one."""
        now = time.monotonic()
        if now - self.spoke >= self.every:
            self.spoke, rate = now, done / (now - self.began)
            left = time_left((self.total - done) / rate)
            print(f"{self.stage} · {done}/{self.total} views · {rate:.0f} a second · {left} left", flush=True)
