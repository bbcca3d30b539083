"""Which files a run folder has, and what is said where one is missing."""

from pathlib import Path

from conbal_tf.run_folder.lock import contents

FILES = ("metrics.json", "history.csv", "environment.json", "settings.toml", "finished.json")


def file_of(run: Path, name: str) -> Path:
    """Returns the path of a file of a finished run.

    Args:
        run: its folder.
        name: of the file.

    Raises:
        FileNotFoundError: If it is not there; it says what is there instead.
    """
    path = run / name
    if not path.is_file():
        entries = sorted(entry.name for entry in contents(run)) if run.is_dir() else []
        found = f"a folder with {', '.join(entries) or 'nothing in it'}" if run.is_dir() else "a path that is no folder"
        raise FileNotFoundError(
            f"No {name} in {run}: received {found}. A finished run has {', '.join(FILES)}; "
            f"finish it with: python -m conbal_tf.train --config {run / 'settings.toml'} --run {run}"
        )
    return path
