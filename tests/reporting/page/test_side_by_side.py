"""Which runs may share a page, and what they are called on it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.reporting.page.side_by_side import read_runs
from conbal_tf.settings.schema import Settings
from tests.reporting.page.whole_runs import write_whole_run
from tests.scores.made_predictions import write_predictions

Runs = tuple[Path, Path]


def test_runs_of_other_test_images_are_refused(whole_runs: Runs, whole_run: Path) -> None:
    rows = pd.read_csv(whole_run / "predictions.csv")
    rows.loc[rows.index[-1], "id"] = "another"
    write_predictions(whole_run, rows)
    with pytest.raises(ValueError, match=r"not tested on the same images: received 200 and 200 .*make a page of each"):
        read_runs([whole_runs[1], whole_run])


def test_run_without_predictions_is_told_by_its_class_counts(whole_runs: Runs, whole_run: Path, tmp_path: Path) -> None:
    (whole_run / "predictions.csv").unlink()
    assert len(read_runs([whole_runs[1], whole_run])) == 2
    smaller = write_whole_run(tmp_path / "smaller", images=100)
    with pytest.raises(ValueError, match="not tested on the same images: received 200 and 100"):
        read_runs([whole_run, smaller])


def test_seeds_and_folders_tell_runs_apart(tmp_path: Path) -> None:
    first, second = (write_whole_run(tmp_path / f"run{seed}", 40, Settings(seed=seed)) for seed in (0, 1))
    third = tmp_path / "third"
    shutil.copytree(first, third)
    titles = [run.title for run in read_runs([first, second])]
    assert titles == ["contrastive (balanced), seed 0", "contrastive (balanced), seed 1"]
    assert [run.title for run in read_runs([first, second, third])] == ["run0", "run1", "third"]
    other = replace(Settings(), method="cross_entropy")
    write_whole_run(tmp_path / "fourth", 40, other)
    assert [run.title for run in read_runs([first, tmp_path / "fourth"])][1] == "cross_entropy (balanced)"


@pytest.mark.parametrize("count", [0, 2, 7])
def test_no_run_one_run_twice_and_too_many_are_refused(whole_runs: Runs, count: int) -> None:
    with pytest.raises(ValueError, match=r"cannot share a page: received .*1 to 6 run folders, each once"):
        read_runs([whole_runs[0]] * count)


@pytest.mark.parametrize(
    "name", ["calibration.json", "leaks.json", "explanations.npz", "predictions.csv", "metrics_without_leaks.json"]
)
def test_damaged_file_is_named(whole_run: Path, name: str) -> None:
    (whole_run / name).write_text('{"id": ')
    with pytest.raises(ValueError, match=rf"{name} cannot be read: received .*(conbal_tf|as it was)"):
        read_runs([whole_run])


def test_class_without_its_counts_is_named(whole_run: Path) -> None:
    path = whole_run / "metrics.json"
    path.write_text(path.read_text().replace('"train_counts": {"MEL"', '"train_counts": {"Mel"'))
    with pytest.raises(
        ValueError, match=r"metrics.json cannot be read: received 'MEL', 'Mel' in class_names or in train_counts"
    ):
        read_runs([whole_run])
