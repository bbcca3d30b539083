"""A table of digits that a stub trains."""

from pathlib import Path

import pytest

from conbal_tf.settings.load import CONFIGS

ROOT = Path(__file__).resolve().parents[1]


def stub_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns flags of a table of digits whose records seem to be there; the stub can be run."""
    version = tmp_path / "records" / "digits" / "px16" / "3.0.0"
    version.mkdir(parents=True)
    for name in ("dataset_info.json", "features.json"):
        (version / name).touch()
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("STUB_CALLS", str(tmp_path / "calls.txt"))
    shared = ["--config", str(CONFIGS / "digits.toml"), "--records", str(tmp_path / "records")]
    return ["digits", "--seeds", "1", *shared, "--runs", str(tmp_path / "runs")]


def begun(tmp_path: Path) -> list[str]:
    """Returns the runs that the stub began, in their order."""
    calls = tmp_path / "calls.txt"
    return [line.split()[1] for line in calls.read_text().splitlines() if "begin" in line] if calls.exists() else []
