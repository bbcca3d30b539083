"""Runs that a stub trains."""

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Returns a function from an event, `begin` or `end`, to the runs of which the stub noted it, in their order."""
    file = tmp_path / "calls.txt"
    monkeypatch.setenv("STUB_CALLS", str(file))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def noted(event: str) -> list[str]:
        lines = file.read_text().splitlines() if file.exists() else []
        return [line.split()[1] for line in lines if line.startswith(event)]

    return noted
