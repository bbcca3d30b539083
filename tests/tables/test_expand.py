"""From rows and seeds to runs: what they share, what is their own, and where they lie."""

from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.settings.load import CONFIGS, read_settings_file
from conbal_tf.settings.save import differences
from conbal_tf.settings.schema import Data, Settings
from conbal_tf.tables.expand import expand
from conbal_tf.tables.paper import TABLES, Row, Table
from tests.tables.planned import NAMES, TABLE, runs

RUNS = Path("runs")
PAPER = Settings(protocol="paper", data=Data(train_parts=("train", "validation")))


def table(*rows: Row) -> Table:
    return Table("Table", "digits", ("accuracy",), rows)


def names(of: Table, base: Settings = PAPER, seeds: int = 1) -> list[str]:
    return [run.folder.relative_to(RUNS).as_posix() for run in expand(of, base, seeds, RUNS)]


def test_runs_go_seed_by_seed_and_leave_out_rows_that_train_nothing() -> None:
    assert names(TABLE, seeds=2) == [*NAMES, *(name.replace("seed0", "seed1") for name in NAMES)]


def test_runs_differ_from_the_base_in_what_their_row_says_alone() -> None:
    row = Row("CL", "contrastive", "original", {"contrastive.temperature": 0.7})
    (run,) = expand(table(row), replace(PAPER, method="contrastive"), 1, RUNS)
    changes = ["sampling: balanced there, original here", "contrastive.temperature: 0.05 there, 0.7 here"]
    assert differences(PAPER, run.settings) == changes
    assert run.settings.run == run.folder == RUNS / run.name
    assert run.row is row


def test_each_row_is_trained_on_each_fold_with_each_seed() -> None:
    planned = expand(table(Row("CE", "cross_entropy")), PAPER, 2, RUNS, folds=3)
    assert [run.settings.protocol for run in planned] == ["fold_1_of_3", "fold_2_of_3", "fold_3_of_3"] * 2
    assert [run.settings.seed for run in planned] == [0, 0, 0, 1, 1, 1]
    assert planned[4].name == "fold_2_of_3-cross_entropy-original-seed1"


def test_fewer_seeds_are_the_first_of_more() -> None:
    assert names(TABLE, seeds=3)[: len(NAMES)] == names(TABLE, seeds=1)


def test_override_is_in_the_name_unless_it_is_what_the_base_has() -> None:
    same, other = (Row(f"{t}", "contrastive", "balanced", {"contrastive.temperature": t}) for t in (0.05, 1.0))
    assert names(table(same, other)) == [
        "paper-contrastive-balanced-seed0",
        "paper-contrastive-balanced-temperature=1.0-seed0",
    ]


def test_where_one_row_chooses_on_validation_none_trains_on_it() -> None:
    rows = (Row("CE", "cross_entropy"), Row("τ", "tau_norm"))
    assert names(table(*rows)) == [f"paper-{row.method}-original-train_parts=train-seed0" for row in rows]
    assert {run.settings.data.train_parts for run in expand(table(*rows), PAPER, 1, RUNS)} == {("train",)}
    assert PAPER.data.train_parts == ("train", "validation")
    # Where the base does so, too, these are the runs of other tables.
    assert names(table(*rows), Settings(protocol="paper")) == [f"paper-{row.method}-original-seed0" for row in rows]


def test_row_whose_settings_make_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match=r"contrastive\.temperature is -1"):
        expand(table(Row("CL", "contrastive", "original", {"contrastive.temperature": -1})), PAPER, 1, RUNS)


@pytest.mark.parametrize("size", ["", "_small"])
@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_each_size_has_a_folder_for_each_run(name: str, size: str) -> None:
    base = read_settings_file(CONFIGS / f"{TABLES[name].dataset}.toml")
    base = read_settings_file(CONFIGS / f"{TABLES[name].dataset}{size}.toml", base)
    planned = expand(TABLES[name], base, 3, RUNS)
    assert (
        len({run.folder for run in planned}) == len(planned) == 3 * sum(bool(row.method) for row in TABLES[name].rows)
    )


def test_tables_of_the_paper_share_their_runs() -> None:
    base = read_settings_file(CONFIGS / "isic2018_small.toml", read_settings_file(CONFIGS / "isic2018.toml"))
    first, third, figure, beyond = (
        set(names(TABLES[name], base)) for name in ("table1", "table3", "figure3", "beyond")
    )
    assert figure < first
    assert len(first & third) == 2  # CL at the base's temperature, under both samplings
    assert len(first & beyond) == 4


def test_settings_that_are_the_same_have_the_same_folder_whatever_the_table(tmp_path: Path) -> None:
    assert [run.folder for run in runs(tmp_path)] == [tmp_path / name for name in NAMES]
