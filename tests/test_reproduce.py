"""The command that reproduces a table: what it prints and writes, and its exit codes."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.reproduce import main
from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.paper import TABLES, Table
from tests.table_of_digits import begun, stub_flags
from tests.tables import stub_trainer
from tests.tables.planned import CE, NAMES, TABLE

ROOT = Path(__file__).resolve().parents[1]
TABLES_OF_TEST = {"digits": TABLE}
COPIED = ("settings.toml", "metrics.json", "environment.json", "finished.json")


@pytest.fixture
def flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns flags of a table of digits whose records seem to be there; the stub can be run."""
    return stub_flags(tmp_path, monkeypatch)


def command(*flags: str) -> None:
    main(flags, TABLES_OF_TEST, stub_trainer.NAME)


def code(*flags: str) -> int:
    """Returns the exit code of the command."""
    try:
        command(*flags)
    except SystemExit as stopped:
        assert isinstance(stopped.code, int)
        return stopped.code
    return 0


def test_complete_table_is_written_and_printed_with_exit_code_0(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(*flags) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith("Table 0: digits: 0 of 3 runs finished.\n")
    assert f"[digits 0 of 3 runs finished] {NAMES[0]} begins." in printed.out
    assert f"[digits 1 of 3 runs finished, about 2 min 0 s left for one process] {NAMES[0]} is finished." in printed.out
    table = tmp_path / "runs" / "digits" / "table_0_digits.md"
    assert table.read_text() in printed.out
    assert f"Written: {table}, {table.with_suffix('.csv')}" in printed.out
    assert "\r" not in printed.out
    assert "\x1b" not in printed.out


def test_finished_runs_of_fewer_seeds_are_reused(flags: list[str], tmp_path: Path) -> None:
    assert code(*flags) == 0
    assert code(*flags, "--seeds", "2") == 0
    assert begun(tmp_path) == [*NAMES, *(name.replace("seed0", "seed1") for name in NAMES)]
    assert "2/2" in (tmp_path / "runs" / "digits" / "table_0_digits.md").read_text()


def test_wanted_rows_alone_are_trained_and_the_table_shows_the_others_as_they_are(
    flags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STUB_FAILS", "focal")
    assert code(*flags) == 1
    capsys.readouterr()
    assert code(*flags, "--seeds", "2", "--rows", "CL + resample", "CE", "--dry_run") == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0].startswith("Table 0: digits: 2 of 4 runs finished, about ")
    assert [line.split(" · ")[1] for line in listed[1:]] == ["CE", "CL + resample"] * 2
    # The failure of a row that is not wanted is not of this call.
    assert code(*flags, "--seeds", "2", "--rows", "CL + resample", "CE") == 0
    assert begun(tmp_path) == [*NAMES, NAMES[0].replace("seed0", "seed1"), NAMES[2].replace("seed0", "seed1")]
    table = capsys.readouterr().out
    assert "| Focal loss | failed | failed | 0/2, failed: no such luck. | – |" in table
    assert table.count("| 2/2 |") == 2


def test_failed_run_stands_in_its_cell_and_the_exit_code_is_1(
    flags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STUB_FAILS", "focal")
    assert code(*flags) == 1
    printed = capsys.readouterr()
    assert printed.err == f"Failed: {NAMES[1]}. The same command tries again.\n"
    assert "| Focal loss | failed | failed | 0/1, failed: no such luck. | – |" in printed.out
    assert begun(tmp_path) == NAMES
    command(*flags, "--dry_run")
    assert "Focal loss · about 1 min 0 s, failed before: no such luck." in capsys.readouterr().out


def test_small_files_of_finished_runs_are_enough(flags: list[str], tmp_path: Path) -> None:
    assert code(*flags) == 0
    copies, runs = tmp_path / "copies", tmp_path / "runs" / "digits"
    for name in NAMES:
        (copies / "digits" / name).mkdir(parents=True)
        for file in COPIED:
            shutil.copyfile(runs / name / file, copies / "digits" / name / file)
    # Neither records nor images are wanted where nothing is to be trained.
    assert code(*flags, "--runs", str(copies), "--records", str(tmp_path / "nowhere")) == 0
    assert len(begun(tmp_path)) == 3
    table = "table_0_digits.csv"
    assert (copies / "digits" / table).read_text() == (runs / table).read_text()


@pytest.mark.parametrize("run", sorted(path.parent for path in (ROOT / "docs" / "results").rglob("finished.json")))
def test_kept_results_can_be_read_as_finished_runs(run: Path) -> None:
    assert {path.name for path in run.iterdir()} >= set(COPIED)
    assert read_settings_file(run / "settings.toml").dataset in {table.dataset for table in TABLES.values()}


def test_dry_run_lists_the_runs_with_their_time_and_writes_nothing(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text('[training]\nlength = "9 epochs"\n')  # Whose time no trial tells, as it hangs on the records.
    command(*flags, "--dry_run", "--config", str(settings))
    folder = tmp_path / "runs" / "digits"
    lines = [f"  {folder / name} · {row.title} · time not known" for name, row in zip(NAMES, TABLE.rows, strict=False)]
    assert capsys.readouterr().out.splitlines() == ["Table 0: digits: 0 of 3 runs finished.", *lines]
    assert not (tmp_path / "runs").exists()
    assert code(*flags) == 0
    shutil.rmtree(folder / NAMES[1])
    capsys.readouterr()
    command(*flags, "--dry_run")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Table 0: digits: 2 of 3 runs finished, about 1 min 0 s left for one process."
    assert [line.rpartition(" · ")[2] for line in printed[1:]] == ["finished", "about 1 min 0 s", "finished"]


@pytest.mark.parametrize(
    ("name", "to_ctrl_c"),
    # As from a terminal, and as in the background of a script.
    [
        ("SIGINT", "default_int_handler"),
        pytest.param("SIGTERM", "default_int_handler", marks=pytest.mark.slow),
        ("SIGTERM", "SIG_IGN"),
    ],
)
def test_interruption_of_the_command_alone_ends_its_training_with_exit_code_130(
    name: str, to_ctrl_c: str, flags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_GATE", str(tmp_path / "never"))
    script = (
        f"import signal, sys\nsignal.signal(signal.SIGINT, signal.{to_ctrl_c})\n"
        "from tests.test_reproduce import command\ncommand(*sys.argv[1:])"
    )
    started = [sys.executable, "-c", script, *flags]
    with subprocess.Popen(started, cwd=ROOT, text=True, start_new_session=True, stderr=subprocess.PIPE) as process:
        try:
            end = time.monotonic() + 20
            while not begun(tmp_path) and time.monotonic() < end:
                time.sleep(0.02)
            process.send_signal(getattr(signal, name))
            message = process.communicate(timeout=30)[1]
            assert process.returncode == 130
            assert message == "\nInterrupted. The same command goes on where it stopped.\n"
            with pytest.raises(ProcessLookupError):  # The group is empty.
                os.killpg(process.pid, 0)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_real_training_fills_a_table_and_is_not_repeated(
    short_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    training = replace(short_settings.training, length="12 updates", warmup="0 updates")
    (tmp_path / "short.toml").write_text(to_toml(replace(short_settings, training=training)))
    run = tmp_path / "runs" / "digits" / NAMES[0]
    run.mkdir(parents=True)
    (run / "settings.toml").write_text(to_toml(short_settings))
    (run / "time_spent.json").write_text('{"seconds": 6000}')  # By a call that was killed before its first epoch.
    tables = {"one": Table("Table 0: one", "digits", ("accuracy",), (CE,))}
    flags = ["--seeds", "1", "--config", str(tmp_path / "short.toml"), "--records", str(short_settings.records)]
    main(["one", *flags, "--runs", str(tmp_path / "runs")], tables)
    assert (run / "export" / "1" / "saved_model.pb").exists()
    accuracy = json.loads((run / "metrics.json").read_text())["accuracy"]
    row = f"| CE | {accuracy:.3f} | 1/1 | 1 h 4".replace("| 0.", "| .")
    assert row in capsys.readouterr().out
    assert json.loads((run / "time_spent.json").read_text())["seconds"] > 6000
    lines = (tmp_path / "runs" / "digits" / f"{NAMES[0]}.log").read_text().splitlines()
    assert any(line.endswith(" left") for line in lines)
    files = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    main(["one", *flags, "--runs", str(tmp_path / "runs")], tables)
    assert files == {path: path.stat().st_mtime_ns for path in run.rglob("*")}
