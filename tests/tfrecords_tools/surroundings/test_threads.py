"""Work on several threads: its order, its bound, and what is left of it where nobody asks on."""

import itertools
import threading
import time

import pytest

from tfrecords_tools.surroundings.threads import in_order


def test_results_come_in_the_order_of_the_items_however_long_each_takes() -> None:
    def work(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number**2

    assert list(in_order(range(30), work, waiting=4, workers=3)) == [(number, number**2) for number in range(30)]


def test_items_are_asked_for_only_a_little_ahead_of_what_is_taken() -> None:
    asked = itertools.count()
    stream = in_order(asked, str, waiting=2, workers=3)
    assert [next(stream)[0] for _ in range(10)] == list(range(10))
    assert next(asked) <= 10 + 2 * 3
    stream.close()


def test_an_error_is_raised_when_the_turn_of_its_item_has_come() -> None:
    def work(number: int) -> float:
        return 1 / (2 - number)

    stream = in_order(range(5), work, waiting=2, workers=1)
    assert [next(stream)[0], next(stream)[0]] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(stream)


def test_what_has_not_begun_is_dropped_where_nobody_asks_on() -> None:
    begun, may_end = [], threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        if number:
            may_end.wait(10)

    stream = in_order(range(100), work, waiting=50, workers=1)
    next(stream)
    threading.Timer(0.1, may_end.set).start()
    stream.close()
    assert begun in ([0], [0, 1])
