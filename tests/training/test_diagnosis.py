"""What is said of a training that collapses or diverges; made callbacks here, real trainings in test_collapse."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from conbal_tf.metrics.collapsed_loss import collapsed_contrastive_loss
from conbal_tf.settings.methods import Contrastive
from conbal_tf.training.diagnosis import (
    CollapseWatch,
    FiniteLoss,
    advice_if_collapsed,
    advice_if_diverged,
    first_judged_update,
    judge,
)
from conbal_tf.training.stages import _watch
from tests.training.made_stages import RATE, made_stage

COLLAPSED = {"loss": 3.4601, "effective_rank": 1.01, "class_mean_cosine": 1.0}
LEARNING = {"loss": 2.8, "effective_rank": 12.0, "class_mean_cosine": 0.5}
VALUE = 3.4600


def model_after(updates: int) -> Any:
    return SimpleNamespace(optimizer=SimpleNamespace(iterations=np.array(updates)))


def watched(run: Path, epochs: list[dict[str, float]], first_update: int = 0) -> CollapseWatch:
    """Returns the watch after these epochs of 10 updates."""
    watch = CollapseWatch(run, VALUE, first_update, "Try this.")
    for epoch, logs in enumerate(epochs):
        watch.set_model(model_after(10 * (epoch + 1)))
        watch.on_epoch_end(epoch, dict(logs))
    return watch


def diagnosis(run: Path) -> dict[str, Any]:
    return json.loads((run / "diagnosis.json").read_text())


@pytest.mark.parametrize(
    ("numbers", "verdict", "finding"),
    [
        (COLLAPSED, "collapsed", r"all images have nearly the same one \(effective rank 1.01, .* 3.4601 beside 3.4600"),
        (LEARNING, "healthy", r"learns: a loss of 2.8000 beside 3.4600 .*, effective rank 12.0"),
        # Two perfect classes lie on one line, opposite each other.
        ({"loss": 2.8, "effective_rank": 1.0, "class_mean_cosine": -1.0}, "healthy", "learns"),
        ({"loss": 3.459, "effective_rank": 6.0, "class_mean_cosine": 0.88}, "collapsed", "learns nothing: .* 3.4590"),
        ({"loss": 3.7, "effective_rank": 6.0, "class_mean_cosine": 0.5}, "diverging", "worse than one that learns"),
        ({"loss": 3.45, "effective_rank": 6.8, "class_mean_cosine": 0.994}, "healthy", "learns"),
        # Seen in a run that learnt in the end.
        ({"loss": 3.4562, "effective_rank": 1.26, "class_mean_cosine": 0.9991}, "healthy", "learns"),
    ],
)
def test_verdict_follows_from_loss_rank_and_cosine(numbers: dict, verdict: str, finding: str) -> None:
    assert judge(numbers, VALUE)[0] == verdict
    with pytest.raises(ValueError, match=finding):
        raise ValueError(judge(numbers, VALUE)[1])


def test_collapse_is_told_once_with_what_to_try_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(tmp_path, [LEARNING] + 5 * [COLLAPSED])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Warning, epoch 3: The embeddings have collapsed")
    assert line.endswith("Try this.")
    kept = diagnosis(tmp_path)
    assert (kept["verdict"], kept["epoch"]) == ("collapsed", 5)
    assert kept["message"] in line


def test_single_epoch_that_looks_collapsed_is_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(tmp_path, 3 * [LEARNING, COLLAPSED])
    assert capsys.readouterr().out == ""
    assert diagnosis(tmp_path)["verdict"] == "healthy"


def test_nothing_is_judged_during_the_warm_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(tmp_path, 4 * [COLLAPSED], first_update=41)
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "diagnosis.json").exists()
    watched(tmp_path, 4 * [COLLAPSED], first_update=30)
    assert "Warning, epoch 4" in capsys.readouterr().out


def test_run_that_recovers_is_healthy_in_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(tmp_path, 3 * [COLLAPSED] + [LEARNING])
    assert capsys.readouterr().out.count("Warning") == 1
    assert diagnosis(tmp_path)["verdict"] == "healthy"


def test_run_is_judged_after_its_warm_up_or_its_first_epochs() -> None:
    assert first_judged_update(warmup=16, steps_per_epoch=8) == 36
    assert first_judged_update(warmup=0, steps_per_epoch=100) == 20
    assert first_judged_update(warmup=10_000, steps_per_epoch=50) == 270


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
@pytest.mark.parametrize("moment", ["batch", "epoch"])
def test_loss_that_is_not_finite_ends_the_training_and_is_kept(loss: float, moment: str, tmp_path: Path) -> None:
    look = FiniteLoss("contrastive", tmp_path, "Lower the rate.")
    look.set_model(model_after(37))
    look.on_epoch_begin(3)
    end = look.on_train_batch_end if moment == "batch" else look.on_epoch_end
    end(0, {"loss": 1.0})
    message = rf"loss of stage contrastive is {loss} at update 37 \(epoch 4\).*finite.*Lower the rate\..*--overwrite"
    look.looked = float("-inf")
    with pytest.raises(ValueError, match=message):
        end(0, {"loss": loss})
    assert (diagnosis(tmp_path)["verdict"], diagnosis(tmp_path)["epoch"]) == ("diverging", 3)


def test_loss_is_looked_at_from_time_to_time_within_an_epoch(tmp_path: Path) -> None:
    look = FiniteLoss("contrastive", tmp_path, "", every=1000.0)
    look.set_model(model_after(1))
    look.on_epoch_begin(0)
    look.on_train_batch_end(0, {"loss": 1.0})
    look.on_train_batch_end(1, {"loss": float("nan")})
    with pytest.raises(ValueError, match="diverged"):
        look.on_epoch_end(0, {"loss": float("nan")})


def test_advice_names_the_settings_as_they_are() -> None:
    hot = made_stage(views=1, rate=replace(RATE, peak=3.0, warmup_updates=10))
    advice = advice_if_collapsed(Contrastive(temperature=0.005), hot)
    for words in (
        "--training.learning_rate (here 3)",
        "--training.warmup (here 2.5 epochs, 10 updates)",
        "--training.views 2 (here 1)",
        "a higher --contrastive.temperature (here 0.005;",
    ):
        assert words in advice
    defaults = advice_if_collapsed(Contrastive(), made_stage(views=2))
    assert "views" not in defaults
    assert "loss_scale" not in defaults
    unscaled = advice_if_collapsed(Contrastive(temperature=100.0, loss_scale="none"), hot)
    assert "a lower --contrastive.temperature (here 100;" in unscaled
    assert "--contrastive.loss_scale temperature (here none)" in unscaled
    assert "--classifier.learning_rate (here 3)" in advice_if_diverged(replace(hot, name="classifier"))


def test_run_is_judged_some_updates_after_its_warm_up_and_only_where_embeddings_are_compared(tmp_path: Path) -> None:
    stage = made_stage(rate=replace(RATE, warmup_updates=10))
    (watch,) = _watch(SimpleNamespace(collapsed_loss=VALUE, advice="more"), stage, tmp_path)  # type: ignore[arg-type]
    assert isinstance(watch, CollapseWatch)
    assert (watch.first_update, watch.advice) == (10 + 20, "more")
    assert _watch(SimpleNamespace(collapsed_loss=None), stage, tmp_path) == []  # type: ignore[arg-type]


def test_half_precision_is_named_where_a_stage_diverges_in_it() -> None:
    assert "precision" not in advice_if_diverged(made_stage())
    keras.config.set_dtype_policy("mixed_float16")
    try:
        assert "precision float32 (here mixed_float16)" in advice_if_diverged(made_stage())
    finally:
        keras.config.set_dtype_policy("float32")


# Losses of real runs that learnt, five epochs from the end of the warm-up on: APTOS (balanced, original) and HAM10000
# (the same) at 32 pixels, batch 192, one view, temperature 0.1.
@pytest.mark.parametrize(
    "losses",
    [
        [7.3487, 7.3186, 7.3095, 7.2800, 7.2935],
        [7.2955, 7.2983, 7.2512, 7.2479, 7.2342],
        [7.2145, 6.9376, 6.8153, 6.7393, 6.6275],
        [7.3554, 7.3691, 7.3476, 7.3364, 7.3422],
    ],
)
def test_real_runs_that_learnt_slowly_are_healthy(losses: list[float]) -> None:
    value = collapsed_contrastive_loss(192, 0.1 / 0.07)
    for loss in losses:
        assert judge({"loss": loss, "effective_rank": 6.8, "class_mean_cosine": 0.99}, value)[0] == "healthy"


def test_history_of_a_finished_run_has_the_numbers_of_the_embeddings_in_stage_1_alone(finished_run: Path) -> None:
    history = pd.read_csv(finished_run / "history.csv").set_index("stage")
    columns = ["alignment", "uniformity", "effective_rank", "class_mean_cosine", "loss_above_collapse"]
    assert history.loc["contrastive", columns].notna().to_numpy().all()
    assert history.loc["classifier", columns].isna().to_numpy().all()
    first = history.loc["contrastive"].iloc[0]
    above = first["loss"] - collapsed_contrastive_loss(80, 0.2 / 0.07)
    assert first["loss_above_collapse"] == pytest.approx(above, abs=1e-6)
