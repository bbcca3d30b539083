"""Claims: one holder at a time, whoever dies, and whatever the clocks say."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conbal_tf.tables import claim as module
from conbal_tf.tables.claim import Claim, Claims, holder, keep
from conbal_tf.tables.claim_file import content
from conbal_tf.tables.processes import machine

ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, **changes: object) -> None:
    """Writes a claim of this process, with these values changed."""
    path.write_text(json.dumps(json.loads(content("theirs", os.getpid())) | changes))


def taken(claim: Claim | None) -> Claim:
    assert claim is not None
    return claim


def test_claim_is_of_one_until_it_is_given_back(path: Path) -> None:
    with taken(Claims().take(path)) as held:
        assert held.holds()
        assert Claims().take(path) is None
        assert holder(path).startswith(f"process {os.getpid()} on ")
    assert list(path.parent.iterdir()) == []
    assert Claims().take(path) is not None


def test_claim_of_a_dead_process_is_taken_over_at_once_and_leaves_nothing(path: Path, dead: int) -> None:
    path.write_text(content("theirs", dead))
    assert taken(Claims().take(path)).holds()
    assert list(path.parent.iterdir()) == [path]


def test_claim_holds_while_the_process_that_works_outlives_its_maker(path: Path, dead: int) -> None:
    worker = subprocess.Popen(["sleep", "60"])
    path.write_text(content("theirs", dead, worker.pid))
    os.utime(path, (0, 0))
    assert Claims(stale_after=0).take(path) is None
    worker.kill()
    worker.wait()
    assert Claims().take(path) is not None


def test_noted_process_is_written_beside_the_maker(path: Path) -> None:
    held = taken(Claims().take(path))
    held.note_process(os.getppid())
    assert list(json.loads(path.read_text())["processes"]) == [str(os.getpid()), str(os.getppid())]
    assert held.holds()


def test_number_of_a_dead_process_that_another_one_has_now_is_no_life(path: Path) -> None:
    write(path, processes={str(os.getpid()): "at another time"})
    assert Claims().take(path) is not None


@pytest.mark.parametrize("touched", [0, 4e9])
def test_claim_of_another_machine_is_stale_once_seen_untouched_whatever_the_clocks(path: Path, touched: float) -> None:
    write(path, machine="elsewhere", processes={"1": "then"})
    os.utime(path, (touched, touched))
    claims = Claims(stale_after=0.05)
    assert claims.take(path) is None
    time.sleep(0.06)
    assert claims.take(path) is not None


def test_claim_of_another_machine_that_is_touched_holds(path: Path) -> None:
    write(path, machine="elsewhere")
    claims = Claims(stale_after=0.05)
    for second in range(4):
        os.utime(path, (second, second))
        assert claims.take(path) is None
        time.sleep(0.06)


def test_claim_from_before_a_restart_is_as_that_of_another_machine(path: Path) -> None:
    # The numbers of its processes may be those of others now.
    write(path, machine=machine().replace("-", "+"))
    claims = Claims(stale_after=0.05)
    assert claims.take(path) is None
    time.sleep(0.06)
    assert claims.take(path) is not None


@pytest.mark.parametrize(
    "text", ["", "{", "3", "null", "[]", '{"host": "a", "processes": [1], "token": "b"}', '{"processes": {"x": 1}}']
)
def test_claim_that_cannot_be_read_holds_for_a_while(path: Path, text: str) -> None:
    path.write_text(text)
    claims = Claims(stale_after=0.05)
    assert claims.take(path) is None
    assert holder(path) == "another process"
    time.sleep(0.06)
    assert taken(claims.take(path)).holds()


def test_bytes_that_are_no_text_are_a_claim_that_cannot_be_read(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    assert Claims().take(path) is None


def test_claim_that_was_taken_over_is_neither_removed_nor_written_by_its_first_holder(path: Path) -> None:
    with taken(Claims().take(path)) as first:
        path.unlink()
        second = taken(Claims().take(path))
        first.note_process(1)
        assert not first.holds()
    assert second.holds()


@pytest.mark.parametrize("loss", ["removed", "taken over"])
def test_keeping_touches_until_the_claim_is_lost(path: Path, loss: str) -> None:
    held = taken(Claims().take(path))
    os.utime(path, (0, 0))
    thread = threading.Thread(target=keep, args=(path, held.token, 0.01))
    thread.start()
    time.sleep(0.1)
    assert thread.is_alive()
    assert path.stat().st_mtime > 0
    path.unlink()
    if loss == "taken over":
        path.write_text(content("theirs", 1))
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_one_miss_and_a_drive_that_is_away_are_no_loss(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([True, False, True, OSError("stale handle"), False, OSError("stale handle"), True, False, False])
    seen = []

    def holds(*_: object) -> bool:
        seen.append(next(answers))
        if isinstance(seen[-1], OSError):
            raise seen[-1]
        return bool(seen[-1])

    path.touch()
    monkeypatch.setattr(module, "holds", holds)
    keep(path, "token", every=0)
    assert len(seen) == 9


def test_full_disk_is_an_error_and_leaves_no_claim(path: Path) -> None:
    # No file may grow beyond 0 bytes: the nearest to a full disk without one.
    script = (
        "import resource, sys\nfrom pathlib import Path\nfrom conbal_tf.tables.claim import Claims\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nClaims().take(Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr.splitlines()[-1].startswith("OSError")
    assert not path.exists()
