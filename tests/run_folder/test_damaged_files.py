"""Every file of a run, damaged in every way, under every command that reads it: one sentence that names the file."""

import copy
import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.compare import compare
from conbal_tf.evaluate import evaluate
from conbal_tf.export import export
from conbal_tf.report import report
from conbal_tf.reporting.page.document import page
from conbal_tf.run.lifetime import TimeSpent
from conbal_tf.run_folder.forms import FORMS
from conbal_tf.scores.calibration import calibrate, calibration_of
from conbal_tf.scores.prediction_table import read_features, read_predictions
from conbal_tf.tables.measured import RowRuns, row_scores
from conbal_tf.tables.notes import notes
from conbal_tf.tables.paper import Row, Table
from tests.reporting.page.whole_runs import NAMES, write_audit
from tests.run_folder.damages import damages, places, snapshot, write_complete_run

ROW = Row("CL", "contrastive", "balanced")
OF_EVERY_RUN = ("finished.json", "metrics.json", "environment.json", "settings.toml")
ANSWERS = ("predictions.csv", "protocol.csv")
OF_THE_PAGE = (
    "history.csv",
    "calibration.json",
    "leaks.json",
    "metrics_without_leaks.json",
    "explanations.npz",
    "diagnosis.json",
)


def tables_of(run: Path) -> None:
    """Does what `reproduce` does with a finished run."""
    rows = [RowRuns(ROW, (run,))]
    row_scores(rows[0])
    notes(Table("Table", "digits", ("accuracy",), (ROW,)), rows)


COMMANDS: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "evaluate": (evaluate, (*OF_EVERY_RUN, *ANSWERS)),
    "evaluate --without_leaks": (partial(evaluate, without_leaks=True), (*OF_EVERY_RUN, *ANSWERS)),
    "compare": (lambda run: compare(run, run.parent / "other-seed0"), (*OF_EVERY_RUN, *ANSWERS)),
    "report": (lambda run: report([run]), (*OF_EVERY_RUN, *ANSWERS, *OF_THE_PAGE)),
    "export --calibrate": (partial(export, calibrate=True), OF_EVERY_RUN),
    "calibration that is there": (lambda run: calibration_of(run, NAMES), ("calibration.json",)),
    "reproduce": (tables_of, OF_EVERY_RUN),
    "calibration": (calibrate, ("settings.toml", *ANSWERS)),
    "projector": (lambda run: read_features(run, read_predictions(run)), (*ANSWERS, "embeddings.npz")),
    "going on": (lambda run: TimeSpent(run, 0.0), ("time_spent.json",)),
}
CASES = [(command, name) for command, (_, names) in COMMANDS.items() for name in names]


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with a run that has everything, and another one beside it."""
    home = tmp_path_factory.mktemp("complete")
    shutil.copytree(write_complete_run(home / "run-seed0"), home / "other-seed0")
    (home / "run-seed0" / "classifier.keras").touch()
    return home


@pytest.fixture
def run(complete: Path, tmp_path: Path) -> Path:
    """Returns a run that may be damaged, with an undamaged one beside it."""
    shutil.copytree(complete, tmp_path, dirs_exist_ok=True)
    return tmp_path / "run-seed0"


@pytest.mark.parametrize(("command", "name"), CASES)
def test_damaged_file_is_named_and_nothing_is_written(run: Path, command: str, name: str) -> None:
    sound = (run / name).read_bytes()
    for what, damage in damages(name).items():
        (run / name).write_bytes(damage(sound))
        before = snapshot(run)
        # A traceback of another kind fails the test; so does a sentence that leaves the file to be guessed.
        with pytest.raises(ValueError, match=re.escape(str(run / name))) as raised:
            COMMANDS[command][0](run)
        told = str(raised.value)
        assert "\n" not in told and "received" in told and "Allowed is" in told, (what, told)
        assert snapshot(run) == before, what


@pytest.mark.parametrize(("command", "name"), [case for case in CASES if case[1] in (*OF_EVERY_RUN, *ANSWERS)])
def test_missing_file_is_named(run: Path, command: str, name: str) -> None:
    if command == "report" and name == "predictions.csv":
        pytest.skip("a page does without it, and says so")
    (run / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"No {name} in {run}"):
        COMMANDS[command][0](run)


def test_other_side_of_a_comparison_is_named_too(run: Path) -> None:
    (run / "metrics.json").write_text("{")
    with pytest.raises(ValueError, match=rf"^{run}/metrics.json cannot be read"):
        compare(run.parent / "other-seed0", run)


def test_audit_that_is_damaged_is_named(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run.parent)
    write_audit(Path("records/digits"))
    file = Path("records/digits/audit/audit.json")
    sound = file.read_bytes()
    page([run])
    for damage in damages(file.name).values():
        file.write_bytes(damage(sound))
        with pytest.raises(ValueError, match=rf"^{file} cannot be read: .*tfrecords_tools.audit"):
            page([run])


OTHER_VALUES = st.sampled_from(
    [None, "text", "", 3, -1, 0, 0.5, 1e400, True, [], {}, [None], ["MEL"], {"a": 1}, {"MEL": None}]
)
OBJECTS = [name for name in (*OF_EVERY_RUN, *OF_THE_PAGE) if name.endswith(".json")]


@pytest.fixture(scope="module")
def changed_run(complete: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a run whose JSON files may be changed, and are put back before the next change."""
    run = tmp_path_factory.mktemp("changed") / "run"
    shutil.copytree(complete / "other-seed0", run)
    (run / "explanations.npz").unlink()  # drawing a map takes longer than all else
    return run


@settings(max_examples=25)
@given(data=st.data(), name=st.sampled_from(OBJECTS))
def test_value_of_another_kind_is_shown_or_refused_with_the_files_name(
    complete: Path, changed_run: Path, data: st.DataObject, name: str
) -> None:
    run = changed_run
    for file in OBJECTS:
        shutil.copy(complete / "other-seed0" / file, run)
    changed = json.loads((run / name).read_text())
    *way, last = data.draw(st.sampled_from(places(changed)[1:]), "place")
    inner = changed
    for key in way:
        inner = inner[key]
    if data.draw(st.booleans(), "removed"):
        del inner[last]
    else:
        inner[last] = copy.deepcopy(data.draw(OTHER_VALUES, "value"))
    (run / name).write_text(json.dumps(changed))
    for command in (lambda: page([run]), lambda: tables_of(run)):
        try:
            command()
        except ValueError as error:
            assert str(run / name) in str(error), error


def test_every_form_is_of_a_file_that_is_damaged_here() -> None:
    assert set(FORMS) <= {name for _, name in CASES} | {"audit.json"}
