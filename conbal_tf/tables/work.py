"""A module run in a process of its own, under a claim: its log is followed, and it is stopped with this process."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from conbal_tf.tables.claim import Claim
from conbal_tf.tables.processes import host

LOOK_EVERY = 0.5
LINES_KEPT = 200
REASON_LENGTH = 1000
# How long a process may take to end: after Ctrl-C, which reaches both, and after each signal.
PATIENCE = ((2.0, signal.SIGINT), (30.0, signal.SIGTERM), (10.0, signal.SIGKILL))
_ERROR = re.compile(r"[\w.]*(Error|Exception)(: .*)?")


def work(
    held: Claim, module: str, arguments: Sequence[str], log: Path, heard: Callable[[str], object] = lambda line: None
) -> str | None:
    """Returns None when the module has done its work, or why it has failed, in a line.

    The process writes into the log by itself, so it goes on where this one is killed; the claim tells that it lives.

    Args:
        held: the claim on the work.
        module: is run as `python -m` does.
        arguments: of its command.
        log: what it prints is added to this file.
        heard: gets each line of it.
    """
    command = [sys.executable, "-u", "-m", "conbal_tf.tables.worker", str(held.path), held.token, module]
    command += arguments
    with log.open("a", encoding="utf-8", errors="backslashreplace") as end:
        print(f"== {time.strftime('%Y-%m-%d %H:%M:%S %z')} on {host()}: {shlex.join(command)}", file=end, flush=True)
        with log.open("rb") as lines:
            lines.seek(0, os.SEEK_END)
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=end, stderr=subprocess.STDOUT)
            try:
                held.note_process(process.pid)
                last: deque[str] = deque(maxlen=LINES_KEPT)
                for line in _followed(process, lines):
                    last.append(line)
                    heard(line)
            except BaseException:  # Ctrl-C foremost: nothing is left working alone.
                _stop(process)
                raise
    return _reason(process.returncode, last)


def _followed(process: subprocess.Popen, log: BinaryIO) -> Iterator[str]:
    """Yields the lines that a process writes until it has ended."""
    rest, ended = b"", False
    while not ended:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_EVERY)
        ended = process.returncode is not None
        *lines, rest = (rest + log.read()).split(b"\n")
        yield from (line.decode(errors="replace").rstrip() for line in lines)
    if rest:
        yield rest.decode(errors="replace").rstrip()


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


def _reason(code: int, lines: Sequence[str]) -> str | None:
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
