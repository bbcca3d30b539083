"""Claims that several processes want at the same moment."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from conbal_tf.tables import claim as module
from conbal_tf.tables.claim import Claims
from conbal_tf.tables.claim_file import content, find

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("change", ["taken over", "touched"])
def test_claim_that_changed_since_it_was_looked_at_is_given_back(path: Path, dead: int, change: str) -> None:
    path.write_text(content("theirs", dead))
    stale = find(path)
    assert stale is not None
    if change == "taken over":
        path.write_text(content("another's", os.getpid()))
    else:
        os.utime(path, (1, 1))
    now = find(path)
    assert not module._take_away(path, stale)
    assert find(path) == now
    assert list(path.parent.iterdir()) == [path]


def test_processes_of_one_machine_take_turns(path: Path) -> None:
    taker = threading.Thread(target=Claims().take, args=(path,))
    with module._turn(path.parent):
        taker.start()
        time.sleep(0.1)
        assert not path.exists()
    taker.join(timeout=10)
    assert path.exists()


# Takes what it can of many claims, at the same moment as others of its kind, and lives until told to end.
TAKER = """
import contextlib, sys, time
from pathlib import Path
from conbal_tf.tables import claim
if sys.argv[3] == "no turns":
    claim._turn = lambda folder: contextlib.nullcontext()
claims, paths = claim.Claims(), sorted(Path(sys.argv[1]).glob("*.claim"))
while time.time() < float(sys.argv[2]):
    pass
for path in paths:
    if claims.take(path):
        print(path.name)
print("done", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("takers", "turns"), [(3, "turns"), (2, "no turns")])
def test_stale_claim_is_taken_over_by_one_of_many(tmp_path: Path, dead: int, takers: int, turns: str) -> None:
    names = [f"{number}.claim" for number in range(200)]
    for name in names:
        (tmp_path / name).write_text(content("theirs", dead))
    command = [sys.executable, "-c", TAKER, str(tmp_path), str(time.time() + 1.0), turns]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes: list[Any] = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(takers)]
    won = [line.strip() for process in processes for line in iter(process.stdout.readline, "done\n")]
    for process in processes:
        process.communicate()
    assert sorted(won) == sorted(names)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(names)
