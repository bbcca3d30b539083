"""A run's folder: begun, continued, refused or found finished; where it ran. Imports no TensorFlow."""

import json
import os
import platform
import shutil
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from conbal_tf.run_folder.lock import contents
from conbal_tf.run_folder.objects import read_object, read_object_if_there
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.save import differences, to_toml
from conbal_tf.settings.schema import Settings

PACKAGES = ("tensorflow", "keras", "tensorflow-datasets", "numpy", "pandas", "scikit-learn")
FINISHED = "finished.json"
_ADVICE = "Give this one another folder with --run, or replace that one with --overwrite."
_ADVICE_IF_FOREIGN = "Choose another with --run."


def is_finished(run: Path, settings: Settings, *, advice: str = "") -> bool:
    """Returns whether the folder holds the finished run of these settings; changes nothing.

    Args:
        run: the folder; it need not exist.
        settings: of the run that is wanted.
        advice: what to do where the folder holds something else; by default, with the flags of training.

    Raises:
        ValueError: The folder holds a run with other settings, or something that is no run.
    """
    if _has_begun(run):
        others = differences(read_settings_file(run / "settings.toml"), settings)
        if others:
            raise ValueError(f"{run} holds a run with other settings: {'; '.join(others)}. {advice or _ADVICE}")
    else:
        refuse_foreign(run, advice=advice)
    return (run / FINISHED).exists()


def refuse_foreign(run: Path, *, advice: str = "") -> None:
    """Refuses a place that is taken by something else than a run.

    Args:
        run: the place.
        advice: what to do then; by default, with the flags of training.

    Raises:
        ValueError: It is a file, or a folder with files and without settings.toml.
    """
    if run.exists() and not (run / "settings.toml").exists() and (not run.is_dir() or contents(run)):
        raise ValueError(f"{run} exists and is no run folder (it has no settings.toml). {advice or _ADVICE_IF_FOREIGN}")


def start(run: Path, settings: Settings, protocol: str, facts: dict, *, overwrite: bool = False) -> None:
    """Makes the run folder with settings.toml, protocol.csv and environment.json, or finds that it may be continued.

    Until here nothing was written or removed, so a command that is refused costs nothing.

    Args:
        run: the folder.
        settings: of the run.
        protocol: text of the protocol's CSV.
        facts: for environment.json, beside what this function knows; `dataset` among them.
        overwrite: removes what an earlier run left there.

    Raises:
        ValueError: The run was begun with another split or other records, or the folder cannot be made.
    """
    if _has_begun(run) and not overwrite:
        known = read_object(run, "environment.json")
        if (run / "protocol.csv").read_text(encoding="utf-8") != protocol or known["dataset"] != facts["dataset"]:
            raise ValueError(
                f"{run} was begun with another split or other records: going on would train on its test images. "
                "Give this run another folder with --run, or replace that one with --overwrite."
            )
    if overwrite:
        refuse_foreign(run)
    try:
        run.mkdir(parents=True, exist_ok=True)
        if overwrite:
            _empty(run)
        write_whole(run / "settings.toml", to_toml(settings))
    except OSError as error:
        raise ValueError(f"Cannot write the run folder {run}: {error.strerror}. Choose another with --run.") from error
    write_whole(run / "protocol.csv", protocol)
    write_whole(run / "environment.json", json.dumps(_environment() | facts, indent=2) + "\n")


def _empty(run: Path) -> None:
    """Removes what lies in a run folder, but its lock: the folder itself may be a link, or not ours to remove."""
    for path in contents(run):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _has_begun(run: Path) -> bool:
    """Returns whether something was trained there that could be lost."""
    signs = ("logs", "checkpoints", "backbone.keras", "classifier.keras", FINISHED)
    return (run / "settings.toml").exists() and any((run / sign).exists() for sign in signs)


class TimeSpent:
    """The time that all calls of the command have taken for a run; its folder keeps that of a call that is killed.

    Args:
        run: the folder; it exists.
        since: when this call began, by `time.monotonic`.
    """

    def __init__(self, run: Path, since: float) -> None:
        self._file = run / "time_spent.json"
        self._since = since
        self._before = (read_object_if_there(run, self._file.name) or {"seconds": 0.0})["seconds"]

    def seconds(self) -> float:
        """Returns the time of all calls, this one's until now."""
        return self._before + time.monotonic() - self._since

    def note(self) -> None:
        """Writes it down; what comes after the last note of a call that is killed is not counted."""
        write_whole(self._file, json.dumps({"seconds": round(self.seconds(), 1)}) + "\n")


def finish(run: Path, *, seconds: float) -> None:
    """Marks the run as finished, with the time that all calls of the command took together."""
    write_whole(run / FINISHED, json.dumps({"seconds": round(seconds, 1)}) + "\n")


def write_history(run: Path) -> None:
    """Joins the stages' CSV logs into history.csv, with the columns `stage`, `epoch` and what Keras logged."""
    import pandas as pd  # here, since `--help` does without it

    # By age: that of stage 1 was written last before stage 2 began.
    logs = sorted((run / "logs").glob("*.csv"), key=lambda log: log.stat().st_mtime)
    tables = [pd.read_csv(log).assign(stage=log.stem) for log in logs]
    # In logs of earlier versions, a stage that went on after a crash may have an epoch twice.
    history = pd.concat(tables, ignore_index=True).drop_duplicates(["stage", "epoch"], keep="last")
    columns = ["stage", "epoch", *(name for name in history.columns if name not in ("stage", "epoch"))]
    write_whole(run / "history.csv", history[columns].to_csv(index=False))


def _environment() -> dict:
    return {
        "python": platform.python_version(),
        "packages": {package: version(package) for package in PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "commit": _commit(),
    }


def _processor() -> str:
    """Returns the processor's name where Linux tells it, or what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def _commit() -> str | None:
    """Returns the project's commit, marked when files differ from it; None outside a checkout."""
    try:
        commit = _git("describe", "--always", "--abbrev=12")
        # `describe --dirty` would write git's index anew, and leave a lock of it where no file may grow so large.
        changed = _git("--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}-dirty" if changed else commit


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    here = Path(__file__).parent
    done = subprocess.run(command, cwd=here, capture_output=True, encoding="utf-8", check=True, timeout=10)
    return done.stdout.strip()
