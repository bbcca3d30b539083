"""The main job from end to end on the digits: the run folder, both heads."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from conbal_tf.data.split import SplitRecords
from conbal_tf.settings.schema import Settings
from conbal_tf.train import train

ROOT = Path(__file__).parents[1]


def test_finished_run_folder_holds_what_the_design_says(finished_run: Path) -> None:
    names = {path.relative_to(finished_run).as_posix() for path in finished_run.rglob("*")}
    assert {
        "settings.toml", "environment.json", "protocol.csv", "history.csv", "backbone.keras", "classifier.keras",
        "predictions.csv", "embeddings.npz", "metrics.json", "figures/training_curves.png", "figures/per_class_f1.png",
        "export/1/saved_model.pb", "checkpoints/contrastive_best.weights.h5", "logs/contrastive/train", "finished.json",
        "leaks.json", "plan.json", "diagnosis.json", "calibration.json", "explanations.npz", "time_spent.json",
        "figures/confusion_matrices.png", "figures/reliability.png", "figures/prior_dial.png",
        "logs/pictures", "logs/projector/tensors.tsv",
    } <= names  # fmt: skip
    assert not [name for name in names if "unfinished" in name]


def test_history_has_both_stages_with_rate_and_validation_score(finished_run: Path) -> None:
    history = pd.read_csv(finished_run / "history.csv")
    assert history["stage"].unique().tolist() == ["contrastive", "classifier"]
    assert history[["epoch", "loss", "learning_rate", "val_balanced_accuracy"]].notna().all(axis=None)
    assert (history["stage"] == "contrastive").sum() == 3


def test_metrics_are_those_of_the_predictions_on_the_test_part(finished_run: Path) -> None:
    metrics = json.loads((finished_run / "metrics.json").read_text())
    table = pd.read_csv(finished_run / "predictions.csv")
    test = table[table["part"] == "test"]
    assert metrics["accuracy"] == pytest.approx((test["label"] == test["predicted"]).mean())
    assert metrics["validation"]["accuracy"] != metrics["accuracy"]
    probabilities = table[[f"p_{name}" for name in metrics["class_names"]]].to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)
    assert table["predicted"].tolist() == [metrics["class_names"][best] for best in probabilities.argmax(axis=1)]
    protocol = pd.read_csv(finished_run / "protocol.csv")
    expected = protocol[protocol["part"].isin(["validation", "test"])]
    assert dict(zip(table["id"], table["part"], strict=True)) == dict(
        zip(expected["id"], expected["part"], strict=True)
    )


def test_embeddings_belong_to_the_predictions(finished_run: Path) -> None:
    stored = np.load(finished_run / "embeddings.npz")
    assert stored["id"].tolist() == pd.read_csv(finished_run / "predictions.csv")["id"].tolist()
    assert stored["features"].shape == (len(stored["id"]), 32)


def test_stages_learn_something(finished_run: Path) -> None:
    assert json.loads((finished_run / "metrics.json").read_text())["balanced_accuracy"] > 0.5  # chance: 0.1
    assert json.loads((finished_run / "diagnosis.json").read_text())["verdict"] == "healthy"


@pytest.mark.slow
def test_corrected_head_is_what_is_evaluated_and_served(
    short_settings: Settings, digits: SplitRecords, tmp_path: Path
) -> None:
    training = replace(short_settings.training, length="8 updates", warmup="0 epochs")
    run = train(
        replace(short_settings, method="tau_norm", sampling="original", training=training, run=tmp_path / "run")
    )
    assert pd.read_csv(run / "history.csv")["stage"].unique().tolist() == ["tau_norm"]
    chosen = json.loads((run / "adjustment.json").read_text())
    scores = json.loads((run / "metrics.json").read_text())
    assert chosen["val_balanced_accuracy"] == pytest.approx(scores["validation"]["balanced_accuracy"])
    before, after = (
        keras.models.load_model(run / name, compile=False).layers[2].get_weights()
        for name in ("stage_1.keras", "classifier.keras")
    )
    np.testing.assert_allclose(after[0], before[0] / np.linalg.norm(before[0], axis=0) ** chosen["tau"], rtol=1e-5)
    assert not after[1].any()
    asked = pd.read_csv(run / "predictions.csv").query("part == 'test' and label == 'four'").head(5)
    encoded = [next(digits.records.encoded(4, [name]).as_numpy_iterator())["image"] for name in asked["id"]]
    serve = tf.saved_model.load(str(run / "export" / "1")).signatures["serving_default"]
    expected = asked[[f"p_{name}" for name in scores["class_names"]]].to_numpy()
    np.testing.assert_allclose(serve(image_bytes=tf.constant(encoded))["probabilities"], expected, atol=1e-5)


@pytest.mark.slow
def test_online_head_trains_on_images_and_leaves_the_backbone_as_stage_1_left_it(
    short_settings: Settings, tmp_path: Path
) -> None:
    head = replace(short_settings.classifier, features="online", length="4 updates")
    training = replace(short_settings.training, length="4 updates", warmup="0 epochs", precision="mixed_bfloat16")
    try:
        run = train(replace(short_settings, classifier=head, training=training, run=tmp_path / "run"))
    finally:
        keras.config.set_dtype_policy("float32")
    backbone = keras.models.load_model(run / "backbone.keras", compile=False)
    frozen = keras.models.load_model(run / "classifier.keras", compile=False).layers[1]
    for before, after in zip(backbone.get_weights(), frozen.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_models_load_in_a_process_that_knows_keras_alone(finished_run: Path, tmp_path: Path) -> None:
    script = "import sys, keras\nfor path in sys.argv[1:]:\n    keras.models.load_model(path)\n"
    models = [str(finished_run / name) for name in ("backbone.keras", "classifier.keras")]
    done = subprocess.run([sys.executable, "-c", script, *models], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_finished_run_is_not_trained_again(
    finished_run: Path, short_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished_run.rglob("*")}
    train(replace(short_settings, run=finished_run))
    assert "is finished" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in finished_run.rglob("*")} == before


@pytest.mark.slow
def test_length_in_updates_is_kept_exactly(short_settings: Settings, tmp_path: Path) -> None:
    counted = []
    counter = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: counted.append(batch))
    training = replace(short_settings.training, length="31 updates", warmup="0 epochs")  # an epoch has 28
    train(replace(short_settings, training=training, run=tmp_path / "run"), callbacks=[counter])
    assert len(counted) == 31 + 12  # stage 1, stage 2


def test_settings_of_a_run_repeat_it(finished_run: Path, short_settings: Settings) -> None:
    from conbal_tf.settings.load import read_settings_file

    assert replace(read_settings_file(finished_run / "settings.toml"), run=None) == replace(short_settings, run=None)


@pytest.mark.slow
@pytest.mark.parametrize("features", ["cached", "online"])
def test_both_stages_run_on_two_replicas(features: str, finished_run: Path, tmp_path: Path) -> None:
    flags = ["--config", str(finished_run / "settings.toml"), "--run", str(tmp_path / "run"), "--replicas", "2"]
    lengths = ["--training.length", "12 updates", "--classifier.length", "3 updates", "--classifier.features", features]
    command = [sys.executable, "-m", "conbal_tf.train", *flags, *lengths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "contrastive · update 12/12" in done.stdout
    assert "classifier · update 3/3" in done.stdout
    assert "WARNING" not in done.stderr
    # 49 validation images leave a last batch of an odd number to 2 replicas.
    assert len(pd.read_csv(tmp_path / "run" / "predictions.csv")) == 49 + 540
