"""Tests of a measured table as Markdown and CSV: what stands in which cell."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.tables.measured import RowRuns, measure_table
from conbal_tf.tables.paper import TABLES
from conbal_tf.tables.writing import to_markdown, write
from tests.reporting.run_folders import CE, CL, DANIL, MTL, TABLE, metrics, settings_of, write_run


@pytest.fixture
def measured(tmp_path: Path) -> pd.DataFrame:
    """Returns two seeds of CE, of which a third failed, one of CL, none of MTL, and DANIL, which nobody runs."""
    ce = [
        write_run(tmp_path / f"ce{seed}", settings_of(CE, seed), metrics(accuracy=accuracy), seconds=3700)
        for seed, accuracy in enumerate((0.8, 0.81))
    ]
    cl = write_run(tmp_path / "cl", settings_of(CL), metrics(accuracy=0.79), seconds=20)
    rows = [
        RowRuns(CE, tuple(ce), ("loss is NaN | at update 12\nand so on",), planned=3),
        RowRuns(CL, (cl,)),
        RowRuns(MTL, (), ("killed " * 20,), planned=3),
    ]
    return measure_table(TABLE, rows)


def cells(markdown: str) -> dict[str, dict[str, str]]:
    """Returns the cells of a Markdown table, by the row's first cell and the column's heading."""
    lines = [line.replace(r"\|", "¦") for line in markdown.splitlines() if line.startswith("|")]
    heading, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: dict(zip(heading, row, strict=True)) for row in rows}


def test_every_number_stands_in_its_cell(measured: pd.DataFrame) -> None:
    markdown = to_markdown(TABLE, measured, [])
    table = cells(markdown)
    assert markdown.startswith("# Table 0: made up\n\n| method |")
    assert list(table) == ["CE", "CL", "MTL", "DANIL"]
    columns = ["method", "accuracy", "accuracy, paper", "macro F1", "macro F1, paper", "minor F1", "runs", "time"]
    assert list(table["CE"]) == columns
    # Deviation of .80 and .81: .01 / √2.
    assert table["CE"]["accuracy"] == "**.805** ± .007"
    assert table["CE"]["accuracy, paper"] == ".850 ± .0007"
    assert table["CL"]["accuracy"] == ".790"
    assert table["CL"]["macro F1, paper"] == ".739 ± .013"
    assert (table["CE"]["time"], table["CL"]["time"]) == ("2 h 03 min", "< 1 min")


def test_failed_runs_are_told_with_what_the_others_gave(measured: pd.DataFrame) -> None:
    table = cells(to_markdown(TABLE, measured, []))
    assert table["CE"]["runs"] == "2/3, failed: loss is NaN ¦ at update 12 and so on"
    assert table["CL"]["runs"] == "1/1"
    assert [table["MTL"][name] for name in ("accuracy", "macro F1", "minor F1")] == ["failed"] * 3
    assert table["MTL"]["runs"].startswith("0/3, failed: killed killed")
    assert table["MTL"]["runs"].endswith("…")
    assert len(table["MTL"]["runs"]) == len("0/3, failed: ") + 60


def test_row_that_nobody_runs_stands_with_its_reported_number(measured: pd.DataFrame) -> None:
    row = cells(to_markdown(TABLE, measured, []))["DANIL"]
    assert (row["accuracy"], row["accuracy, paper"], row["macro F1, paper"]) == ("–", ".825 †", "–")
    assert (row["runs"], row["time"]) == ("not run", "–")


def test_missing_runs_are_dashes() -> None:
    table = cells(to_markdown(TABLE, measure_table(TABLE, [RowRuns(CE, (), planned=3)]), []))
    assert [table["CE"][name] for name in ("accuracy", "runs", "time")] == ["–", "0/3", "–"]
    assert [table["CL"][name] for name in ("accuracy", "runs", "time")] == ["–", "–", "–"]


def test_highest_is_bold_as_far_as_it_is_shown_and_only_among_several(measured: pd.DataFrame) -> None:
    measured["accuracy_mean"] = [0.8051, 0.8049, 0.7, None]
    table = cells(to_markdown(TABLE, measured, []))
    assert [table[row]["accuracy"].startswith("**.805**") for row in table] == [True, True, False, False]
    assert table["MTL"]["accuracy"] == ".700"
    measured["accuracy_mean"] = [0.8051, None, None, None]
    assert cells(to_markdown(TABLE, measured, []))["CE"]["accuracy"].startswith(".805 ±")


def test_numbers_below_0_and_of_1_are_written_whole(measured: pd.DataFrame) -> None:
    measured["accuracy_mean"] = [-0.0214, 1.0, None, None]
    table = cells(to_markdown(TABLE, measured, []))
    assert (table["CE"]["accuracy"], table["CL"]["accuracy"]) == ("-.021 ± .007", "**1.000**")


def test_legend_explains_the_signs_that_are_there(measured: pd.DataFrame) -> None:
    markdown = to_markdown(TABLE, measured, ["Hardware: none."])
    assert "standard deviation of the sample, which one run does not have" in markdown
    assert all(f"\n- {sign}" in markdown for sign in ("Bold: ", "† ", "–: "))
    assert markdown.endswith("\n- Hardware: none.\n")
    ce_alone = replace(TABLE, metrics=("accuracy",), rows=(CE,))
    markdown = to_markdown(ce_alone, measure_table(ce_alone, []).assign(accuracy_mean=0.5, seconds=9.0, planned=1), [])
    assert not any(f"\n- {sign}" in markdown for sign in ("Bold: ", "† ", "–: "))


def test_paper_has_no_column_where_it_published_nothing() -> None:
    table = TABLES["beyond"]
    assert ", paper" not in to_markdown(table, measure_table(table, []), [])


def test_files_are_named_after_the_table_and_appear_whole(measured: pd.DataFrame, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tables"
    written = write(TABLE, measured, ["A note."], folder)
    assert written == [folder / "table_0_made_up.md", folder / "table_0_made_up.csv"]
    assert sorted(folder.iterdir()) == sorted(written)
    assert written[0].read_text(encoding="utf-8") == to_markdown(TABLE, measured, ["A note."])
    for name, table in TABLES.items():
        files = write(table, measure_table(table, []), [], folder)
        assert [path.name for path in files] == [f"{name}.md", f"{name}.csv"]


def test_csv_is_read_back_unchanged(measured: pd.DataFrame, tmp_path: Path) -> None:
    markdown, csv = write(TABLE, measured, [], tmp_path)
    read = pd.read_csv(csv)
    # An empty text is no value to a CSV.
    pd.testing.assert_frame_equal(read.fillna({"failures": ""}), measured, check_dtype=False)
    assert to_markdown(TABLE, read, []) == markdown.read_text(encoding="utf-8")


def test_no_row_of_the_table_is_lost() -> None:
    assert DANIL.title in cells(to_markdown(TABLE, measure_table(TABLE, []), []))
