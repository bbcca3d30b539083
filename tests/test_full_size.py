"""Every method at the paper's size: ResNet-50 at 224 pixels takes two updates on real images, by the command."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conbal_tf.settings import choices
from conbal_tf.settings.methods import TRAITS
from tests.test_real_images import SUBSETS, command

PER_CLASS = 8


@pytest.fixture(scope="module")
def small_records(
    real_images: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Returns a function from a data set to a folder of records of a few images of each class, made once."""
    made: dict[str, Path] = {}

    def records(dataset: str) -> Path:
        from tfrecords_tools.build import build_records

        if dataset not in made:
            home = tmp_path_factory.mktemp(dataset)
            images = SUBSETS[dataset](real_images(dataset), home / "images", PER_CLASS)
            build_records(dataset, images, home / "records", 256)
            made[dataset] = home / "records"
        return made[dataset]

    return records


def flags_of(method: choices.Method) -> list[str]:
    """Returns the method, what it goes with, and lengths of two updates for the stages that it has."""
    traits = TRAITS[method]
    flags = ["--method", method, "--sampling", traits.samplings[0], "--dataset", (*traits.datasets, "isic2018")[0]]
    flags += ["--training.batch_size", "8", "--training.length", "2 updates", "--training.warmup", "0 epochs"]
    if "classifier" in traits.sections:
        flags += ["--classifier.batch_size", "8", "--classifier.length", "2 updates", "--classifier.cached_views", "1"]
    if traits.tunes_on_validation:
        flags += ["--data.train_parts", "train"]
    return flags


@pytest.mark.slow
@pytest.mark.parametrize("replicas", ["1", "4"])
@pytest.mark.parametrize("method", choices.names(choices.Method))
def test_every_method_runs_at_full_size(
    method: choices.Method, replicas: str, small_records: Callable[[str], Path], tmp_path: Path
) -> None:
    flags, run = flags_of(method), tmp_path / "run"
    dataset = flags[flags.index("--dataset") + 1]
    printed = command(*flags, "--records", str(small_records(dataset)), "--run", str(run), "--replicas", replicas)
    stages = [method, "classifier"] if "classifier" in TRAITS[method].sections else [method]
    assert all(f"{stage} · update 2/2" in printed for stage in stages)
    history = pd.read_csv(run / "history.csv")
    assert history["stage"].unique().tolist() == stages
    assert np.isfinite(history["loss"]).all()
    settings = (run / "settings.toml").read_text()
    assert 'backbone = "resnet50"' in settings
    assert "image_size = 224" in settings
    facts = json.loads((run / "environment.json").read_text())
    assert facts["replicas"] == int(replicas)
    assert facts["budget"][0]["updates"] == 2
    classes = len(json.loads((run / "metrics.json").read_text())["class_names"])
    assert len(pd.read_csv(run / "predictions.csv")) == 3 * classes  # 5 of 8 are trained on
    assert (run / "export" / "1" / "saved_model.pb").exists()
