"""The time that all calls for a run take together."""

import time
from pathlib import Path

from conbal_tf.run.lifetime import TimeSpent


def test_time_of_a_call_that_was_killed_counts_up_to_its_last_note(tmp_path: Path) -> None:
    killed = TimeSpent(tmp_path, time.monotonic() - 100)
    killed.note()
    assert 100 <= killed.seconds() < 110
    last = TimeSpent(tmp_path, time.monotonic() - 20)
    assert 120 <= last.seconds() < 140
    last.note()
    last.note()  # Not added up: each note is of the whole.
    assert 120 <= TimeSpent(tmp_path, time.monotonic()).seconds() < 140


def test_first_call_has_spent_its_own_time_alone(tmp_path: Path) -> None:
    assert 5 <= TimeSpent(tmp_path, time.monotonic() - 5).seconds() < 10
    assert list(tmp_path.iterdir()) == []
