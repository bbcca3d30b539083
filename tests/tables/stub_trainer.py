"""A command like `python -m conbal_tf.train` that trains nothing: `--config FILE --run DIR`, the rest by environment.

STUB_CALLS: file that gets a line when it begins and one when it ends. STUB_GATE: file for which it waits. STUB_FAILS,
STUB_CRASHES, STUB_DIES, STUB_IDLES: it does so in runs whose names contain this.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from tests.reporting.run_folders import environment, metrics

NAME = "tests.tables.stub_trainer"


def main(config: Path, run: Path) -> None:
    """Leaves a finished run, or does as the environment says."""

    def is_chosen(what: str) -> bool:
        return what in os.environ and os.environ[what] in run.name

    def note(event: str) -> None:
        with Path(os.environ["STUB_CALLS"]).open("a") as calls:
            calls.write(f"{event} {run.name} {os.getpid()}\n")

    note("begin")
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
        run.mkdir(exist_ok=True)
        shutil.copyfile(config, run / "settings.toml")
        (run / "metrics.json").write_text(json.dumps(metrics()))
        (run / "environment.json").write_text(json.dumps(environment()))
        (run / "finished.json").write_text('{"seconds": 60.0}')
    note("end")


if __name__ == "__main__":
    main(Path(sys.argv[2]), Path(sys.argv[4]))
