"""Which stages of a run are trained: those whose results are not there."""

import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from conbal_tf.data.split import SplitRecords
from conbal_tf.run import course
from conbal_tf.run.course import train_what_is_missing
from conbal_tf.run.plan import plan_run
from conbal_tf.settings.schema import Settings


@pytest.mark.parametrize(("method", "lost"), [("cross_entropy", "classifier.keras"), ("tau_norm", "stage_1.keras")])
def test_result_of_stage_1_that_was_lost_is_missed_and_no_other_is_trained(
    method: Any, lost: str, digits: SplitRecords, tmp_path: Path
) -> None:
    settings = Settings(method=method)
    (tmp_path / "backbone.keras").touch()
    (tmp_path / ".lock").touch()
    words = rf"No {lost} in .*: received a folder with backbone\.keras\. .* begin the run anew with --overwrite"
    with pytest.raises(FileNotFoundError, match=words):
        train_what_is_missing(settings, plan_run(settings, digits, replicas=1), digits, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "backbone.keras"]


def test_stage_2_is_that_of_the_seed_whatever_was_drawn_before(
    short_settings: Settings, digits: SplitRecords, finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "evaluate_and_export", lambda *_: None)
    heads = []
    for drawn in (1, 2):
        keras.utils.set_random_seed(drawn)
        run = tmp_path / str(drawn)
        run.mkdir()
        shutil.copy(finished_run / "backbone.keras", run)
        train_what_is_missing(short_settings, plan_run(short_settings, digits, replicas=1), digits, run)
        heads.append(keras.models.load_model(run / "classifier.keras", compile=False).get_weights()[-2])
    np.testing.assert_array_equal(*heads)
