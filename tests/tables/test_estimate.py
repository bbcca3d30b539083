"""How long runs will take, from those that are finished, or from a trial."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conbal_tf.settings.schema import Settings, Training
from conbal_tf.tables.estimate import estimate, measure, seconds_by_method
from tests.reporting.run_folders import write_run
from tests.tables.planned import runs


def test_run_takes_as_long_as_those_of_its_method_on_average_or_of_all(tmp_path: Path) -> None:
    planned = runs(tmp_path, seeds=2)
    done = [planned[0], planned[3], planned[1]]
    for run, seconds in zip(done, (10.0, 30.0, 50.0), strict=True):
        write_run(run.folder, run.settings, seconds=seconds)
    taken = seconds_by_method(done)
    assert taken == {"cross_entropy": [10.0, 30.0], "focal": [50.0]}
    assert estimate(planned[:3], taken) == [20.0, 50.0, 30.0]


def test_nothing_is_known_where_nothing_is_finished(tmp_path: Path) -> None:
    planned = runs(tmp_path)
    assert seconds_by_method([]) == {}
    assert estimate(planned, {}) is None
    assert estimate(planned, {}, otherwise=7.0) == [7.0, 7.0, 7.0]


def test_damaged_run_is_named(tmp_path: Path) -> None:
    run = runs(tmp_path)[0]
    (write_run(run.folder, run.settings) / "finished.json").write_text("{")
    with pytest.raises(ValueError, match=f"{run.folder}/finished.json cannot be read"):
        seconds_by_method([run])


@pytest.mark.parametrize(
    ("length", "printed", "seconds"),
    [
        ("100 updates", "noise\n50.0\n", 100 * 32 * 2 / 50),
        ("100 updates", "", None),
        ("100 updates", "out of memory", None),
        ("9 epochs", "50.0", None),
    ],
)
def test_trial_gives_the_time_of_stage_1_where_its_length_is_known(
    length: str, printed: str, seconds: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trial(command: list[str], **_: Any) -> subprocess.CompletedProcess:
        return subprocess.CompletedProcess(command, 0, stdout=printed)

    monkeypatch.setattr(subprocess, "run", trial)
    run = runs(tmp_path)[0]
    training = Training(length=length, warmup="0 updates", batch_size=32, views=2)
    assert measure(replace(run, settings=replace(Settings(), training=training))) == seconds
