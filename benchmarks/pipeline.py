"""What the input pipeline takes, with small classes kept in memory and without: `python -m benchmarks.pipeline RUN`.

Reads the training batches of a finished run, without training, under both samplings.
"""

import time
from dataclasses import replace
from unittest import mock

from benchmarks.finished import asked_run
from conbal_tf.data import records as records_module
from conbal_tf.data.pipeline import View, training_batches
from conbal_tf.data.split import SplitRecords, open_split
from conbal_tf.settings.schema import Settings

FIRST, BATCHES = 3, 40


def main() -> None:
    """Prints a row for each sampling, with and without memory."""
    run, settings, records = asked_run(__doc__)
    print("sampling  kept   images/s  processor ms an image")
    for sampling in ("original", "balanced"):
        for kept in (0, records_module.KEPT_IN_MEMORY):
            with mock.patch.object(records_module, "KEPT_IN_MEMORY", kept):
                data = open_split(records, run / "protocol.csv")
                rate, milliseconds = _measure(replace(settings, sampling=sampling), data)
            print(f"{sampling}  {'yes' if kept else 'no':<4} {rate:>9.0f}  {milliseconds:.2f}")


def _measure(settings: Settings, data: SplitRecords) -> tuple[float, float]:
    """Returns images a second and the processor's milliseconds for each, after the first batches."""
    view = View.of(settings.data, views=settings.training.views, seed=0)
    size = settings.training.batch_size
    batches = training_batches(
        data.records, data.ids("train"), view, sampling=settings.sampling, batch_size=size
    ).as_numpy_iterator()
    for _ in range(FIRST):
        next(batches)
    began, busy = time.monotonic(), time.process_time()
    for _ in range(BATCHES):
        next(batches)
    seconds, busy = time.monotonic() - began, time.process_time() - busy
    return BATCHES * size / seconds, 1000 * busy / (BATCHES * size)


if __name__ == "__main__":
    main()
