"""Taking stage 1 of another run: what is refused, and what is copied."""

from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.run.adoption import adopt_stage_1, check_stage_1
from conbal_tf.settings.methods import LogitAdjusted
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings

CE = Settings(method="cross_entropy", sampling="original")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Returns what adoption reads of a finished run of cross-entropy."""
    run = tmp_path / "ce"
    (run / "logs").mkdir(parents=True)
    (run / "settings.toml").write_text(to_toml(CE))
    for name in ("finished.json", "backbone.keras", "classifier.keras", "logs/cross_entropy.csv"):
        (run / name).write_text(name)
    return run


@pytest.mark.parametrize("method", ["crt", "tau_norm", "logit_adjusted"])
def test_methods_that_begin_with_cross_entropy_may_take_it(source: Path, tmp_path: Path, method: str) -> None:
    check_stage_1(tmp_path / "run", source, replace(CE, method=method))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (replace(CE, method="focal"), "'focal' has a stage 1 of its own.*Leave --stage_1_from out"),
        (CE, "'cross_entropy' has a stage 1 of its own"),
        (replace(CE, method="logit_adjusted", logit_adjusted=LogitAdjusted("loss")), "has a stage 1 of its own"),
        (replace(CE, method="crt", seed=1), "is not that of this run: seed: 0 there, 1 here"),
        (replace(CE, method="crt", sampling="balanced"), "sampling: original there, balanced here"),
    ],
)
def test_another_stage_1_is_refused(source: Path, tmp_path: Path, settings: Settings, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_stage_1(tmp_path / "run", source, settings)


def test_run_of_another_method_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "settings.toml").write_text(to_toml(replace(CE, method="focal")))
    with pytest.raises(ValueError, match="method: focal there, and crt begins with cross_entropy"):
        check_stage_1(tmp_path / "run", source, replace(CE, method="crt"))


def test_run_that_is_not_finished_or_the_same_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is the folder of this run itself"):
        check_stage_1(tmp_path / "x" / ".." / "ce", source, replace(CE, method="crt"))
    (source / "finished.json").unlink()
    with pytest.raises(ValueError, match="is no finished run"):
        check_stage_1(tmp_path / "run", source, replace(CE, method="crt"))


def test_backbone_classifier_and_log_are_copied_once(source: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    adopt_stage_1(run, source)
    files = {path.relative_to(run).as_posix(): path.read_text() for path in run.rglob("*") if path.is_file()}
    assert files == {
        "backbone.keras": "backbone.keras",
        "stage_1.keras": "classifier.keras",
        "logs/cross_entropy.csv": "logs/cross_entropy.csv",
    }
    (source / "backbone.keras").write_text("another")
    adopt_stage_1(run, source)
    assert (run / "backbone.keras").read_text() == "backbone.keras"
