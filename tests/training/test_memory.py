"""What callbacks remember over an interruption."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from conbal_tf.training.memory import KERAS_MEMORIES, Remembers, give_back, memories_of
from tests.training.made_stages import made_stage
from tests.training.made_trainings import Interruption, trained

SCORE = "val_balanced_accuracy"
STAGE = made_stage(schedule_steps=2, steps_per_epoch=2, updates=16)
# The best epoch is the second, so a patience of three ends the fifth.
SCORES = {2: 0.5, 4: 0.8, 6: 0.7, 8: 0.6, 10: 0.75, 12: 0.7, 14: 0.7, 16: 0.7}


class Counter(keras.callbacks.Callback):
    """A callback of one's own that remembers how many epochs there were, and the last weights."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.epochs, self.kept = 0, [np.zeros(2, np.float32)]

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.epochs += 1
        self.kept = [np.full(3, self.epochs, np.float32), np.array(7)]

    def memory(self) -> dict[str, Any]:
        return {"epochs": self.epochs, "kept": self.kept}

    def remember(self, memory: Mapping[str, Any]) -> None:
        self.epochs, self.kept = memory["epochs"], memory["kept"]


class KilledAtItsEnd(keras.callbacks.Callback):
    """Ends the process, so to speak, before what was trained is saved."""

    def on_train_end(self, logs: dict | None = None) -> None:
        raise KeyboardInterrupt


def patient(**options: Any) -> keras.callbacks.EarlyStopping:
    return keras.callbacks.EarlyStopping(SCORE, mode="max", patience=3, **options)


def epochs_of(run: Path) -> list[str]:
    return [line.partition(",")[0] for line in (run / "logs" / "contrastive.csv").read_text().splitlines()[1:]]


def test_early_stopping_goes_on_with_the_patience_that_was_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    smooth = trained(tmp_path / "smooth", patient(restore_best_weights=True), stage=STAGE, scores=SCORES)
    assert epochs_of(tmp_path / "smooth") == ["0", "1", "2", "3", "4"]
    stopped = "contrastive: a callback stopped it after update 10 of 16; the stage counts as done"
    assert stopped in capsys.readouterr().out
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "run", patient(restore_best_weights=True), Interruption(9), stage=STAGE, scores=SCORES)
    resumed = trained(tmp_path / "run", patient(restore_best_weights=True), stage=STAGE, scores=SCORES)
    assert epochs_of(tmp_path / "run") == ["0", "1", "2", "3", "4"]
    for name, values in smooth.items():
        np.testing.assert_array_equal(values, resumed[name], err_msg=name)


@pytest.mark.parametrize("callbacks", [(), (patient(restore_best_weights=True),)], ids=["to its end", "early"])
def test_stage_that_was_killed_before_its_result_was_saved_trains_nothing_and_ends_alike(
    callbacks: tuple, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    smooth = trained(tmp_path / "smooth", *callbacks, stage=STAGE, scores=SCORES)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "run", *callbacks, KilledAtItsEnd(), stage=STAGE, scores=SCORES)
    rows = epochs_of(tmp_path / "run")
    (tmp_path / "run" / "logs" / "contrastive.csv").unlink()  # the checkpoint has its rows, too
    capsys.readouterr()
    never = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: pytest.fail("an epoch was trained"))
    resumed = trained(tmp_path / "run", *callbacks, never, stage=STAGE, scores=SCORES)
    assert f"going on after epoch {len(rows)}, its last" in capsys.readouterr().out
    assert epochs_of(tmp_path / "run") == rows
    for name, values in smooth.items():
        np.testing.assert_array_equal(values, resumed[name], err_msg=name)


def test_callback_that_is_not_given_again_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, patient(), Interruption(5), stage=STAGE, scores=SCORES)
    trained(tmp_path, stage=STAGE, scores=SCORES)
    expected = f"the callback EarlyStopping of {SCORE} was there before the interruption, and is not now"
    assert expected in capsys.readouterr().err
    assert epochs_of(tmp_path) == [str(epoch) for epoch in range(8)]


def test_callback_of_ones_own_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, Counter(), Interruption(7), stage=STAGE, scores=SCORES)
    counter = Counter()
    trained(tmp_path, counter, stage=STAGE, scores=SCORES)
    assert counter.epochs == 8


def test_each_callback_gets_its_own_memory_back_whatever_stands_between() -> None:
    first, second, other = Counter(), Counter(), patient()
    for number, counter in enumerate((first, second)):
        counter.epochs, counter.kept = number, [np.full(2, number)]
    other.best, other.wait = 0.25, 2
    values, arrays = memories_of([first, other, second])
    again = Counter(), patient(), Counter()
    assert give_back([again[1], keras.callbacks.TerminateOnNaN(), again[0], again[2]], values, arrays) == []
    assert [again[0].epochs, again[2].epochs] == [0, 1]
    assert [again[0].kept[0].tolist(), again[2].kept[0].tolist()] == [[0, 0], [1, 1]]
    assert (again[1].best, again[1].wait, again[1].best_weights) == (0.25, 2, None)
    elsewhere = keras.callbacks.EarlyStopping("loss")
    assert give_back([elsewhere], values, arrays) == ["Counter", "Counter, number 2", f"EarlyStopping of {SCORE}"]
    assert elsewhere.wait == 0


@pytest.mark.parametrize("kind", KERAS_MEMORIES)
def test_what_is_kept_of_keras_is_what_it_has(kind: type, tmp_path: Path) -> None:
    made = kind(filepath="a.keras") if kind is keras.callbacks.ModelCheckpoint else kind()
    assert not isinstance(made, Remembers)
    made.on_train_begin()
    (kept,) = memories_of([made])[0].values()
    assert kept["values"].keys() == set(KERAS_MEMORIES[kind])
