"""Tests of reading a finished run."""

import json
from pathlib import Path

import pytest

from conbal_tf.run_folder.finished_run import read_run
from tests.reporting.run_folders import CE, environment, metrics, settings_of, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", settings_of(CE, seed=3), seconds=61.5)


def test_every_file_is_read(run: Path) -> None:
    read = read_run(run)
    assert (read.metrics, read.environment, read.seconds) == (metrics(), environment(), 61.5)
    assert (read.settings["seed"], read.settings["data"]["train_parts"]) == (3, ["train", "validation"])


@pytest.mark.parametrize("name", ["metrics.json", "environment.json", "settings.toml", "finished.json"])
def test_run_without_one_of_its_files_is_not_finished(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"No {name} in .*: received a folder with .*conbal_tf.train --config"):
        read_run(run)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No finished.json in .*nowhere: received a path that is no folder"):
        read_run(tmp_path / "nowhere")


def test_scores_of_the_validation_part_are_refused(run: Path) -> None:
    (run / "metrics.json").write_text(json.dumps(metrics() | {"part": "validation"}))
    with pytest.raises(ValueError, match=r"not of the test part: received 'validation'.*evaluate the run again"):
        read_run(run)


def test_training_images_of_each_class_are_in_label_order(run: Path) -> None:
    turned = dict(reversed(metrics()["train_counts"].items()))
    (run / "metrics.json").write_text(json.dumps(metrics() | {"train_counts": turned}))
    assert list(read_run(run).train_counts) == metrics()["class_names"]
