"""Makes the records that all runs of a table read, before the first of them begins."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from conbal_tf.run.origin import origin_of
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.log import host_of
from conbal_tf.tables.pace import TRAINING_SPEAKS_EVERY, WAITING_SPEAKS_EVERY, seldom
from conbal_tf.tables.process import Job, work

BUILDER = "tfrecords_tools.build"
LOCK = ".records.lock"


def make_records(settings: Settings, folder: Path, is_there: Callable[[], bool], report: Callable[[str], None]) -> None:
    """Makes the records if they are missing, in a process of its own; one of several callers does, the others wait.

    So a missing folder of images is one error, not one of each run. Where this process is killed, its builder goes on,
    and the next caller builds, too: records appear whole, whoever is first.

    Args:
        settings: which records, and the images to make them of.
        folder: gets the log; it exists.
        is_there: whether the records are there.
        report: gets lines about what happens.

    Raises:
        ValueError: They cannot be made: no images, or a mistake in them.
    """
    if is_there():
        return
    log = folder / "records.log"
    with _turn(folder / LOCK, report):
        if is_there():  # Another process has made them while we waited.
            return
        tell = seldom(report, TRAINING_SPEAKS_EVERY)
        job = Job("records", BUILDER, _flags(settings), log)
        reason = work(job, lambda line: tell(line) if host_of(line) is None else None)
        if reason is not None or not is_there():
            raise ValueError(reason or f"The records were not made. {log} says more.")


@contextlib.contextmanager
def _turn(path: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Lets callers in one after the other; who is killed stands in nobody's way."""
    lock = FileLock(path)
    for patience in itertools.chain([0.0], itertools.repeat(WAITING_SPEAKS_EVERY)):
        try:
            lock.acquire(timeout=patience)
            break
        except Timeout:
            report("Waiting for the records, which another process makes.")
    try:
        yield
    finally:
        # Before the lock ends: who waits for this very file sees that it is gone, and makes a new one.
        path.unlink(missing_ok=True)
        lock.release()


def _flags(settings: Settings) -> tuple[str, ...]:
    flags = {
        "records": settings.records,
        "image_size": settings.data.record_size,
        "crop": settings.data.crop,
        "protocol": settings.protocol,
        "protocol_seed": settings.protocol_seed,
        "protocol_file": settings.protocol_file,
        "conflicts": settings.conflicts,
    }
    said = origin_of(settings).arguments() if settings.images else []
    rest = [f"--{name}={value}" for name, value in flags.items() if value is not None]
    return (f"--dataset={settings.dataset}", *said, *rest)
