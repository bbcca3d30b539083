"""Runs that begin where cross-entropy ends take its stage 1, where there is one to take."""

from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.tables.expand import TableRun
from conbal_tf.tables.runner import stage_1_flag
from tests.tables.planned import runs


@pytest.fixture
def cross_entropy(tmp_path: Path) -> TableRun:
    """Returns the run of cross-entropy, its classifier in its folder."""
    run = runs(tmp_path)[0]
    run.folder.mkdir()
    (run.folder / "classifier.keras").touch()
    return run


def like(run: TableRun, method: str, seed: int = 0) -> TableRun:
    folder = run.folder.with_name(f"{method}{seed}")
    settings = replace(run.settings, method=method, seed=seed, run=folder)  # type: ignore[arg-type]
    return TableRun(run.row, settings, folder)


@pytest.mark.parametrize("method", ["crt", "tau_norm", "logit_adjusted"])
def test_stage_1_of_the_finished_run_with_the_same_settings_is_taken(cross_entropy: TableRun, method: str) -> None:
    assert stage_1_flag(like(cross_entropy, method), [cross_entropy]) == ["--stage_1_from", str(cross_entropy.folder)]


def test_methods_with_a_stage_1_of_their_own_take_none(cross_entropy: TableRun) -> None:
    for method in ("focal", "contrastive", "balanced_softmax"):
        assert stage_1_flag(like(cross_entropy, method), [cross_entropy]) == []


def test_none_is_taken_of_another_seed_or_of_a_run_that_is_not_there(cross_entropy: TableRun) -> None:
    assert stage_1_flag(like(cross_entropy, "crt", seed=1), [cross_entropy]) == []
    assert stage_1_flag(like(cross_entropy, "crt"), []) == []


def test_small_files_alone_have_no_stage_1_to_give(cross_entropy: TableRun) -> None:
    (cross_entropy.folder / "classifier.keras").unlink()
    assert stage_1_flag(like(cross_entropy, "crt"), [cross_entropy]) == []
