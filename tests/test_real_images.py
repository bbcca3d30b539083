"""The command on real images: from the download to the served model, in small and at the paper's full size."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.train import main

ROOT = Path(__file__).parents[1]


def isic_subset(download: Path, folder: Path, per_class: int) -> Path:
    """Copies a few images of every class into a folder laid out as the challenge's download."""
    name = "ISIC2018_Task3_Training_GroundTruth.csv"
    table = pd.read_csv(download / name)
    chosen = pd.concat([table[table[diagnosis] == 1.0].head(per_class) for diagnosis in table.columns[1:]])
    images = folder / "ISIC2018_Task3_Training_Input"
    images.mkdir(parents=True)
    for identity in chosen["image"]:
        shutil.copy(download / images.name / f"{identity}.jpg", images)
    chosen.to_csv(folder / name, index=False)
    shutil.copy(download / "HAM10000_metadata.csv", folder)
    return folder


def aptos_subset(download: Path, folder: Path, per_class: int) -> Path:
    """Copies a few images of every grade into a folder laid out as the competition's download."""
    table = pd.read_csv(download / "train.csv").groupby("diagnosis").head(per_class)
    (folder / "train_images").mkdir(parents=True)
    for identity in table["id_code"]:
        shutil.copy(next((download / "train_images").glob(f"{identity}.*")), folder / "train_images")
    table.to_csv(folder / "train.csv", index=False)
    return folder


def command(*flags: str) -> str:
    """Runs `python -m conbal_tf.train` and returns what it printed."""
    done = subprocess.run([sys.executable, "-m", "conbal_tf.train", *flags], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


SUBSETS = {"isic2018": isic_subset, "aptos": aptos_subset}


@pytest.mark.parametrize(("dataset", "classes"), [pytest.param("isic2018", 7, marks=pytest.mark.slow), ("aptos", 5)])
def test_download_becomes_a_served_model(
    dataset: str,
    classes: int,
    real_images: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    images = SUBSETS[dataset](real_images(dataset), tmp_path / "images", 12)
    # Here, and not in a process of its own as below: that would import TensorFlow once more.
    main([
        "--config", str(ROOT / "configs" / f"{dataset}_small.toml"), "--images", str(images),
        "--records", str(tmp_path / "records"), "--run", str(tmp_path / "run"), "--network.width", "4",
        "--training.batch_size", "16", "--training.length", "3 updates", "--training.warmup", "0 epochs",
        "--classifier.length", "3 updates", "--classifier.batch_size", "16",
    ])  # fmt: skip
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert sum(metrics["per_class"][name]["support"] for name in metrics["class_names"]) == 4 * classes
    assert "macro F1" in capsys.readouterr().out
    assert (tmp_path / "run" / "export" / "1" / "saved_model.pb").exists()


@pytest.mark.slow
@pytest.mark.parametrize("replicas", ["1", "4"])
@pytest.mark.parametrize("features", ["cached", "online"])
@pytest.mark.parametrize("dataset", ["isic2018", "aptos"])
def test_papers_configuration_runs_at_full_size(
    dataset: str, replicas: str, features: str, real_images: Callable[[str], Path], tmp_path: Path
) -> None:
    images = SUBSETS[dataset](real_images(dataset), tmp_path / "images", 8)
    printed = command(
        "--dataset", dataset, "--images", str(images), "--records", str(tmp_path / "records"),
        "--run", str(tmp_path / "run"), "--replicas", replicas, "--training.batch_size", "8",
        "--training.length", "2 updates", "--training.warmup", "0 epochs", "--classifier.features", features,
        "--classifier.batch_size", "8", "--classifier.length", "2 updates", "--classifier.cached_views", "1",
    )  # fmt: skip
    assert "contrastive · update 2/2" in printed
    assert "classifier · update 2/2" in printed
    settings = (tmp_path / "run" / "settings.toml").read_text()
    assert 'backbone = "resnet50"' in settings
    assert "image_size = 224" in settings
