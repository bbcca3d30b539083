"""Reports of progress."""

import io
from collections.abc import Iterator

import pytest

from tfrecords_tools.surroundings import progress as module
from tfrecords_tools.surroundings.progress import progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_log_gets_one_line_at_the_end_of_short_work() -> None:
    log = io.StringIO()
    assert list(progress("abc", 3, "letters", log)) == ["a", "b", "c"]
    assert log.getvalue().startswith("3/3 letters, ")
    assert log.getvalue().count("\n") == 1 and "\r" not in log.getvalue()


def test_log_gets_a_line_after_each_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 1000, 4))  # one look at the clock for each item
    monkeypatch.setattr(module.time, "monotonic", lambda: next(seconds))
    log = io.StringIO()
    list(progress(range(6), 6, "images", log))
    assert log.getvalue().splitlines() == [
        "3/6 images, 0.2 a second, 0:12 left",
        "6/6 images, 0.2 a second, took 0:24",
    ]


def test_terminal_redraws_one_line_and_ends_it() -> None:
    terminal = Terminal()
    list(progress("ab", 2, "letters", terminal))
    assert terminal.getvalue().startswith("\r2/2 letters")
    assert terminal.getvalue().endswith("\n") and terminal.getvalue().count("\n") == 1


def test_last_report_precedes_the_last_item() -> None:
    log = io.StringIO()
    items = progress("ab", 2, "letters", log)
    next(items)
    next(items)
    assert log.getvalue().startswith("2/2")


def test_closing_it_closes_what_it_works_through() -> None:
    closed = []

    def work() -> Iterator[int]:
        try:
            yield from range(3)
        finally:
            closed.append(True)

    items = progress(work(), 3, "images", io.StringIO())
    next(items)
    items.close()
    assert closed


def test_work_is_done_where_there_is_no_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    assert list(progress(range(3), 3, "images")) == [0, 1, 2]
