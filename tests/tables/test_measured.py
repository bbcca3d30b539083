"""Tests of a table in numbers: means, deviations, and the rows that have none."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.settings.schema import Contrastive
from conbal_tf.tables.measured import GROUPS, METRIC_TITLES, RowRuns, measure_table, row_scores
from conbal_tf.tables.paper import TABLES, Row, Table
from tests.reporting.run_folders import CE, CL, DANIL, F1, MTL, TABLE, metrics, settings_of, write_run


def ce_runs(tmp_path: Path, *accuracies: float) -> tuple[Path, ...]:
    """Returns runs of CE with these accuracies, one per seed."""
    return tuple(
        write_run(tmp_path / f"ce{seed}", settings_of(CE, seed), metrics(accuracy=accuracy))
        for seed, accuracy in enumerate(accuracies)
    )


def test_every_table_has_known_metrics() -> None:
    assert {metric for table in TABLES.values() for metric in table.metrics} == set(METRIC_TITLES)
    assert all(len(measure_table(table, [])) == len(table.rows) for table in TABLES.values())


def test_scores_of_a_run_by_hand(tmp_path: Path) -> None:
    graded = settings_of(CE, dataset="aptos")
    run = write_run(tmp_path / "run", graded, metrics(quadratic_weighted_kappa=-0.1), seconds=30.5)
    scores = row_scores(RowRuns(CE, (run,))).iloc[0].to_dict()
    assert scores.pop("run") == str(run)
    assert scores == pytest.approx(
        {
            "accuracy": 0.8,
            "macro_f1": (0.5 + 0.9 + 0.2 + 0.4) / 4,
            "balanced_accuracy": 0.6,
            "quadratic_weighted_kappa": -0.1,
            "major_f1": 0.9,
            "middle_f1": (0.5 + 0.4) / 2,
            "minor_f1": 0.2,
            "seconds": 30.5,
        }
    )


def test_metric_that_a_run_lacks_and_f1_of_an_empty_group_are_nan(tmp_path: Path) -> None:
    even = metrics(counts=dict.fromkeys(F1, 50))
    scores = row_scores(RowRuns(CE, (write_run(tmp_path / "run", settings_of(CE), even),)))
    assert scores["major_f1"].item() == pytest.approx(0.5)
    assert scores[["middle_f1", "minor_f1", "quadratic_weighted_kappa"]].isna().all(axis=None)


def test_mean_and_deviation_by_hand(tmp_path: Path) -> None:
    line = measure_table(TABLE, [RowRuns(CE, ce_runs(tmp_path, 0.7, 0.8, 0.84), planned=3)]).iloc[0]
    assert line["accuracy_mean"] == pytest.approx(0.78)
    # Squares .0064, .0004 and .0036, over 3 - 1.
    assert line["accuracy_sd"] == pytest.approx(math.sqrt(0.0104 / 2))
    assert (line["macro_f1_mean"], line["macro_f1_sd"]) == pytest.approx((0.5, 0))
    assert (line["accuracy_paper"], line["accuracy_paper_sd"]) == (0.85, 0.0007)
    assert (line["finished"], line["planned"], line["failed"], line["seconds"]) == (3, 3, 0, 1800)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5))
@settings(max_examples=15, deadline=None)
def test_mean_and_deviation_equal_numpys(tmp_path_factory: pytest.TempPathFactory, accuracies: list[float]) -> None:
    runs = ce_runs(tmp_path_factory.mktemp("runs"), *accuracies)
    line = measure_table(TABLE, [RowRuns(CE, runs)]).iloc[0]
    assert line["accuracy_mean"] == pytest.approx(sum(accuracies) / len(accuracies))
    assert line["accuracy_sd"] == pytest.approx(np.std(accuracies, ddof=1))


def test_one_seed_has_a_mean_and_no_deviation(tmp_path: Path) -> None:
    line = measure_table(TABLE, [RowRuns(CE, ce_runs(tmp_path, 0.7))]).iloc[0]
    assert line["accuracy_mean"] == 0.7
    assert math.isnan(line["accuracy_sd"])


def test_rows_keep_the_order_of_the_table_and_those_that_were_not_run_have_no_number(tmp_path: Path) -> None:
    run = write_run(tmp_path / "cl", settings_of(CL))
    failed = RowRuns(CE, (), failed=("loss is NaN", "loss is NaN", "killed"), planned=3)
    measured = measure_table(TABLE, [RowRuns(CL, (run,)), failed]).set_index("title")
    assert list(measured.index) == ["CE", "CL", "MTL", "DANIL"]
    assert measured["finished"].tolist() == [0, 1, 0, 0]
    assert measured["planned"].tolist() == [3, 1, 0, 0]
    assert measured["failed"].tolist() == [3, 0, 0, 0]
    assert measured["failures"].tolist() == ["loss is NaN; killed", "", "", ""]
    assert measured["accuracy_mean"].isna().tolist() == [True, False, True, True]
    assert measured["seconds"].isna().tolist() == [True, False, True, True]
    assert measured["by_others"].tolist() == [False, False, True, True]
    assert measured["accuracy_paper"].tolist() == [0.85, 0.865, 0.811, 0.825]
    assert measured["minor_f1_paper"].isna().all()


def test_mean_over_runs_of_which_one_lacks_the_metric_is_nan(tmp_path: Path) -> None:
    table = replace(TABLE, metrics=("accuracy", "quadratic_weighted_kappa"))
    runs = (
        write_run(tmp_path / "old", settings_of(CE, 0, dataset="aptos")),
        write_run(tmp_path / "new", settings_of(CE, 1, dataset="aptos"), metrics(quadratic_weighted_kappa=0.5)),
    )
    line = measure_table(table, [RowRuns(CE, runs)]).iloc[0]
    assert line["accuracy_mean"] == pytest.approx(0.8)
    assert math.isnan(line["quadratic_weighted_kappa_mean"])


def test_settings_that_rows_override_are_columns(tmp_path: Path) -> None:
    hot = Row("CL, τ 1.0", "contrastive", "balanced", {"contrastive.temperature": 1.0})
    run = write_run(tmp_path / "hot", settings_of(hot, contrastive=Contrastive(temperature=1.0)))
    measured = measure_table(Table("T", "isic2018", tuple(GROUPS), (hot, CL)), [RowRuns(hot, (run,))])
    assert measured["contrastive.temperature"].fillna(-1).tolist() == [1.0, -1]
    assert measured["major_f1_mean"].fillna(-1).tolist() == [0.9, -1]


def test_run_with_another_value_of_an_overridden_setting_is_refused(tmp_path: Path) -> None:
    hot = Row("CL, τ 1.0", "contrastive", "balanced", {"contrastive.temperature": 1.0})
    run = write_run(tmp_path / "run", settings_of(hot))
    with pytest.raises(ValueError, match=r"row 'CL, τ 1.0': received contrastive.temperature 0.05. Allowed is 1.0"):
        row_scores(RowRuns(hot, (run,)))


@pytest.mark.parametrize(("row", "message"), [(CL, "sampling 'original'"), (MTL, "method 'contrastive'")])
def test_run_of_another_row_is_refused(row: Row, message: str, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", settings_of(replace(CL, sampling="original")))
    with pytest.raises(ValueError, match=rf"is not of the row {row.title!r}: received {message}.*of its own"):
        row_scores(RowRuns(row, (run,)))


def test_repeated_seed_is_refused(tmp_path: Path) -> None:
    runs = tuple(write_run(tmp_path / name, settings_of(CE, seed=1)) for name in ("a", "b"))
    for repeated in (runs, (runs[0], runs[0])):
        with pytest.raises(
            ValueError, match=r"run of the row 'CE' stands twice: received the splits and seeds .* of 2"
        ):
            row_scores(RowRuns(CE, repeated))


def test_run_that_is_not_finished_is_refused(tmp_path: Path) -> None:
    (run,) = ce_runs(tmp_path, 0.7)
    (run / "finished.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"No finished\.json"):
        measure_table(TABLE, [RowRuns(CE, (run,))])


@pytest.mark.parametrize("rows", [[RowRuns(CE, ()), RowRuns(CE, ())], [RowRuns(Row("CE", "focal"), ())]])
def test_row_that_stands_twice_or_not_in_the_table_is_refused(rows: list[RowRuns]) -> None:
    with pytest.raises(ValueError, match=r"Row 'CE' does not stand once .*Allowed are \['CE', 'CL', 'MTL', 'DANIL'\]"):
        measure_table(TABLE, rows)


def test_unknown_metric_is_refused() -> None:
    with pytest.raises(ValueError, match=r"No metric 'auc' .*Allowed are accuracy, .*correct the table"):
        measure_table(replace(TABLE, metrics=("accuracy", "auc"), rows=(DANIL,)), [])
