"""Commands in shells, terminals and folders that are not as one would wish."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conbal_tf.evaluate import evaluate as score
from conbal_tf.evaluate import main as evaluate
from conbal_tf.report import main as report
from conbal_tf.run_folder.lock import held
from conbal_tf.settings.own_images import write_settings_file
from conbal_tf.settings.schema import Settings
from tests.reporting.run_folders import environment, metrics, write_run
from tests.scores.made_predictions import predictions
from tfrecords_tools.records import VERSION

ROOT = Path(__file__).parents[1]
OLD_LOCALE = "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
SHORT = (
    "--data.image_size 12 --data.test_size 12 --data.record_size 16 --network.width 4 --training.batch_size 8 "
    "--training.length '3 updates' --training.warmup '1 updates' --classifier.length '3 updates' "
    "--classifier.batch_size 8 --classifier.cached_views 1"
)
# All that a shell can say against TensorFlow at once.
AGAINST = (
    "KERAS_BACKEND=jax TF_USE_LEGACY_KERAS=1 KERAS_NNX_ENABLED=1 KERAS_MAX_EPOCHS=1 KERAS_MAX_STEPS_PER_EPOCH=1 "
    'KERAS_HOME="$HOME/.keras"'
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with two finished runs, with names that not every terminal can show."""
    home = tmp_path_factory.mktemp("home") / "lésions"
    names = {"big": 800, "mélanome": 200, "NA": 20}
    for seed, name in enumerate(("a", "b")):
        table = predictions(seed=seed).rename(columns={"p_mid": "p_mélanome"}).replace("mid", "mélanome")
        run = write_run(home / name, Settings(seed=seed), metrics(dict.fromkeys(names, 0.5), names), environment())
        table[["id", "label"]] = predictions()[["id", "label"]].replace("mid", "mélanome")
        table.to_csv(run / "predictions.csv", index=False)
        table[["id", "part", "group"]].to_csv(run / "protocol.csv", index=False)
    score(home / "a")
    return home


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """Returns one of two runs, to be written to."""
    return Path(shutil.copytree(made, tmp_path / "lésions")) / "a"


