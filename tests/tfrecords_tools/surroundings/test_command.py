"""The door of every command: exit codes, and one line of what went wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tfrecords_tools.surroundings.command import run_command, run_or_exit

ROOT = Path(__file__).parents[3]
# Prints, works, writes: whatever becomes of what it prints, the file must be written.
SCRIPT = """
import sys
from pathlib import Path
from tfrecords_tools.surroundings.command import run_command

def action(given):
    for number in range(2000):
        print("zwölf · 漢 \\udce4", number)
    print("so far", file=sys.stderr)
    with Path(given[0]).open("x", encoding="utf-8") as file:
        assert file.fileno() > 2, "the file has the number of a standard stream"
        file.write("done")
    if len(given) > 1:
        raise ValueError("a mistake: 漢")

sys.exit(run_command(action, None, "prog"))
"""
# As a shell would have it, and the exit code of the whole line.
SURROUNDINGS = {
    "as usual": '{run} "$FILE" >/dev/null',
    "reader that has seen enough": '{run} "$FILE" | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}',
    "readers of both": '{run} "$FILE" 2>&1 | true; exit ${{PIPESTATUS[0]}}',
    "output closed": '{run} "$FILE" >&-',
    "input closed": '{run} "$FILE" <&- >/dev/null',
    "errors closed": '{run} "$FILE" 2>&- >/dev/null',
    "all closed": '{run} "$FILE" <&- >&- 2>&-',
    "full disk of the log": '{run} "$FILE" >/dev/full 2>/dev/full',
    "ASCII": 'PYTHONIOENCODING=ascii {run} "$FILE" >/dev/null',
    "old locale": 'LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 {run} "$FILE" >/dev/null',
    "without a buffer": 'PYTHONUNBUFFERED=1 {run} "$FILE" | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}',
}


def at_a_shell(line: str, file: Path, *flags: str) -> subprocess.CompletedProcess[bytes]:
    (file.parent / "script.py").write_text(SCRIPT, encoding="utf-8")
    run = f"'{sys.executable}' '{file.parent / 'script.py'}'"
    environment = {"FILE": str(file), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    return subprocess.run(["bash", "-c", line.format(run=run), *flags], env=environment, capture_output=True)


@pytest.mark.parametrize("surrounding", SURROUNDINGS)
def test_work_is_done_whatever_becomes_of_what_is_printed(surrounding: str, tmp_path: Path) -> None:
    done = at_a_shell(SURROUNDINGS[surrounding], tmp_path / "file")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert (tmp_path / "file").read_text(encoding="utf-8") == "done"


@pytest.mark.parametrize("surrounding", ["reader that has seen enough", "all closed", "old locale"])
def test_exit_code_tells_a_mistake_whatever_becomes_of_what_is_printed(surrounding: str, tmp_path: Path) -> None:
    done = at_a_shell(SURROUNDINGS[surrounding].replace('"$FILE"', '"$FILE" mistake'), tmp_path / "file")
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False), done.stderr


def test_what_a_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    done = at_a_shell('PYTHONIOENCODING=ascii {run} "$FILE" mistake', tmp_path / "file")
    assert done.stdout.splitlines()[0] == rb"zw\xf6lf \xb7 \u6f22 \udce4 0"
    assert done.stderr.splitlines()[-1].startswith(rb"prog: a mistake: \u6f22")


def test_closed_output_is_not_written_into_a_file_of_the_command(tmp_path: Path) -> None:
    at_a_shell('{run} "$FILE" >&-', tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"done"


def test_exit_code_is_the_actions_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda given: None, [], "prog") == 0
    assert run_command(lambda given: len(given), ["a", "b", "c"], "prog") == 3
    with pytest.raises(SystemExit) as stopped:
        run_or_exit(lambda given: 1, [], "prog")
    assert stopped.value.code == 1
    assert capsys.readouterr() == ("", "")


def raising(error: BaseException) -> int:
    raise error


def test_mistake_is_one_line_and_debug_adds_where(capsys: pytest.CaptureFixture[str]) -> None:
    mistake = ValueError("seed is -1; allowed is 0 or more.")
    mistake.__traceback__ = None
    assert run_command(lambda given: raising(OSError("no\nsuch thing")), [], "python -m a.b") == 2
    printed = capsys.readouterr().err
    assert printed.startswith("python -m a.b: no") and printed.count("\n") == 1
    assert run_command(lambda given: raising(mistake), ["--debug"], "python -m a.b") == 2
    assert "Traceback" in capsys.readouterr().err


def test_fault_of_the_program_leaves_its_traceback_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda given: raising(KeyError("label")), [], "python -m a.b") == 1
    *traceback, last = capsys.readouterr().err.splitlines()
    assert traceback[0].startswith("Traceback") and traceback[-1] == "KeyError: 'label'"
    assert last.startswith("python -m a.b: this is a fault of the program. Please report it")


def test_ctrl_c_is_told_in_the_commands_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda given: raising(KeyboardInterrupt()), [], "prog", interrupted="It goes on.") == 130
    assert capsys.readouterr().err == "\nInterrupted. It goes on.\n"


def test_streams_are_given_back() -> None:
    before = sys.stdout, sys.stderr
    run_command(lambda given: None, [], "prog")
    assert (sys.stdout, sys.stderr) == before
