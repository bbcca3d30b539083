"""Logs that others write: where their work began, and what was added since."""

from pathlib import Path

import pytest

from conbal_tf.tables.log import Tail, beginning, host_of, this_host


def test_first_line_tells_the_machine_and_the_command() -> None:
    line = beginning(["python", "-m", "a.b", "--run", "c d"])
    assert host_of(line) == this_host()
    assert line.endswith(": python -m a.b --run 'c d'")
    assert host_of("==") is None


def test_tail_gives_what_was_added_since_line_by_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    tail = Tail(log)
    with log.open("a") as file:
        file.write("a\nb")
        file.flush()
        assert tail.lines() == ["a"]
        file.write("c\nd")
    assert tail.lines() == ["bc"]
    assert tail.lines() == []
    assert tail.lines(all_of_it=True) == ["d"]
    assert tail.lines(all_of_it=True) == []


@pytest.mark.parametrize("first", [b"a\n", b""])
def test_log_that_is_not_there_yet_is_read_from_its_beginning(first: bytes, tmp_path: Path) -> None:
    tail = Tail(tmp_path / "log")
    assert tail.lines() == []
    (tmp_path / "log").write_bytes(first + b"\xff\n")
    assert tail.lines() == [*(["a"] if first else []), "\ufffd"]