def at_a_shell(line: str, home: Path) -> subprocess.CompletedProcess[bytes]:
    """Runs a line of bash; `python -m` in it is this Python, with this project."""
    environment = {"HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "2"}
    line = line.replace("python -m", f"{shlex.quote(sys.executable)} -m")
    return subprocess.run(["bash", "-c", line], env=environment, cwd=home, capture_output=True, check=False)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Gives the folder, and lets nobody write there: for root by a mount, without which the test is skipped."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    for flags in (["--bind", str(folder)], ["-o", "remount,bind,ro"]):
        if subprocess.run(["mount", *flags, str(folder)], capture_output=True).returncode:
            pytest.skip("needs the right to mount, or a user that is not root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


# A command, and which file it writes.
LINES = {
    "python -m conbal_tf.evaluate lésions/a | head -1; exit ${PIPESTATUS[0]}": "calibration.json",
    "python -m conbal_tf.evaluate lésions/a <&- >&- 2>&-": "calibration.json",
    f"{OLD_LOCALE} python -m conbal_tf.evaluate lésions/a": "calibration.json",
    "PYTHONIOENCODING=ascii python -m conbal_tf.report lésions/a": "report.html",
    "python -m conbal_tf.compare lésions/a lésions/b --out lésions/a/found.json >/dev/full 2>&1": "found.json",
}


@pytest.mark.parametrize("line", LINES)
def test_command_writes_all_that_it_writes_whatever_the_terminal_is(line: str, run: Path, tmp_path: Path) -> None:
    file = run / LINES[line]
    file.unlink(missing_ok=True)
    done = at_a_shell(line, tmp_path)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert file.stat().st_size > 100


def test_run_that_another_command_uses_is_left_alone(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()}
    for command in (evaluate, report):
        with held(run, "python -m conbal_tf.train", lasts=True), pytest.raises(SystemExit) as stopped:
            command([str(run)])
        assert stopped.value.code == 2
        assert f"{run} is in use by python -m conbal_tf.train (process {os.getpid()} on " in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()} == before


def test_run_that_can_only_be_read_is_shown_elsewhere_and_told_as_such(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with read_only(run):
        report([str(run), "--out", str(tmp_path / "page.html")])
        assert (tmp_path / "page.html").exists()
        capsys.readouterr()
        for command in (evaluate, report):
            with pytest.raises(SystemExit) as stopped:
                command([str(run)])
            told = capsys.readouterr().err
            assert (stopped.value.code, told.count("\n")) == (2, 1) and str(run) in told


def test_records_that_can_only_be_read_need_no_file_beside_them(tmp_path: Path) -> None:
    settings = Settings(dataset="folder", images=tmp_path / "moles", records=tmp_path)
    (tmp_path / "moles").mkdir()
    with read_only(tmp_path / "moles"):
        assert write_settings_file(settings) is None


def test_protocol_that_cannot_lie_beside_its_records_lies_elsewhere(digits_records: Path, tmp_path: Path) -> None:
    from tfrecords_tools.splits.protocols import ensure_protocol

    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "px16").symlink_to(digits_records / "digits" / "px16")
    folder = tmp_path / "digits" / "px16" / VERSION
    with read_only(tmp_path / "digits"):
        with pytest.raises(OSError, match="protocols"):
            ensure_protocol(folder, "grouped", 0)
        spare = ensure_protocol(folder, "grouped", 0, spare=tmp_path)
    assert spare.parent == tmp_path
    assert spare.read_bytes() == (digits_records / "digits" / "protocols" / "grouped_seed0.csv").read_bytes()


def against_keras(home: Path) -> None:
    (home / ".keras").mkdir()
    said = {"floatx": "float16", "epsilon": 0.1, "backend": "jax", "image_data_format": "channels_first"}
    (home / ".keras" / "keras.json").write_text(json.dumps(said), encoding="utf-8")


def test_keras_is_what_the_project_needs_whatever_shell_and_file_say(tmp_path: Path) -> None:
    script = (
        "from tfrecords_tools.surroundings.quiet import import_tensorflow; import_tensorflow(); import keras, os; "
        "c = keras.config; print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format(), c.max_epochs(), "
        "c.max_steps_per_epoch(), keras.layers.Dense(1).dtype_policy.name, os.environ['KERAS_BACKEND'])"
    )
    against_keras(tmp_path)
    done = at_a_shell(f"{AGAINST} {shlex.quote(sys.executable)} -c {shlex.quote(script)}", tmp_path)
    assert done.stdout == b"tensorflow float32 1e-07 channels_last None None float32 tensorflow\n", done.stderr


@pytest.mark.slow
def test_training_gives_the_same_answers_in_every_shell(digits_records: Path, tmp_path: Path) -> None:
    against_keras(tmp_path)
    train = f"python -m conbal_tf.train --records '{digits_records}' {SHORT} --run"
    lines: dict[str, Callable[[str], str]] = {
        "usual": lambda name: f"{train} {name}",
        "head": lambda name: f"{train} {name} 2>&1 | head -1; exit ${{PIPESTATUS[0]}}",
        "closed": lambda name: f"{AGAINST} {OLD_LOCALE} {train} {name} <&- >&- 2>&-",
    }
    for name, line in lines.items():
        done = at_a_shell(line(name), tmp_path)
        assert done.returncode == 0, (name, done.stderr)
        assert (tmp_path / name / "finished.json").exists()
    assert len({(tmp_path / name / "predictions.csv").read_bytes() for name in lines}) == 1


@pytest.mark.slow
def test_records_that_can_only_be_read_can_be_trained_on(digits_records: Path, tmp_path: Path) -> None:
    (tmp_path / "records" / "digits").mkdir(parents=True)
    (tmp_path / "records" / "digits" / "px16").symlink_to(digits_records / "digits" / "px16")
    with read_only(tmp_path / "records"):
        done = at_a_shell(f"python -m conbal_tf.train --records records {SHORT} --run run", tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"cannot be written (Read-only file system)" in done.stdout or os.geteuid() != 0
    protocol = (digits_records / "digits" / "protocols" / "grouped_seed0.csv").read_bytes()
    assert (tmp_path / "run" / "protocol.csv").read_bytes() == protocol
