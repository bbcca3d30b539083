"""Telling a living process from a dead one, and from another with its number."""

import os
import shutil
import subprocess

import pytest

from conbal_tf.tables import processes
from conbal_tf.tables.processes import ENDED, began, lives


def test_process_that_has_ended_lives_neither_before_nor_after_it_was_waited_for() -> None:
    process = subprocess.Popen(["sleep", "60"])
    since = began(process.pid)
    assert since not in ("", ENDED)
    assert lives(process.pid, since)
    process.kill()
    # Nobody waits for the orphans of a container without an init: they keep their number for ever.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not lives(process.pid, since)
    process.wait()
    assert not lives(process.pid, since)


def test_process_that_began_at_another_time_is_another_one() -> None:
    assert not lives(os.getpid(), "at another time")


def test_who_cannot_be_told_apart_is_taken_for_the_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lives(os.getpid(), "")
    monkeypatch.setattr(processes, "began", lambda number: "")
    assert lives(os.getpid(), "at another time")


@pytest.mark.skipif(shutil.which("ps") is None, reason="needs ps")
def test_without_proc_ps_tells_the_same() -> None:
    process = subprocess.Popen(["sleep", "60"])
    since = processes._from_ps(process.pid)
    assert since not in ("", ENDED)
    assert processes._from_ps(process.pid) == since
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert processes._from_ps(process.pid) == ENDED
    process.wait()
    assert processes._from_ps(process.pid) == ""
