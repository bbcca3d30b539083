"""Callbacks that a caller gives: those that cannot work are refused before anything is made."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from conbal_tf.settings.schema import Settings
from conbal_tf.train import train
from conbal_tf.training.given_callbacks import accepted
from conbal_tf.training.optimizer import CoupledSGD, warmup_cosine

SCORE = "val_balanced_accuracy"


class Halving(keras.callbacks.LearningRateScheduler):
    """A scheduler of one's own."""

    def __init__(self) -> None:
        super().__init__(lambda epoch, rate: rate / 2)


class PatienceOfOnesOwn(keras.callbacks.EarlyStopping):
    """A kind of early stopping that watches what Keras watches."""


class SetsTheRate(keras.callbacks.Callback):
    """Sets the learning rate in a way that only shows when it does."""

    def __init__(self, rate: object) -> None:
        super().__init__()
        self.rate = rate

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.model.optimizer.learning_rate = self.rate


REFUSED = {
    "ReduceLROnPlateau": (keras.callbacks.ReduceLROnPlateau(), r"received ReduceLROnPlateau, which sets the learning"),
    "LearningRateScheduler": (keras.callbacks.LearningRateScheduler(lambda epoch: 0.1), r"learning_rate, training\.w"),
    "a kind of it": (Halving(), r"received Halving \(a LearningRateScheduler\), which sets the learning rate"),
    "BackupAndRestore": (keras.callbacks.BackupAndRestore("backup"), r"restores weights of its own.*same command"),
    "SwapEMAWeights": (keras.callbacks.SwapEMAWeights(), r"averages of the weights, and the optimiser.* keeps none"),
    "CallbackList": (keras.callbacks.CallbackList([keras.callbacks.ReduceLROnPlateau()]), r"hides the callbacks"),
    "a class": (keras.callbacks.EarlyStopping, r"No callback: received <class .*EarlyStopping'>.*make one of it"),
    "a function": (print, r"No callback: received <built-in function print>"),
    "watches nothing": (keras.callbacks.EarlyStopping(), rf"no stage logs: received EarlyStopping.*monitor='{SCORE}'"),
    "a kind that watches nothing": (PatienceOfOnesOwn(), r"received PatienceOfOnesOwn \(a EarlyStopping\)"),
    "best of nothing": (keras.callbacks.ModelCheckpoint("a.keras", save_best_only=True), r"received ModelCheckpoint"),
    "knows no direction": (keras.callbacks.EarlyStopping(SCORE), r"which way is better.*set mode='max'"),
}


@pytest.mark.parametrize(("callback", "message"), REFUSED.values(), ids=REFUSED)
def test_callback_that_cannot_work_is_refused_before_records_are_made(
    callback: keras.callbacks.Callback, message: str, tmp_path: Path
) -> None:
    settings = Settings(records=tmp_path / "records", run=tmp_path / "run")
    fine = keras.callbacks.TerminateOnNaN()
    for callbacks in ([callback], [fine, callback], iter([fine, callback])):
        with pytest.raises(ValueError, match=message):
            train(settings, callbacks=callbacks)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_one_callback_that_is_in_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"given as one TerminateOnNaN\. .*put it in \[ \]"):
        train(Settings(records=tmp_path, run=tmp_path / "run"), callbacks=keras.callbacks.TerminateOnNaN())  # type: ignore[arg-type]


def test_callbacks_that_leave_rate_and_weights_alone_are_accepted_in_their_order() -> None:
    given = [
        keras.callbacks.EarlyStopping(SCORE, mode="max", patience=3, restore_best_weights=True),
        keras.callbacks.EarlyStopping("loss"),
        keras.callbacks.EarlyStopping("val_f1_of_my_own", mode="max"),
        keras.callbacks.ModelCheckpoint("every.keras"),
        keras.callbacks.ModelCheckpoint(
            "best.weights.h5", SCORE, mode="max", save_best_only=True, save_weights_only=True
        ),
        keras.callbacks.TerminateOnNaN(),
        keras.callbacks.CSVLogger("log.csv"),
        keras.callbacks.LambdaCallback(),
        SetsTheRate(0.1),
    ]
    assert accepted(iter(given)) == given


@pytest.mark.parametrize("rate", [0.1, keras.optimizers.schedules.CosineDecay(0.1, 10), lambda: 0.1])
def test_callback_that_sets_the_rate_in_secret_is_stopped_by_the_optimiser(rate: object) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(CoupledSGD(warmup_cosine(0.1, first=0.1, last=0.01, warmup_updates=0, updates=10)), "mse")
    with pytest.raises(ValueError, match=r"optimiser with a schedule was set: received .*leave out the callback"):
        model.fit(np.ones((2, 2)), np.ones(2), verbose=0, callbacks=[SetsTheRate(rate)])


def test_rate_that_is_a_number_can_be_set() -> None:
    optimizer = CoupledSGD(0.1)
    optimizer.learning_rate = 0.05
    assert float(optimizer.learning_rate) == pytest.approx(0.05)


@pytest.mark.slow
def test_early_stopping_ends_a_stage_for_good_and_the_same_call_finds_the_run_finished(
    short_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conbal_tf.run.course.evaluate_and_export", lambda *_: None)
    settings = replace(short_settings, run=tmp_path / "run")
    # No score is better by 1, so patience ends with the second epoch.
    run = train(settings, callbacks=[keras.callbacks.EarlyStopping(SCORE, mode="max", min_delta=1.0, patience=1)])
    printed = capsys.readouterr().out
    assert "contrastive: a callback stopped it after update 56 of 84; the stage counts as done" in printed
    (run / "classifier.keras").unlink()
    (run / "finished.json").unlink()
    train(settings)
    assert "contrastive · update" not in capsys.readouterr().out
    train(settings)
    assert "is finished" in capsys.readouterr().out
