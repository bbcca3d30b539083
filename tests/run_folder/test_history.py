"""Tests of the epochs of each stage."""

import pandas as pd
import pytest

from conbal_tf.run_folder.history import stage_histories


@pytest.fixture
def history() -> pd.DataFrame:
    """Returns history.csv of three contrastive epochs and two of the classifier."""
    stages = ["contrastive"] * 3 + ["classifier"] * 2
    return pd.DataFrame({"stage": stages, "epoch": [0, 1, 2, 0, 1], "loss": [5.2, 4.9, 4.4, 1.1, 0.9]})


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
def test_history_without_stage_or_epoch_is_refused(history: pd.DataFrame, column: str) -> None:
    with pytest.raises(ValueError, match=rf"has no column `{column}`: received columns .*loss"):
        stage_histories(history.drop(columns=column))


def test_history_without_epochs_is_refused(history: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"holds no epoch: .* 0 rows.*train for one epoch at least"):
        stage_histories(history[:0])
