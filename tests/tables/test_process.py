"""A module in a process of its own: its lines, its end, and why it failed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.tables import process as module
from conbal_tf.tables.log import host_of, this_host
from conbal_tf.tables.process import Job, one_by_one, work

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Returns a job; `write` gives its module a source."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{tmp_path}")
    return Job("it", "it_works", ("--flag", "a b"), tmp_path / "it.log")


def write(job: Job, source: str) -> None:
    job.log.with_name("it_works.py").write_text(source)


def run(job: Job, source: str) -> tuple[str | None, list[str]]:
    """Returns why a module of this source failed, and its lines after the first, which tells where it began."""
    lines: list[str] = []
    write(job, source)
    reason = work(job, lines.append)
    assert host_of(lines[0]) == this_host()
    return reason, lines[1:]


def test_module_runs_as_a_command_would_and_its_lines_are_heard_and_kept(job: Job) -> None:
    source = "import sys\nif __name__ == '__main__':\n    print(sys.argv[1:], file=sys.stderr)\n    print('b', end='')"
    reason, lines = run(job, source)
    assert reason is None
    assert lines == ["['--flag', 'a b']", "b"]
    header, kept = job.log.read_text().split("\n", 1)
    assert header.startswith("== ")
    assert header.endswith("it_works --flag 'a b'")
    assert kept == "['--flag', 'a b']\nb"


def test_jobs_are_done_one_after_the_other_as_long_as_there_are_some(job: Job) -> None:
    jobs, heard = [job, job], list[str]()
    write(job, "import sys\nprint('a')\nsys.exit(3)")
    done = list(one_by_one(lambda: jobs.pop() if jobs else None, lambda which, line: heard.append(line)))
    assert done == [(job, "a"), (job, "a")]
    assert [line for line in heard if host_of(line) is None] == ["a", "a"]


def test_bytes_that_are_no_text_do_no_harm(job: Job) -> None:
    reason, lines = run(job, "import sys\nsys.stdout.buffer.write(b'\\xff\\n\\xc3'); sys.exit(3)")
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
def test_reason_of_a_failure_is_the_line_that_names_it(job: Job, source: str, reason: str) -> None:
    assert run(job, source)[0] == reason


def test_error_while_listening_stops_the_process(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", tuple((0.2, signal_number) for _, signal_number in module.PATIENCE))

    def heard(line: str) -> None:
        if host_of(line) is None:
            raise BrokenPipeError(line)

    write(job, "import os, time\nprint(os.getpid())\ntime.sleep(60)")
    with pytest.raises(BrokenPipeError) as stopped:
        work(job, heard)
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
        assert process.returncode == -signal.SIGKILL
