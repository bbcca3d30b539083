"""A module in a process of its own: its lines, its end, and the loss of its claim."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.tables import work as module
from conbal_tf.tables.claim import Claim, Claims
from conbal_tf.tables.work import work
from conbal_tf.tables.worker import LOST

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Claim:
    """Returns a claim; modules beside its file can be run."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{tmp_path}")
    claim = Claims().take(tmp_path / "it.claim")
    assert claim is not None
    return claim


def run(held: Claim, source: str, *arguments: str) -> tuple[str | None, list[str]]:
    """Returns why a module of this source failed, and its lines."""
    lines: list[str] = []
    held.path.with_name("it_works.py").write_text(source)
    return work(held, "it_works", arguments, held.path.with_name("it.log"), lines.append), lines


def test_module_runs_as_a_command_would_and_its_lines_are_heard_and_kept(held: Claim) -> None:
    source = "import sys\nif __name__ == '__main__':\n    print(sys.argv[1:], file=sys.stderr)\n    print('b', end='')"
    reason, lines = run(held, source, "--flag", "a b")
    assert reason is None
    assert lines == ["['--flag', 'a b']", "b"]
    header, kept = held.path.with_name("it.log").read_text().split("\n", 1)
    assert header.startswith("== ")
    assert header.endswith("it_works --flag 'a b'")
    assert kept == "['--flag', 'a b']\nb"


def test_bytes_that_are_no_text_do_no_harm(held: Claim) -> None:
    reason, lines = run(held, "import sys\nsys.stdout.buffer.write(b'\\xff\\n\\xc3'); sys.exit(3)")
    assert lines == ["\ufffd", "\ufffd"]
    assert reason == "\ufffd"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import sys; sys.exit(3)", "It ended with code 3."),
        ("print('So it goes.'); print(); raise SystemExit(1)", "So it goes."),
        ("raise SystemExit('Error: no images')", "no images"),
        ("raise SystemExit('python -m a.b: no images')", "no images"),
        ("raise ValueError('no images')", "ValueError: no images"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "It was killed by signal 15."),
        ("raise SystemExit('x' * 5000)", "x" * 999 + "…"),
    ],
)
def test_reason_of_a_failure_is_the_line_that_names_it(held: Claim, source: str, reason: str) -> None:
    assert run(held, source)[0] == reason


def test_claim_names_the_process_while_it_works(held: Claim) -> None:
    source = (
        "import json, os, time\nfrom pathlib import Path\n"
        f"while str(os.getpid()) not in json.loads(Path({str(held.path)!r}).read_text())['processes']:\n"
        "    time.sleep(0.02)"
    )
    assert run(held, source)[0] is None


def test_error_while_listening_stops_the_process(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", tuple((0.2, signal_number) for _, signal_number in module.PATIENCE))

    def heard(line: str) -> None:
        raise BrokenPipeError(line)

    held.path.with_name("it_works.py").write_text("import os, time\nprint(os.getpid())\ntime.sleep(60)")
    with pytest.raises(BrokenPipeError) as stopped:
        work(held, "it_works", [], held.path.with_name("it.log"), heard)
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(stopped.value)), 0)


def test_process_that_is_deaf_to_ctrl_c_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", tuple((0.2, signal_number) for _, signal_number in module.PATIENCE))
    deaf = (
        "import signal, time\nfor name in ('SIGINT', 'SIGTERM'):\n"
        "    signal.signal(getattr(signal, name), signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        module._stop(process)
        assert process.returncode == -9


def test_worker_ends_at_once_when_its_claim_is_lost(held: Claim, tmp_path: Path) -> None:
    (tmp_path / "it_works.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)")
    script = (
        "import sys\nfrom conbal_tf.tables import claim, worker\nclaim.keep.__defaults__ = (0.05,)\n"
        "worker.main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", script, str(held.path), held.token, "it_works"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        held.path.unlink()
        assert "taken over by another process" in process.communicate(timeout=20)[0]
    assert process.returncode == LOST
