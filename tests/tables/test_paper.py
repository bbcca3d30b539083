"""The tables: every row gives valid runs over the real configurations, equal but for its own; numbers by hand."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from conbal_tf.settings.load import CONFIGS, read_settings_file
from conbal_tf.settings.methods import TRAITS
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.expand import TableRun, expand
from conbal_tf.tables.paper import TABLES, Row

RUNS = Path("runs")


def base(dataset: str, *, small: bool) -> Settings:
    settings = read_settings_file(CONFIGS / f"{dataset}.toml")
    return read_settings_file(CONFIGS / f"{dataset}_{'small' if small else 'paper'}.toml", settings)


def row(table: str, title: str) -> Row:
    (found,) = [row for row in TABLES[table].rows if row.title == title]
    return found


def flat(settings: Settings) -> dict[str, Any]:
    """Returns every setting by its flag."""
    found: dict[str, Any] = {}
    for name, value in asdict(settings).items():
        found |= {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
    return found


def changed(run: TableRun, settings: Settings) -> set[str]:
    """Returns the flags of what a run has otherwise than the settings, but for its folder."""
    ours, theirs = flat(run.settings), flat(settings)
    return {name for name in ours if ours[name] != theirs[name]} - {"run"}


@pytest.mark.parametrize("small", [False, True], ids=["full", "small"])
@pytest.mark.parametrize("name", TABLES)
def test_every_row_gives_valid_settings_over_the_real_configuration(name: str, small: bool) -> None:
    table = TABLES[name]
    planned = expand(table, base(table.dataset, small=small), 2, RUNS)  # refuses what is not valid
    assert len(planned) == 2 * sum(row.method is not None for row in table.rows)
    assert [run.settings.seed for run in planned] == sorted(run.settings.seed for run in planned)
    assert len({run.folder for run in planned}) == len(planned)
    assert all(run.settings.run == run.folder == RUNS / run.name for run in planned)


@pytest.mark.parametrize("small", [False, True], ids=["full", "small"])
@pytest.mark.parametrize("name", TABLES)
def test_rows_differ_from_the_shared_settings_in_method_sampling_seed_and_their_own_alone(
    name: str, small: bool
) -> None:
    table = TABLES[name]
    shared = base(table.dataset, small=small)
    if any(row.method and TRAITS[row.method].tunes_on_validation for row in table.rows):
        shared = replace(shared, data=replace(shared.data, train_parts=("train",)))
    for run in expand(table, shared, 2, RUNS):
        assert changed(run, shared) <= {"method", "sampling", "seed"} | set(run.row.overrides)
        assert (run.settings.method, run.settings.sampling) == (run.row.method, run.row.sampling)
        for flag, value in run.row.overrides.items():
            assert flat(run.settings)[flag] == value


def test_no_row_trains_on_the_validation_part_where_one_of_its_table_chooses_on_it() -> None:
    papers = base("isic2018", small=False)
    assert papers.data.train_parts == ("train", "validation")
    for name, parts in (("beyond", ("train",)), ("table1", ("train", "validation"))):
        assert {run.settings.data.train_parts for run in expand(TABLES[name], papers, 1, RUNS)} == {parts}


def test_run_that_two_tables_share_has_one_folder_and_one_meaning() -> None:
    for dataset in ("isic2018", "aptos"):
        meaning: dict[Path, Settings] = {}
        for table in (table for table in TABLES.values() if table.dataset == dataset):
            for run in expand(table, base(dataset, small=False), 1, RUNS):
                assert meaning.setdefault(run.folder, run.settings) == run.settings
    ce = [expand(TABLES[name], base("isic2018", small=True), 1, RUNS)[0].folder for name in ("table1", "figure3")]
    assert ce[0] == ce[1]


def test_titles_of_a_table_differ_and_rows_without_a_method_are_those_of_others() -> None:
    for table in TABLES.values():
        titles = [row.title for row in table.rows]
        assert len(set(titles)) == len(titles)
        assert all(row.by_others and row.published for row in table.rows if row.method is None)


def test_temperature_of_a_row_is_that_of_its_title() -> None:
    rows = TABLES["table3"].rows
    assert [row.overrides["contrastive.temperature"] for row in rows] == [0.01, 0.05, 0.1, 0.5, 1.0] * 2
    for row in rows:
        assert row.title.startswith(f"CL, τ {row.overrides['contrastive.temperature']}")
        assert row.title.endswith("+ resample") == (row.sampling == "balanced")


# Typed from the paper.
@pytest.mark.parametrize(
    ("table", "title", "published"),
    [
        ("table1", "CE", {"accuracy": (0.850, 0.0007), "macro_f1": (0.716, 0.006)}),
        ("table1", "LDAM", {"accuracy": (0.857, 0.009), "macro_f1": (0.734, 0.024)}),
        ("table1", "CL", {"accuracy": (0.865, 0.004), "macro_f1": (0.739, 0.013)}),
        ("table1", "CL + resample", {"accuracy": (0.868, 0.007), "macro_f1": (0.751, 0.016)}),
        ("table1", "MTL", {"accuracy": (0.811, None), "macro_f1": (0.667, None)}),
        ("table1", "OHEM, hardest share", {"accuracy": (0.818, None), "macro_f1": (0.660, None)}),
        ("table2", "Focal loss", {"accuracy": (0.815, 0.001), "macro_f1": (0.629, 0.008)}),
        ("table2", "CL", {"accuracy": (0.825, 0.001), "macro_f1": (0.652, 0.003)}),
        ("table2", "CE + resample", {"accuracy": (0.802, 0.023), "macro_f1": (0.583, 0.055)}),
        ("table2", "CANet, one-label adaptation", {"accuracy": (0.813, None), "macro_f1": (0.631, None)}),
        ("table2", "DANIL", {"accuracy": (0.825, None), "macro_f1": (0.660, None)}),
        (
            "table3",
            "CL, τ 0.05 + resample",
            {"major_f1": (0.938, None), "middle_f1": (0.711, None), "minor_f1": (0.721, None)},
        ),
        ("table3", "CL, τ 1.0", {"major_f1": (0.941, None), "middle_f1": (0.669, None), "minor_f1": (0.531, None)}),
        ("table3", "CL, τ 0.5", {"major_f1": (0.942, None), "middle_f1": (0.696, None), "minor_f1": (0.575, None)}),
    ],
)
def test_published_numbers_are_the_papers(table: str, title: str, published: dict) -> None:
    assert dict(row(table, title).published) == published
