"""Real trainings on the digits that collapse, diverge or do neither, and what the run folder says of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conbal_tf.data.split import SplitRecords
from conbal_tf.run.course import new_backbone
from conbal_tf.run.plan import plan_run
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings
from conbal_tf.train import main
from conbal_tf.training.images import StageImages
from conbal_tf.training.methods import method_of
from conbal_tf.training.stages import begin, train_backbone


def changed(settings: Settings, **training: Any) -> Settings:
    """Returns settings of 48 updates of one view without warm-up, 8 an epoch, with these values of the training."""
    values = {"batch_size": 128, "views": 1, "length": "48 updates", "warmup": "0 epochs", **training}
    return replace(settings, training=replace(settings.training, **values))


def diagnosed(settings: Settings, data: SplitRecords, run: Path) -> dict[str, Any]:
    plan = plan_run(settings, data, replicas=1)
    begin(settings.training.precision, settings.seed)
    backbone = new_backbone(settings.network)
    train_backbone(method_of(settings), backbone, plan.backbone, StageImages(data, settings.data), run)
    return json.loads((run / "diagnosis.json").read_text())


@pytest.mark.slow
def test_far_too_high_a_rate_without_warm_up_collapses_and_is_told_within_five_epochs(
    short_settings: Settings, digits: SplitRecords, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = diagnosed(changed(short_settings, learning_rate=10.0), digits, tmp_path)
    assert found["verdict"] == "collapsed"
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Warning")]
    assert warning.startswith("Warning, epoch 4: The embeddings have collapsed")  # judged from update 20 on
    assert "--training.learning_rate (here 10)" in warning


@pytest.mark.slow
def test_higher_temperature_saves_the_same_small_run_from_its_collapse(
    short_settings: Settings, digits: SplitRecords, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = changed(short_settings, warmup="10 updates")
    collapsing = replace(settings, contrastive=replace(settings.contrastive, temperature=0.05))
    assert diagnosed(collapsing, digits, tmp_path / "low")["verdict"] == "collapsed"
    assert "a higher --contrastive.temperature (here 0.05;" in capsys.readouterr().out
    saved = replace(collapsing, contrastive=replace(collapsing.contrastive, temperature=0.2))
    assert diagnosed(saved, digits, tmp_path / "high")["verdict"] == "healthy"
    assert "Warning" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("method", ["contrastive", "cross_entropy"])
def test_diverged_run_ends_with_one_line_and_code_2_and_another_start_is_refused_without_overwrite(
    method: Any, short_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(changed(short_settings, learning_rate=1e30), method=method, run=tmp_path / "run")
    (tmp_path / "run.toml").write_text(to_toml(settings))
    flags = ["--config", str(tmp_path / "run.toml")]
    with pytest.raises(SystemExit) as ended:
        main(flags)
    assert ended.value.code == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert f"The training has diverged: the loss of stage {method} is nan" in error
    assert "Lower --training.learning_rate (here 1e+30)" in error
    assert json.loads((tmp_path / "run" / "diagnosis.json").read_text())["verdict"] == "diverging"
    with pytest.raises(SystemExit):
        main([*flags, "--training.learning_rate", "0.1"])
    assert "--overwrite" in capsys.readouterr().err
