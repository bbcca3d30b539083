"""How long the runs of a table will take."""

import json
import subprocess
import sys
from collections.abc import Sequence
from statistics import mean

from conbal_tf.experiments.expand import PlannedRun
from conbal_tf.settings.length import parse_length
from conbal_tf.settings.save import to_toml

_PROBE = """
import sys, tomllib
from conbal_tf.settings.schema import Data, Network, Training
from tfrecords_tools.quiet import import_tensorflow
import_tensorflow()
from conbal_tf.training.speed import images_per_second
table = tomllib.loads(sys.stdin.read())
print(images_per_second(Data(**table["data"]), Network(**table["network"]), Training(**table["training"])))
"""


def estimate(run: PlannedRun, done: Sequence[PlannedRun], otherwise: float | None = None) -> float | None:
    """Returns how many seconds a run will take: as long as the finished ones of its method, or of all.

    Args:
        run: the run.
        done: finished runs over the same base.
        otherwise: the answer where nothing is finished.
    """
    alike = [other for other in done if other.settings.method == run.settings.method] or done
    return mean(map(_seconds, alike)) if alike else otherwise


def measure(run: PlannedRun) -> float | None:
    """Returns how many seconds stage 1 of a run would take at the speed that this machine shows in a short trial.

    One device, without reading images, evaluation or stage 2: an order of magnitude. None where the length hangs on
    the records (`N epochs`).
    """
    training = run.settings.training
    length = parse_length(training.length)
    if length.unit == "epochs":
        return None
    command = [sys.executable, "-c", _PROBE]
    tried = subprocess.run(command, input=to_toml(run.settings), capture_output=True, text=True, check=False)
    if tried.returncode:
        return None
    return length.count * training.batch_size * training.views / float(tried.stdout.split()[-1])


def _seconds(run: PlannedRun) -> float:
    return float(json.loads((run.folder / "finished.json").read_text(encoding="utf-8"))["seconds"])
