"""How long the runs of a table will take."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from statistics import mean

from conbal_tf.run_folder.finished_run import read_run
from conbal_tf.settings.length import parse_length
from conbal_tf.settings.save import to_toml
from conbal_tf.tables.expand import TableRun

_PROBE = """
import sys, tomllib
from conbal_tf.settings.schema import Data, Network, Training
from tfrecords_tools.surroundings.quiet import import_tensorflow
import_tensorflow()
from conbal_tf.training.speed import images_per_second
table = tomllib.load(sys.stdin.buffer)
print(images_per_second(Data(**table["data"]), Network(**table["network"]), Training(**table["training"])))
"""


def seconds_by_method(done: Sequence[TableRun]) -> dict[str, list[float]]:
    """Returns how many seconds each finished run took, by method.

    Raises:
        ValueError: A file of a run cannot be read.
    """
    seconds: dict[str, list[float]] = {}
    for run in done:
        seconds.setdefault(run.settings.method, []).append(read_run(run.folder).seconds)
    return seconds


def estimate(
    runs: Sequence[TableRun], taken: Mapping[str, Sequence[float]], otherwise: float | None = None
) -> list[float] | None:
    """Returns how many seconds each run will take: as long as the finished ones of its method, or of all, on average.

    Args:
        runs: the runs.
        taken: as `seconds_by_method` returns it, of runs over the same base.
        otherwise: the answer where nothing is finished.

    Returns:
        A number for each run, or None where it is not known.
    """
    if taken:
        of_all = mean(second for seconds in taken.values() for second in seconds)
        means = {method: mean(seconds) for method, seconds in taken.items()}
        return [means.get(run.settings.method, of_all) for run in runs]
    return None if otherwise is None else [otherwise] * len(runs)


def measure(run: TableRun) -> float | None:
    """Returns how many seconds stage 1 of a run would take at the speed that this machine shows in a short trial.

    One device, without reading images, evaluation or stage 2: an order of magnitude. None where the length hangs on
    the records (`N epochs`), or the trial fails.
    """
    training = run.settings.training
    length = parse_length(training.length)
    if length.unit == "epochs":
        return None
    command = [sys.executable, "-c", _PROBE]
    tried = subprocess.run(command, input=to_toml(run.settings).encode(), capture_output=True, check=False)
    try:
        return length.count * training.batch_size * training.views / float(tried.stdout.split()[-1])
    except (IndexError, ValueError):  # It said nothing, or died of a GPU that is in use.
        return None
