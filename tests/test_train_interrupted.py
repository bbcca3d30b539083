"""The main job, interrupted: by a kill at any time, by a limit on the size of files."""

import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from conbal_tf.settings.schema import Settings
from conbal_tf.train import train

ROOT = Path(__file__).parents[1]


# A process that pulls its own plug after some batches of stage 1.
PLUG = """
import os, signal, sys
import keras
from conbal_tf.settings.load import load
from conbal_tf.train import train

class PullThePlug(keras.callbacks.Callback):
    left = int(sys.argv[1])

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

train(load(sys.argv[2:], "test")[0], callbacks=[PullThePlug()])
"""


@pytest.mark.slow
@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "newest checkpoint cut off"])
def test_run_whose_process_was_killed_goes_on_and_ends_with_the_weights_of_one_that_was_not(
    damaged: bool,
    finished_run: Path,
    short_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("conbal_tf.run.course.evaluate_and_export", lambda *_: None)
    settings = replace(short_settings, run=tmp_path / "run")
    batches = 2 * 28 + 5  # into the third epoch
    flags = ["--config", str(finished_run / "settings.toml"), "--run", str(settings.run)]
    killed = subprocess.run([sys.executable, "-c", PLUG, str(batches), *flags], cwd=ROOT, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not (tmp_path / "run" / "backbone.keras").exists()
    if damaged:
        newest = tmp_path / "run" / "checkpoints" / "contrastive_batch_56.npz"
        newest.write_bytes(newest.read_bytes()[:-1000])
    train(settings)
    printed = capsys.readouterr()
    assert f"going on after epoch {1 if damaged else 2}" in printed.out
    assert ("batch_56.npz cannot be gone on from: it is cut off" in printed.err) is damaged
    smooth, resumed = (keras.models.load_model(run / "classifier.keras") for run in (finished_run, tmp_path / "run"))
    for one, other in zip(smooth.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    expected, found = (pd.read_csv(run / "history.csv") for run in (finished_run, tmp_path / "run"))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert not list((tmp_path / "run" / "checkpoints").glob("*.npz"))


@pytest.mark.slow
def test_limit_on_the_size_of_files_is_one_sentence_and_the_same_command_goes_on(
    finished_run: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    flags = ["--config", str(finished_run / "settings.toml"), "--run", str(run)]
    lengths = ["--training.length", "3 updates", "--training.warmup", "1 updates", "--classifier.length", "3 updates"]
    command = [sys.executable, "-m", "conbal_tf.train", *flags, *lengths]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr
    assert "contrastive_best.weights.h5" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((run / "checkpoints").iterdir())
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert (run / "finished.json").exists()
