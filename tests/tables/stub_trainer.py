"""A command like `python -m conbal_tf.train` that trains nothing: `--config FILE --run DIR`, the rest by environment.

It holds its run folder as training does, and leaves a checkpoint there, with which it goes on. STUB_CALLS: file that
gets a line when it begins and one when it ends. STUB_GATE: file for which it waits. STUB_FAILS,
STUB_CRASHES, STUB_DIES, STUB_IDLES: it does so in runs whose names contain this.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from conbal_tf.run_folder.lock import held
from tests.reporting.run_folders import environment, metrics
from tfrecords_tools.surroundings.command import run_or_exit

NAME = "tests.tables.stub_trainer"


def main(config: Path, run: Path) -> None:
    """Leaves a finished run, or does as the environment says."""

    def is_chosen(what: str) -> bool:
        return what in os.environ and os.environ[what] in run.name

    checkpoint = run / "checkpoints"
    start = "from_checkpoint" if checkpoint.exists() else "anew"

    def note(event: str) -> None:
        with Path(os.environ["STUB_CALLS"]).open("a") as calls:
            calls.write(f"{event} {run.name} {os.getpid()} {start}\n")

    note("begin")
    shutil.copyfile(config, run / "settings.toml")
    checkpoint.touch()
    print(f"training · update 1/2 · {run.name} · 1 s left", flush=True)
    while "STUB_GATE" in os.environ and not Path(os.environ["STUB_GATE"]).exists():
        time.sleep(0.02)
    if is_chosen("STUB_FAILS"):
        sys.exit("python -m conbal_tf.train: no such luck.")
    if is_chosen("STUB_CRASHES"):
        print("Traceback (most recent call last):\n  ...\na.b.OutOfLuckError: 13\n\nDetected at node 7", flush=True)
        sys.exit(1)
    if is_chosen("STUB_DIES"):
        os.kill(os.getpid(), signal.SIGKILL)
    if not is_chosen("STUB_IDLES"):
        (run / "metrics.json").write_text(json.dumps(metrics()))
        (run / "environment.json").write_text(json.dumps(environment()))
        (run / "finished.json").write_text('{"seconds": 60.0}')
    note("end")


def command(arguments: list[str]) -> None:
    """Does so in a folder that is its own."""
    config, run = Path(arguments[1]), Path(arguments[3])
    with held(run, "python -m conbal_tf.train", lasts=True, create=True):
        if not (run / "finished.json").exists():
            main(config, run)


if __name__ == "__main__":
    run_or_exit(command, None, "python -m conbal_tf.train")
