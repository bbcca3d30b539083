"""A test that hangs is ended, and named."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SLOWEST

ROOT = Path(__file__).resolve().parents[1]
HANGING = "import threading\n\ndef test_that_waits_for_nothing():\n    threading.Event().wait()\n"


def test_hanging_test_is_ended_and_named(tmp_path: Path) -> None:
    (tmp_path / "test_hanging.py").write_text(HANGING, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-o", "timeout=1", "-q"]
    options = ["--rootdir", str(tmp_path), "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Timeout" in done.stdout + done.stderr and "test_that_waits_for_nothing" in done.stdout + done.stderr


@pytest.mark.slow
def test_slow_test_has_an_hour(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("timeout").args == (SLOWEST,)
