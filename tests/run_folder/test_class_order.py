"""Where the order of classes is known, and what is left of metrics.json where it is not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.reporting.page.document import page
from conbal_tf.run_folder.class_order import is_ordered
from conbal_tf.run_folder.finished_run import read_run
from conbal_tf.settings.schema import Settings
from tests.reporting.page.whole_runs import write_json, write_whole_run

GRADES = ["no_dr", "mild", "moderate", "severe", "proliferative"]


@pytest.mark.parametrize(
    ("dataset", "names", "facts", "ordered"),
    [
        ("aptos", GRADES, {}, True),
        ("isic2018", ["MEL", "NV"], {}, False),
        ("digits", ["zero", "one"], {}, False),
        ("folder", ["benign", "malignant"], {}, False),
        ("folder", ["benign", "malignant"], {"ordered": False}, False),
        ("folder", ["mild", "none", "severe"], {"ordered": True}, True),
        ("folder", ["mild", "none", "severe"], {"ordered": "true"}, False),
        ("csv", ["0", "1", "2"], {}, True),
        ("csv", ["0", "1", "2"], {"ordered": False}, True),
        ("csv", ["-1", "0", "+1", "10"], {}, True),
        ("csv", ["0.5", "1.0", "2.25", "10.0"], {}, True),
        # As text is sorted, in records of earlier versions.
        ("csv", ["1.0", "10.0", "2.0"], {}, False),
        ("csv", ["1", "1.0"], {}, False),
        ("csv", ["0", "1", "other"], {}, False),
        ("csv", ["1e3", "2e3"], {}, False),
        ("csv", ["1_0", "2_0"], {}, False),
        ("csv", ["\u0661", "\u0662"], {}, False),
        ("csv", ["nan", "inf"], {}, False),
    ],
)
def test_order_is_known_from_the_data_set_the_records_or_numbers_that_rise(
    dataset: str, names: list[str], facts: dict, ordered: bool
) -> None:
    assert is_ordered(dataset, names, facts) is ordered


@given(st.lists(st.integers(-99, 99), min_size=2, unique=True), st.integers(0, 2))
def test_numbers_are_an_order_only_if_they_rise(values: list[int], decimals: int) -> None:
    names = [f"{value:.{decimals}f}" for value in values]
    assert is_ordered("csv", names, {}) == (values == sorted(values))


@pytest.mark.parametrize(("dataset", "shown"), [("aptos", True), ("digits", False), ("folder", False)])
def test_kappa_that_an_older_version_wrote_is_shown_only_where_it_means_something(
    tmp_path: Path, dataset: str, shown: bool
) -> None:
    settings = Settings(dataset=dataset, images=tmp_path / "images", records=tmp_path)  # type: ignore[arg-type]
    run = write_whole_run(tmp_path / "run", images=40, settings=settings)
    old = json.loads((run / "metrics.json").read_text())
    old["quadratic_weighted_kappa"] = old["validation"]["quadratic_weighted_kappa"] = 0.123
    old["intervals"]["overall"]["quadratic_weighted_kappa"] = {"bca": [0.1, 0.2], "percentile": [0.1, 0.2]}
    write_json(run / "metrics.json", old)
    assert ("kappa" in json.dumps(read_run(run).metrics)) is shown
    assert ("weighted kappa" in page([run])) is shown
