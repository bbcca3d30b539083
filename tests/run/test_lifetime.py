"""Beginning, continuing, refusing and finishing a run folder."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.run.lifetime import finish, is_finished, refuse_foreign, start, write_history
from conbal_tf.run_folder.lock import LOCK, held
from conbal_tf.settings.schema import Settings

FACTS = {"dataset": {"fingerprint": "abc"}, "gpus": []}
PROTOCOL = "id,part,group\na,train,a\n"


def trained(run: Path, settings: Settings) -> Path:
    """Returns a run folder in which a stage has begun."""
    start(run, settings, PROTOCOL, FACTS)
    (run / "logs").mkdir(exist_ok=True)
    return run


def test_new_run_is_started_then_continued_then_found_finished(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert not is_finished(run, Settings())
    trained(run, Settings())
    assert not is_finished(run, Settings())
    start(run, Settings(), PROTOCOL, FACTS)
    finish(run, seconds=1.0)
    assert is_finished(run, Settings())


def test_asking_changes_nothing(tmp_path: Path) -> None:
    is_finished(tmp_path / "run", Settings())
    assert not (tmp_path / "run").exists()


def test_run_with_other_settings_is_refused_with_the_differences(tmp_path: Path) -> None:
    run = trained(tmp_path / "run", Settings())
    message = r"holds a run with other settings: seed: 0 there, 1 here. .*--run, .*--overwrite"
    with pytest.raises(ValueError, match=message):
        is_finished(run, Settings(seed=1))


@pytest.mark.parametrize("sign", ["logs", "checkpoints", "backbone.keras", "finished.json"])
def test_anything_trained_protects_a_run(sign: str, tmp_path: Path) -> None:
    start(tmp_path / "run", Settings(), PROTOCOL, FACTS)
    (tmp_path / "run" / sign).mkdir()
    with pytest.raises(ValueError, match="other settings"):
        is_finished(tmp_path / "run", Settings(seed=1))


def test_run_that_was_refused_before_it_trained_does_not_stand_in_the_way_of_its_correction(tmp_path: Path) -> None:
    start(tmp_path / "run", Settings(), PROTOCOL, FACTS)
    assert not is_finished(tmp_path / "run", Settings(seed=1))
    start(tmp_path / "run", Settings(seed=1), PROTOCOL, FACTS)
    assert "seed = 1" in (tmp_path / "run" / "settings.toml").read_text()


@pytest.mark.parametrize(
    ("protocol", "facts"),
    [(PROTOCOL.replace("train", "test"), FACTS), (PROTOCOL, {"dataset": {"fingerprint": "other"}})],
)
def test_going_on_with_another_split_or_other_records_is_refused(protocol: str, facts: dict, tmp_path: Path) -> None:
    run = trained(tmp_path / "run", Settings())
    with pytest.raises(ValueError, match="begun with another split or other records"):
        start(run, Settings(), protocol, facts)
    start(run, Settings(), protocol, facts, overwrite=True)


def test_places_and_replicas_are_no_difference(tmp_path: Path) -> None:
    run = trained(tmp_path / "run", Settings())
    assert not is_finished(run, replace(Settings(), records=tmp_path, replicas=2))


def test_overwrite_starts_anew_and_removes_only_runs(tmp_path: Path) -> None:
    run, letters = trained(tmp_path / "run", Settings()), tmp_path / "letters"
    start(run, Settings(seed=1), PROTOCOL, FACTS, overwrite=True)
    assert not (run / "logs").exists()
    letters.mkdir()
    (letters / "to_my_mother.txt").write_text("dear")
    with pytest.raises(ValueError, match="is no run folder"):
        start(letters, Settings(), PROTOCOL, FACTS, overwrite=True)
    assert (letters / "to_my_mother.txt").exists()


def test_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"Cannot write the run folder .*file/run: .*Choose another with --run"):
        start(tmp_path / "file" / "run", Settings(), PROTOCOL, FACTS)


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
    start(tmp_path, Settings(), PROTOCOL, FACTS)
    facts = json.loads((tmp_path / "environment.json").read_text())
    assert facts["dataset"] == {"fingerprint": "abc"}
    assert facts["cores"] >= 1
    assert facts["packages"]["keras"].startswith("3.")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_commit_is_told_with_a_mark_of_changes_and_git_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conbal_tf.run.lifetime.__file__", str(tmp_path / "file.py"))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    (tmp_path / "file.py").write_text("a")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *command], check=True)
    os.utime(tmp_path / "file.py", (1, 1))  # else git knows without looking that nothing changed
    index = (tmp_path / ".git" / "index").read_bytes()
    start(tmp_path / "a", Settings(), PROTOCOL, FACTS)
    (tmp_path / "file.py").write_text("b")
    start(tmp_path / "b", Settings(), PROTOCOL, FACTS)
    commits = [json.loads((tmp_path / run / "environment.json").read_text())["commit"] for run in "ab"]
    assert commits[1] == f"{commits[0]}-dirty"
    assert (tmp_path / ".git" / "index").read_bytes() == index


def test_lock_of_a_run_folder_is_no_foreign_file_and_stays_when_it_is_emptied(tmp_path: Path) -> None:
    with held(tmp_path, "train"):
        refuse_foreign(tmp_path)
        trained(tmp_path, Settings())
        start(tmp_path, Settings(seed=1), PROTOCOL, FACTS, overwrite=True)
        assert (tmp_path / LOCK).exists() and not (tmp_path / "logs").exists()


def test_overwriting_empties_a_folder_behind_a_link(tmp_path: Path) -> None:
    trained(tmp_path / "real", Settings())
    (tmp_path / "run").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "aside").symlink_to(tmp_path)
    start(tmp_path / "run", Settings(seed=1), PROTOCOL, FACTS, overwrite=True)
    assert (tmp_path / "run").is_symlink()
    names = ["environment.json", "protocol.csv", "settings.toml"]
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == names
