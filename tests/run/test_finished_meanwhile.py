"""A run that another command finishes while this one comes to its folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conbal_tf.run import job
from conbal_tf.run.job import train
from conbal_tf.settings.schema import Settings
from tests.reporting.run_folders import write_run


def test_run_that_was_finished_before_the_folder_was_ours_is_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    settings = Settings(run=run, records=tmp_path / "nowhere")

    @contextmanager
    def held(*_: object, **__: object) -> Iterator[None]:
        write_run(run, settings)
        yield

    monkeypatch.setattr(job, "held", held)
    assert train(settings) == run
    assert f"{run} is finished." in capsys.readouterr().out
    assert not (tmp_path / "nowhere").exists()
    assert not (run / "logs").exists()
