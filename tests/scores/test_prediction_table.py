"""predictions.csv, read back."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conbal_tf.scores.metrics_file import score
from conbal_tf.scores.prediction_table import answers_of, read_features, read_predictions
from tests.scores.made_predictions import COUNTS, predictions, write_predictions


def test_file_gives_the_same_figures_as_the_table(tmp_path: Path) -> None:
    table = predictions()
    write_predictions(tmp_path, table)
    again = read_predictions(tmp_path)
    assert again["id"].tolist() == table["id"].tolist() and "NA" in set(again["label"])
    assert score(again, COUNTS, [], resamples=20) == score(table, COUNTS, [], resamples=20)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", r"received 0 bytes with nothing in them"),
        (lambda text: text.replace("group", "lesion", 1), r"received no column group but id, part, lesion"),
        (lambda text: text.replace("p_mid", "p_middle", 1), r"received 'mid' as label"),
        (lambda text: text.replace(",big,", ",huge,", 200), r"received 'huge' as label"),
        (lambda text: text.replace("test,", "tested,"), r"60 in another part \(such as 'test000'\)"),
        (
            lambda text: text.replace(",0.", ",x.", 1),
            r"received could not convert string to float: 'x\..*column 'p_big'",
        ),
        (lambda text: text.replace(",0.", ",4.", 1), r"is no distribution over classes"),
        (lambda text: re.sub(r"(test.*),0\.\d+", r"\1,NaN", text, count=1), r"is no distribution over classes"),
        (lambda text: re.sub(r"(test.*),0\.\d+", r"\1,", text, count=1), r"is no distribution over classes"),
        (lambda text: text.replace("big,big,", "big,mid,"), r"received 'mid' as predicted for .*most probable class"),
    ],
)
def test_broken_file_is_one_clear_error(tmp_path: Path, spoil, message: str) -> None:  # type: ignore[no-untyped-def]
    write_predictions(tmp_path, predictions())
    text = (tmp_path / "predictions.csv").read_text()
    (tmp_path / "predictions.csv").write_text(spoil(text))
    with pytest.raises(ValueError, match=f"predictions.csv .*{message}"):
        score(read_predictions(tmp_path), COUNTS, [], resamples=5)


def test_classes_in_the_order_of_the_run() -> None:
    answers = answers_of(predictions(), "test", COUNTS)
    assert answers.class_names == tuple(COUNTS)
    assert answers.class_groups == (("big",), ("mid",), ("NA",))


def test_image_without_a_group_is_a_group_of_its_own() -> None:
    table = predictions()
    table.loc[table["part"] == "test", "group"] = ["", "", "both", "both"] + ["rest"] * 56
    groups = answers_of(table, "test", COUNTS).groups
    assert len(set(groups)) == 4 and groups[0] != groups[1] and groups[2] == groups[3] == "both"


def test_features_are_those_of_the_predictions(tmp_path: Path) -> None:
    table = predictions()
    features = np.arange(240.0).reshape(120, 2)
    np.savez(tmp_path / "embeddings.npz", id=table["id"].to_numpy(str), features=features)
    assert (read_features(tmp_path, table) == features).all()
    with pytest.raises(ValueError, match=r"do not belong together: received 119 images in predictions.csv and 120 in"):
        read_features(tmp_path, table[1:])
    with pytest.raises(ValueError, match=r"not the same in the same order"):
        read_features(tmp_path, table[::-1])


@pytest.mark.parametrize("read", [read_predictions, lambda run: read_features(run, predictions())])
def test_missing_file_says_how_to_finish_the_run(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No (predictions.csv|embeddings.npz) in .*finish it with"):
        read(tmp_path)
