"""Tests of the pictures: what is prepared for them, and that they are drawn whatever a run looks like."""

from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from conbal_tf.reporting.figures import per_class_f1, stage_histories, training_curves


def drawn_size(path: Path) -> tuple[int, int]:
    """Returns width and height of a PNG in pixels, having checked that something is drawn on it."""
    pixels = matplotlib.image.imread(path)
    assert pixels[..., :3].std() > 0.05
    return pixels.shape[1], pixels.shape[0]


def test_stages_keep_their_order_and_epochs_are_counted_from_1(history: pd.DataFrame) -> None:
    stages = stage_histories(history)
    assert list(stages) == ["contrastive", "classifier"]
    assert stages["contrastive"]["loss"].to_dict() == {1: 5.2, 2: 4.9, 3: 4.4}
    assert stages["classifier"].index.tolist() == [1, 2]


def test_last_row_of_a_repeated_epoch_counts(history: pd.DataFrame) -> None:
    repeated = history[history["stage"] == "contrastive"].assign(loss=[5.0, 4.0, 3.0])
    stages = stage_histories(pd.concat([history, repeated]))
    assert list(stages) == ["contrastive", "classifier"]
    assert stages["contrastive"]["loss"].to_dict() == {1: 5.0, 2: 4.0, 3: 3.0}
    assert stages["classifier"]["loss"].to_dict() == {1: 1.1, 2: 0.9}


def test_epochs_are_sorted(history: pd.DataFrame) -> None:
    assert stage_histories(history[::-1])["contrastive"].index.tolist() == [1, 2, 3]


@pytest.mark.parametrize("column", ["stage", "epoch"])
def test_history_without_stage_or_epoch_is_refused(history: pd.DataFrame, column: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"has no column `{column}`: received columns .*loss"):
        training_curves(history.drop(columns=column), tmp_path / "curves.png")


def test_history_without_epochs_is_refused(history: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no epoch: .* 0 rows.*train for one epoch at least"):
        training_curves(history[:0], tmp_path / "curves.png")


@pytest.mark.parametrize("epochs", [1, 3, 1000])
def test_training_curves_have_one_size_whatever_the_length(epochs: int, tmp_path: Path) -> None:
    values = np.linspace(0.9, 0.1, epochs)
    history = pd.DataFrame({"stage": "cross_entropy", "epoch": range(epochs), "loss": values, "accuracy": 1 - values})
    training_curves(history, tmp_path / "curves.png")
    assert drawn_size(tmp_path / "curves.png") == (1200, 900)


def test_training_curves_of_a_diverged_run_are_drawn(history: pd.DataFrame, tmp_path: Path) -> None:
    history.loc[1:2, "loss"] = [np.inf, np.nan]
    history["val_balanced_accuracy"] = np.nan
    training_curves(history, tmp_path / "curves.png")
    assert drawn_size(tmp_path / "curves.png") == (1200, 900)


def test_bars_get_wider_with_the_number_of_classes_and_long_words(metrics: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "f1.png"
    per_class_f1(metrics, path)
    assert drawn_size(path) == (720, 600)
    scores = metrics["per_class"]["nevus"]
    for names, width in (("0123456789", 1302), ([r"$\x$", "", "abnormal", "keratosis", "proliferative"], 843)):
        many = {"class_names": list(names), "per_class": dict.fromkeys(names, scores)}
        per_class_f1({**metrics, **many, "train_counts": dict.fromkeys(names, 5)}, path)
        assert drawn_size(path) == (width, 600)


@pytest.mark.parametrize("key", ["part", "macro_f1", "train_counts"])
def test_bars_without_their_numbers_are_refused(metrics: dict[str, Any], key: str, tmp_path: Path) -> None:
    del metrics[key]
    with pytest.raises(ValueError, match=rf"have no `{key}`: received .*evaluate the run again"):
        per_class_f1(metrics, tmp_path / "f1.png")
