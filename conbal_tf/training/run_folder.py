"""A run's folder: begun, continued, refused or found finished; where it ran. Imports no TensorFlow."""

import json
import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from conbal_tf.settings.load import read_settings
from conbal_tf.settings.save import differences, to_toml
from conbal_tf.settings.schema import Settings

PACKAGES = ("tensorflow", "keras", "tensorflow-datasets", "numpy", "pandas", "scikit-learn")
FINISHED = "finished.json"


def begin(run: Path, settings: Settings, *, overwrite: bool = False) -> bool:
    """Makes the run folder, or finds the one to continue.

    Args:
        run: the folder.
        settings: of the run that is wanted.
        overwrite: removes what an earlier run left there.

    Returns:
        Whether the run is finished already.

    Raises:
        ValueError: The folder holds a run with other settings, or something that is no run.
    """
    stated = run / "settings.toml"
    if overwrite and stated.exists():
        shutil.rmtree(run)
    # Until a stage has begun nothing is lost: a command that was refused must not stand in its correction's way.
    if stated.exists() and not (run / "logs").exists():
        write_whole(stated, to_toml(settings))
    elif stated.exists():
        others = differences(read_settings(stated), settings)
        if others:
            raise ValueError(
                f"{run} holds a run with other settings: {'; '.join(others)}. "
                "Give this one another folder with --run, or replace that one with --overwrite."
            )
    elif run.exists() and (not run.is_dir() or any(run.iterdir())):
        raise ValueError(f"{run} exists and is no run folder (it has no settings.toml). Choose another with --run.")
    else:
        run.mkdir(parents=True, exist_ok=True)
        write_whole(stated, to_toml(settings))
    return (run / FINISHED).exists()


def finish(run: Path, *, seconds: float) -> None:
    """Marks the run as finished, with the time that the last call of the command took."""
    write_whole(run / FINISHED, json.dumps({"seconds": round(seconds, 1)}) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Writes a text file that appears under its name only when it is whole."""
    unfinished = path.with_name(f"unfinished_{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def write_environment(run: Path, dataset: dict[str, str], *, replicas: int, gpus: list[str]) -> None:
    """Writes environment.json: versions, hardware, commit, and the data set's fingerprint.

    Args:
        run: the run folder.
        dataset: what the records say of themselves.
        replicas: how many train.
        gpus: names of the visible GPUs.
    """
    facts = {
        "python": platform.python_version(),
        "packages": {package: version(package) for package in PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "gpus": gpus,
        "replicas": replicas,
        "commit": _commit(),
        "dataset": dataset,
    }
    write_whole(run / "environment.json", json.dumps(facts, indent=2) + "\n")


def write_history(run: Path) -> None:
    """Joins the stages' CSV logs into history.csv, with the columns `stage`, `epoch` and what Keras logged."""
    import pandas as pd  # here, since `--help` does without it

    logs = sorted((run / "logs").glob("*.csv"), key=lambda log: log.stat().st_mtime)
    tables = [pd.read_csv(log).assign(stage=log.stem) for log in logs]
    # A stage that went on after a crash may have logged an epoch twice.
    history = pd.concat(tables, ignore_index=True).drop_duplicates(["stage", "epoch"], keep="last")
    columns = ["stage", "epoch", *(name for name in history.columns if name not in ("stage", "epoch"))]
    write_whole(run / "history.csv", history[columns].to_csv(index=False))


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
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
