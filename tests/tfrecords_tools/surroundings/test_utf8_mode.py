"""Names of files are in UTF-8, whatever the locale says."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULE = """
import sys
from pathlib import Path
from tfrecords_tools.surroundings.command import run_command

def action(given):
    print(ascii([path.name for path in Path(given[0]).iterdir()]), sys.stdout.encoding)

if __name__ == "__main__":
    sys.exit(run_command(action, None, "prog"))
"""
# Python does not help where it is told not to; the terminal's own encoding stays.
OLD = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    ("locale", "encoding"), [(OLD, "ascii"), (OLD | {"PYTHONIOENCODING": "latin-1"}, "latin-1"), ({}, "utf-8")]
)
def test_command_reads_names_as_tensorflow_does(locale: dict[str, str], encoding: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "images" / "nävus").mkdir(parents=True)
    environment = {"PYTHONPATH": f"{ROOT}:{tmp_path}", **locale}
    done = subprocess.run(
        [sys.executable, "-m", "module", "images"], env=environment, cwd=tmp_path, capture_output=True
    )
    names, told = done.stdout.decode().rsplit(" ", 1)
    assert (names, done.stderr) == ("['n\\xe4vus']", b"")
    assert told.strip().replace("iso8859-1", "latin-1").replace("ansi_x3.4-1968", "ascii") == encoding


def test_script_that_calls_a_command_is_not_begun_again(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(f"print('begun', flush=True)\n{MODULE}", encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), **OLD}
    command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True)
    assert done.stdout.splitlines()[0] == b"begun" and len(done.stdout.splitlines()) == 2


def test_script_of_the_one_door_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "images" / "nävus").mkdir(parents=True)
    (tmp_path / "conbal-tf").write_text(MODULE, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "conbal-tf"), str(tmp_path / "images")]
    done = subprocess.run(command, env={"PYTHONPATH": str(ROOT), **OLD}, capture_output=True)
    assert done.stdout.startswith(rb"['n\xe4vus']"), done.stderr
