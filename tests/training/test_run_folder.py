"""Beginning, continuing, refusing and finishing a run folder."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.settings.schema import Settings
from conbal_tf.training.run_folder import begin, finish, write_environment, write_history


def test_new_run_is_begun_then_continued_then_found_finished(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert not begin(run, Settings())
    assert not begin(run, Settings())
    finish(run, seconds=1.0)
    assert begin(run, Settings())


def test_run_with_other_settings_is_refused_with_the_differences(tmp_path: Path) -> None:
    begin(tmp_path / "run", Settings())
    (tmp_path / "run" / "logs").mkdir()  # made when training begins
    message = r"holds a run with other settings: seed: 0 there, 1 here. .*--run, .*--overwrite"
    with pytest.raises(ValueError, match=message):
        begin(tmp_path / "run", Settings(seed=1))


def test_run_that_was_refused_before_it_trained_does_not_stand_in_the_way_of_its_correction(tmp_path: Path) -> None:
    begin(tmp_path / "run", Settings())
    assert not begin(tmp_path / "run", Settings(seed=1))
    assert "seed = 1" in (tmp_path / "run" / "settings.toml").read_text()


def test_places_and_replicas_are_no_difference(tmp_path: Path) -> None:
    begin(tmp_path / "run", Settings())
    assert not begin(tmp_path / "run", replace(Settings(), records=tmp_path, replicas=2))


def test_overwrite_starts_anew_and_removes_only_runs(tmp_path: Path) -> None:
    run, letters = tmp_path / "run", tmp_path / "letters"
    begin(run, Settings())
    (run / "backbone.keras").write_text("old")
    assert not begin(run, Settings(seed=1), overwrite=True)
    assert not (run / "backbone.keras").exists()
    letters.mkdir()
    (letters / "to_my_mother.txt").write_text("dear")
    with pytest.raises(ValueError, match="is no run folder"):
        begin(letters, Settings(), overwrite=True)
    assert (letters / "to_my_mother.txt").exists()


def test_history_joins_the_stages_and_keeps_the_last_of_a_repeated_epoch(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "contrastive.csv").write_text("epoch,loss\n0,3.0\n1,2.5\n1,2.0\n")
    (logs / "classifier.csv").write_text("epoch,accuracy,loss\n0,0.5,1.0\n")
    write_history(tmp_path)
    history = pd.read_csv(tmp_path / "history.csv")
    assert list(history.columns[:2]) == ["stage", "epoch"]
    assert history[history["stage"] == "contrastive"]["loss"].tolist() == [3.0, 2.0]
    assert history[history["stage"] == "classifier"]["accuracy"].tolist() == [0.5]


def test_environment_names_versions_hardware_and_data(tmp_path: Path) -> None:
    write_environment(tmp_path, {"fingerprint": "abc"}, replicas=2, gpus=[])
    facts = json.loads((tmp_path / "environment.json").read_text())
    assert facts["dataset"] == {"fingerprint": "abc"}
    assert facts["replicas"] == 2
    assert facts["packages"]["keras"].startswith("3.")
