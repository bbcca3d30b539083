"""A piece of work: a module run in a process of its own, whose log is followed, and which is stopped with this one."""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from conbal_tf.tables.log import Tail, beginning

LOOK_EVERY = 0.5
LINES_KEPT = 200
REASON_LENGTH = 1000
# How long a process may take to end: after Ctrl-C, which reaches both, and after each signal.
PATIENCE = ((2.0, signal.SIGINT), (30.0, signal.SIGTERM), (10.0, signal.SIGKILL))
_ERROR = re.compile(r"[\w.]*(Error|Exception)(: .*)?")


@dataclass(frozen=True)
class Job:
    """What a process is to do."""

    name: str
    """For people."""
    module: str
    """Is run as `python -m` does."""
    arguments: tuple[str, ...]
    """Of its command."""
    log: Path
    """What it prints is added to this file."""
    config: str | None = None
    """Text of the settings file that its command gets as `--config`."""


Failure: TypeAlias = str | None
"""Why a job failed, in a line; None where it has done its work."""
Engine: TypeAlias = Callable[
    [Callable[[], Job | None], Callable[[Job, str], object]],
    Iterator[tuple[Job, Failure]],
]
"""Does jobs, and yields each when it has ended. It is given a function that returns the next job, which may begin now,
or None while there is none, and one that hears each line of a job's log. Closed, it ends what it has begun."""


def one_by_one(take: Callable[[], Job | None], heard: Callable[[Job, str], object]) -> Iterator[tuple[Job, Failure]]:
    """Does one job after the other on this machine: the engine that needs nothing.

    Args:
        take: returns the next job, or None where there is none.
        heard: gets each line of a job's log.

    Yields:
        Each job, and why it failed or None.
    """
    while (job := take()) is not None:
        yield job, work(job, lambda line, job=job: heard(job, line))  # type: ignore[misc]


def work(job: Job, heard: Callable[[str], object] = lambda line: None) -> Failure:
    """Returns None when the job is done, or why it has failed, in a line.

    The process writes into the log by itself, so it goes on where this one is killed; the lock of its run folder tells
    that it lives.

    Args:
        job: what to do.
        heard: gets each line that is added to the log.
    """
    tail = Tail(job.log)
    with _settings_file(job) as flags, job.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
        command = [sys.executable, "-u", "-m", job.module, *flags, *job.arguments]
        print(beginning(command), file=log, flush=True)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            # The first line is ours: who fails without a word has said nothing.
            last: deque[str] = deque(maxlen=LINES_KEPT)
            for number, line in enumerate(_followed(process, tail)):
                heard(line)
                if number:
                    last.append(line)
        except BaseException:  # Ctrl-C foremost: nothing is left working alone.
            _stop(process)
            raise
    return _reason(process.returncode, last)


@contextlib.contextmanager
def _settings_file(job: Job) -> Iterator[list[str]]:
    """Gives the flag of the job's settings file, on this machine's own disk: no other command has one of its name."""
    if job.config is None:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="conbal_tf_") as folder:
        file = Path(folder, "settings.toml")
        file.write_text(job.config, encoding="utf-8")
        yield ["--config", str(file)]


def _followed(process: subprocess.Popen, tail: Tail) -> Iterator[str]:
    """Yields the lines that a process writes until it has ended."""
    yield from tail.lines()
    ended = False
    while not ended:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_EVERY)
        # Asked before the log is read: what it wrote last is in there.
        ended = process.returncode is not None
        yield from tail.lines(all_of_it=ended)


def _stop(process: subprocess.Popen) -> None:
    """Ends a process, gently if it lets itself be ended so."""
    try:
        for seconds, signal_number in PATIENCE:
            # A job in the background of a script ignores Ctrl-C, and so does its child.
            if signal_number == signal.SIGTERM and signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
                seconds = 0.0
            try:
                process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                process.send_signal(signal_number)
        process.wait()
    except KeyboardInterrupt:  # Again: somebody does not want to wait.
        process.kill()
        process.wait()


def _reason(code: int, lines: Sequence[str]) -> Failure:
    if code == 0:
        return None
    if code < 0:
        memory = ", as the system does when memory is full" if -code == signal.SIGKILL else ""
        return f"It was killed by signal {-code}{memory}."
    said = [line for line in lines if line.strip()]
    # A library may go on after the line that names the error, with graphs and advice.
    errors = [line for line in said if _ERROR.fullmatch(line)]
    last = (errors or said or [f"It ended with code {code}."])[-1]
    reason = re.sub(r"^(python -m [\w.]+|Error): ", "", last).strip()
    return reason if len(reason) <= REASON_LENGTH else reason[: REASON_LENGTH - 1] + "…"
