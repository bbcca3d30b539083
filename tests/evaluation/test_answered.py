"""What a run has answered: read from its files, and its surest mistakes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conbal_tf.data.split import SplitRecords
from conbal_tf.evaluation.answered import Answered, read_answers
from tests.scores.made_predictions import write_predictions

NAMES = ("b", "a")


def answered(rows: list[tuple[str, str, float]]) -> Answered:
    """Returns answers of rows of (label, predicted, probability of `a`), with ids i0, i1, ..."""
    table = pd.DataFrame(rows, columns=["label", "predicted", "p_a"])
    table = table.assign(id=[f"i{number}" for number in range(len(table))], p_b=1 - table["p_a"])
    return Answered(table, np.zeros((len(rows), 2), np.float32), NAMES)


def test_surest_mistakes_come_first_class_by_class_in_label_order() -> None:
    rows = [("a", "b", 0.4), ("b", "a", 0.6), ("a", "a", 0.9), ("a", "b", 0.1), ("b", "a", 0.8), ("a", "b", 0.1)]
    assert answered(rows).surest_mistakes()["id"].tolist() == ["i4", "i1", "i3", "i5", "i0"]
    assert answered(rows).labels.tolist() == [1, 0, 1, 1, 0, 1]


def test_of_a_class_with_many_mistakes_six_are_taken() -> None:
    rows = [("a", "b", number / 100) for number in range(49)] + [("b", "a", 0.7)] * 2
    kept = answered(rows).surest_mistakes()["id"].tolist()
    assert kept == ["i49", "i50", "i0", "i1", "i2", "i3", "i4", "i5"]


def test_run_without_mistakes_has_none() -> None:
    assert answered([("a", "a", 0.9), ("b", "b", 0.2)]).surest_mistakes().empty


@pytest.fixture
def run(finished_run: Path, tmp_path: Path) -> Path:
    """Returns a folder with the answers of a finished run."""
    for name in ("predictions.csv", "embeddings.npz", "protocol.csv"):
        (tmp_path / name).write_bytes((finished_run / name).read_bytes())
    return tmp_path


def test_answers_are_those_of_the_test_part(run: Path, digits: SplitRecords) -> None:
    found = read_answers(run, digits)
    assert set(found.rows["id"]) == set(digits.ids("test"))
    with np.load(run / "embeddings.npz") as embeddings:
        np.testing.assert_array_equal(found.features, embeddings["features"][embeddings["part"] == "test"])
        assert found.rows["id"].tolist() == embeddings["id"][embeddings["part"] == "test"].tolist()
    assert found.rows.index.tolist() == list(range(540))


def test_answers_to_other_images_are_refused(run: Path, digits: SplitRecords) -> None:
    table = pd.read_csv(run / "predictions.csv", dtype=str)
    table.loc[table.index[-1], "label"] = "zero" if table["label"].iloc[-1] == "nine" else "nine"
    table.to_csv(run / "predictions.csv", index=False)
    with pytest.raises(ValueError, match=r"not those that .* was tested on: 1 of 540 test images .*--records"):
        read_answers(run, digits)


def test_files_of_two_runs_are_refused(run: Path, digits: SplitRecords) -> None:
    table = pd.read_csv(run / "predictions.csv", dtype=str)
    write_predictions(run, table.iloc[:-1])
    with pytest.raises(ValueError, match=r"do not belong together: received \d+ images in predictions.csv and \d+"):
        read_answers(run, digits)
