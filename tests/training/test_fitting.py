"""`fit` of a stage: what an interruption leaves is gone on from, to the very same end."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conbal_tf.training.checkpoint import forget
from tests.training.made_trainings import made_model, trained


def log_of(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "logs" / "contrastive.csv")


def assert_same(run: Path, smooth: Path, end: dict[str, np.ndarray], smooth_end: dict[str, np.ndarray]) -> None:
    """Checks that two trainings came to the same numbers and the same log, to the last bit."""
    assert end.keys() == smooth_end.keys()
    for name, values in end.items():
        np.testing.assert_array_equal(values, smooth_end[name], err_msg=name)
    pd.testing.assert_frame_equal(log_of(run), log_of(smooth), check_exact=True)


@pytest.fixture(scope="module")
def smooth(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    """Returns the folder of a training that nothing interrupted, and its end."""
    run = tmp_path_factory.mktemp("smooth")
    return run, trained(run)


@pytest.fixture
def run(interrupted: Path, tmp_path: Path) -> Iterator[Path]:
    """Returns a copy of that folder."""
    shutil.copytree(interrupted, tmp_path / "run")
    yield tmp_path / "run"


def last(run: Path) -> Path:
    return run / "checkpoints" / "contrastive_batch_8.npz"


def row_twice(run: Path) -> None:
    """Has the log tell more than the checkpoint, as a kill between the two leaves it."""
    log = run / "logs" / "contrastive.csv"
    log.write_text(log.read_text() + "2,0.1,0.1,0.1\n")


FALLS_BACK: dict[str, tuple[Callable[[Path], object], int]] = {
    "nothing": (lambda run: None, 2),
    "newest cut off": (lambda run: last(run).write_bytes(last(run).read_bytes()[:-1]), 1),
    "newest empty": (lambda run: last(run).write_bytes(b""), 1),
    "newest missing": (lambda run: last(run).unlink(), 1),
    "newest one epoch back": (lambda run: shutil.copy(last(run).with_name("contrastive_batch_4.npz"), last(run)), 1),
    "left by a kill": (lambda run: (run / "checkpoints" / "unfinished_contrastive_batch_12.npz").touch(), 2),
    "a row too many": (row_twice, 2),
    "log cut off": (lambda run: (run / "logs" / "contrastive.csv").write_text("epoch,lo"), 2),
    "log missing": (lambda run: (run / "logs" / "contrastive.csv").unlink(), 2),
}


@pytest.mark.parametrize(("damage", "epochs"), FALLS_BACK.values(), ids=FALLS_BACK)
def test_interrupted_stage_ends_with_the_very_numbers_of_one_that_was_not(
    damage: Callable, epochs: int, run: Path, smooth: tuple, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(run)
    end = trained(run)
    assert f"contrastive: going on after epoch {epochs}\n" in capsys.readouterr().out
    assert_same(run, smooth[0], end, smooth[1])


def test_best_weights_are_those_of_the_best_epoch_whatever_came_between(run: Path, smooth: tuple) -> None:
    trained(run)
    models = made_model(), made_model()
    for folder, model in zip((run, smooth[0]), models, strict=True):
        model.load_weights(folder / "checkpoints" / "contrastive_best.weights.h5")
        assert int(model.optimizer.iterations) == 8
    for one, other in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(one, other)


def test_where_no_checkpoint_can_be_read_nothing_is_trained_or_lost(run: Path) -> None:
    for file in (run / "checkpoints").glob("*.npz"):
        file.write_bytes(b"")
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    with pytest.raises(ValueError, match=r"No checkpoint of stage contrastive is left.*batch_8.npz.*batch_4.npz"):
        trained(run)
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


def test_stage_that_begins_anew_beside_a_log_says_so(
    run: Path, smooth: tuple, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(run / "checkpoints")
    end = trained(run)
    printed = capsys.readouterr()
    assert "contrastive.csv tells of a training of which no checkpoint is left: the stage begins anew" in printed.err
    assert "going on" not in printed.out
    assert_same(run, smooth[0], end, smooth[1])


def test_backup_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / "contrastive_backup").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"contrastive_backup was left by an earlier version.*remove the folder"):
        trained(tmp_path)
