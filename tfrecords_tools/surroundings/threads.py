"""The same work for many items, on all cores, with the results in the items' order."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    items: Iterable[Item], work: Callable[[Item], Result], *, waiting: int, workers: int | None = None
) -> Generator[tuple[Item, Result]]:
    """Yields each item with what was made of it, in the order given.

    Threads suffice for work that leaves Python's lock, as decoding does.

    Args:
        items: asked for one by one, only a little ahead of what is taken.
        work: item to result; what it raises is raised when its item's turn has come.
        waiting: items for each worker, at most, that are being worked on or whose results wait to be taken.
        workers: number of threads (default: one for each core that this process may use).

    Yields:
        The item and its result. Closing the generator drops the work that has not begun.
    """
    workers = workers or available_cores()
    begun: deque[tuple[Item, Future[Result]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                begun.append((item, pool.submit(work, item)))
                # Without a bound, results would fill the memory where they are made faster than taken.
                if len(begun) >= workers * waiting:
                    first, future = begun.popleft()
                    yield first, future.result()
            while begun:
                first, future = begun.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def available_cores() -> int:
    """Returns the number of cores that this process may use (fewer than the machine's under a batch system)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
