"""Makes the records that all runs of a table read, before the first of them begins."""

import time
from collections.abc import Callable
from pathlib import Path

from conbal_tf.run.origin import origin_of
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.claim import Claims, holder
from conbal_tf.tables.runner import LOOK_AGAIN, TRAINING_SPEAKS_EVERY, WAITING_SPEAKS_EVERY, seldom
from conbal_tf.tables.work import work

BUILDER = "tfrecords_tools.build"


def make_records(settings: Settings, folder: Path, is_there: Callable[[], bool], report: Callable[[str], None]) -> None:
    """Makes the records if they are missing, in a process of its own; one of several callers does, the others wait.

    So a missing folder of images is one error, not one of each run.

    Args:
        settings: which records, and the images to make them of.
        folder: gets the claim and the log; it exists.
        is_there: whether the records are there.
        report: gets lines about what happens.

    Raises:
        ValueError: They cannot be made: no images, or a mistake in them.
    """
    claims, path, log = Claims(), folder / "records.claim", folder / "records.log"
    tell, waiting = seldom(report, TRAINING_SPEAKS_EVERY), seldom(report, WAITING_SPEAKS_EVERY)
    while not is_there():
        held = claims.take(path)
        if held is None:
            waiting(f"Waiting for the records, which {holder(path)} makes.")
            time.sleep(LOOK_AGAIN)
            continue
        with held:
            if is_there():
                return
            reason = work(held, BUILDER, _flags(settings), log, tell)
            if reason is not None or not is_there():
                raise ValueError(reason or f"The records were not made. {log} says more.")


def _flags(settings: Settings) -> list[str]:
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
    return [f"--dataset={settings.dataset}", *said, *rest]
