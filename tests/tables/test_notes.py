"""Tests of what stands under a table: what is the same in all rows, and which rows differ."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conbal_tf.settings.schema import Network, Settings
from conbal_tf.tables.measured import RowRuns
from conbal_tf.tables.notes import notes
from conbal_tf.tables.paper import Row
from tests.reporting.run_folders import (
    BUDGET,
    CE,
    CL,
    COUNTS,
    F1,
    HEAD,
    MTL,
    TABLE,
    environment,
    metrics,
    settings_of,
    write_run,
)

OHEM, FOCAL = Row("OHEM, hardest share", "ohem"), Row("Focal loss", "focal")
ROWS = (CE, CL, MTL, OHEM, FOCAL)
WIDE = replace(TABLE, rows=ROWS)


def finished(tmp_path: Path, budgets: dict[str, Any]) -> list[RowRuns]:
    """Returns one run of each row; `budgets` are those that are not the plain one, by title."""
    rows = []
    for number, row in enumerate(ROWS):
        budget = budgets.get(row.title, BUDGET)
        facts = {key: value for key, value in environment(budget=budget).items() if value is not None}
        rows.append(RowRuns(row, (write_run(tmp_path / str(number), settings_of(row), None, facts),)))
    return rows


def note(sentences: list[str], beginning: str) -> str:
    """Returns the one sentence that begins so, without its beginning."""
    (found,) = [sentence for sentence in sentences if sentence.startswith(beginning)]
    return found.removeprefix(beginning)


def test_equal_budgets_take_one_sentence(tmp_path: Path) -> None:
    sentences = notes(WIDE, finished(tmp_path, {}))
    assert note(sentences, "Views with gradient in stage 1") == ", in every finished row: 384,000."
    assert note(sentences, "Updates × images × views of stage 1") == ", in every finished row: 2,000 × 192 × 1."
    assert note(sentences, "Passes without gradient, stage 2 among them") == ", in every finished row: none."


def test_rows_with_another_budget_are_named(tmp_path: Path) -> None:
    double = [BUDGET[0] | {"views": 2, "views_through_backbone": 768000}]
    sentences = notes(WIDE, finished(tmp_path, {"CL": double, "OHEM, hardest share": double}))
    assert note(sentences, "Views with gradient in stage 1") == (
        ": 768,000 in *CL* and *OHEM, hardest share*; 384,000 in the other finished rows."
    )
    assert "2,000 × 192 × 2 in *CL* and" in note(sentences, "Updates × images × views of stage 1")


def test_equal_views_of_unequal_updates_are_told_apart(tmp_path: Path) -> None:
    halved = [BUDGET[0] | {"updates": 1000, "views": 2}]
    sentences = notes(WIDE, finished(tmp_path, {"CL": halved}))
    assert note(sentences, "Views with gradient in stage 1") == ", in every finished row: 384,000."
    assert note(sentences, "Updates × images × views of stage 1") == (
        ": 1,000 × 192 × 2 in *CL*; 2,000 × 192 × 1 in the other finished rows."
    )


def test_passes_without_gradient_count_for_no_stage_1_and_are_told_with_their_cost(tmp_path: Path) -> None:
    candidates = BUDGET[0] | {"stage": "ohem, candidates", "views_through_backbone": 768000, "with_gradient": False}
    spent = {"CL": [*BUDGET, HEAD], "OHEM, hardest share": [*BUDGET, candidates]}
    sentences = notes(WIDE, finished(tmp_path, spent))
    assert note(sentences, "Views with gradient in stage 1") == ", in every finished row: 384,000."
    assert note(sentences, "Updates × images × views of stage 1") == ", in every finished row: 2,000 × 192 × 1."
    assert note(sentences, "Passes without gradient, stage 2 among them") == (
        ": classifier 10,500 views (80 updates of 512) in *CL*; "
        "ohem, candidates 768,000 views (2,000 updates of 192) in *OHEM, hardest share*; "
        "none in the other finished rows."
    )


def test_budget_that_an_older_run_lacks_is_not_recorded(tmp_path: Path) -> None:
    sentences = notes(WIDE, finished(tmp_path, {"CE": None, "CL": None}))
    assert note(sentences, "Views with gradient in stage 1") == (
        ": not recorded in *CE* and *CL*; 384,000 in the other finished rows."
    )
    # CE trains end to end: it has no stage 2 whose cost could be missing.
    assert note(sentences, "Passes without gradient, stage 2 among them") == (
        ": not recorded in *CL*; none in the other finished rows."
    )


def test_without_a_usual_value_every_row_is_named(tmp_path: Path) -> None:
    double = [BUDGET[0] | {"views_through_backbone": 768000}]
    rows = finished(tmp_path, {"CL": double})
    assert note(notes(WIDE, rows[:2]), "Views with gradient in stage 1") == ": 384,000 in *CE*; 768,000 in *CL*."
    assert note(notes(WIDE, rows[:3]), "Views with gradient in stage 1") == (
        ": 384,000 in *CE* and *MTL*; 768,000 in *CL*."
    )


def test_seeds_of_a_row_that_differ_are_both_told(tmp_path: Path) -> None:
    gpu = environment(gpus=["NVIDIA H200", "NVIDIA H200"], cores=16)
    runs = (
        write_run(tmp_path / "a", settings_of(CE, 0)),
        write_run(tmp_path / "b", settings_of(CE, 1), None, gpu),
        write_run(tmp_path / "c", settings_of(CE, 2)),
    )
    assert note(notes(TABLE, [RowRuns(CE, runs)]), "Hardware") == (
        ", in every finished row: AMD EPYC, 2 cores, no GPU or AMD EPYC, 16 cores, 2 × NVIDIA H200."
    )


def test_settings_that_all_share_are_told_once(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", settings_of(CE, network=Network(backbone="resnet18_small", width=32)))
    assert notes(TABLE, [RowRuns(CE, (run,)), RowRuns(CL, (), ("killed",))])[3:] == [
        "Augmentation, in every finished row: medical, smallest crop 0.5, colour strength 1.",
        "Network, in every finished row: resnet18_small of width 32, from scratch, trained at 16 pixels and tested at "
        "16.",
        "Selection, and parts trained on, in every finished row: last update, train and validation.",
        "Data, in every finished row: isic2018, protocol grouped, split seed 0, records 89f12a8ff0ad.",
        "Hardware, in every finished row: AMD EPYC, 2 cores, no GPU.",
        "Groups of classes by training images (major: at least half as many as the largest class, minor: fewer than an "
        "eighth; as in the paper), in every finished row: major NV; middle MEL and BKL; minor DF.",
    ]


def test_groups_are_told_where_the_table_has_them_and_may_be_empty(tmp_path: Path) -> None:
    even = metrics(counts=dict.fromkeys(F1, 50))
    rows = [RowRuns(CE, (write_run(tmp_path / "run", settings_of(CE), even),))]
    assert notes(TABLE, rows)[-1].endswith("major MEL, NV, DF and BKL; middle none; minor none.")
    without = notes(replace(TABLE, metrics=("accuracy",)), rows)
    assert not any(sentence.startswith("Groups") for sentence in without)


def test_runs_of_another_data_set_are_not_to_be_compared_with_the_paper(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Settings(method="cross_entropy", sampling="original"), metrics(counts=COUNTS))
    sentences = notes(TABLE, [RowRuns(CE, (run,))])
    assert sentences[-1] == "Runs are of digits, and the paper's numbers of isic2018: not to be compared."
    assert "the paper names none" in note(sentences, "Groups of classes")


@pytest.mark.parametrize("rows", [[], [RowRuns(CE, (), ("killed",), 1)]])
def test_without_a_finished_run_that_is_all_there_is_to_say(rows: list[RowRuns]) -> None:
    assert notes(TABLE, rows) == ["No run is finished."]
