"""A whole run and another one on the same test images, written once; a browser, where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conbal_tf.settings.schema import Settings
from tests.reporting.page.whole_runs import write_audit, write_whole_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session")
def whole_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Returns the folders of two runs with every file that a page reads, of the same test images; not to be changed."""
    home = tmp_path_factory.mktemp("pages")
    write_audit(home / "records" / "digits")
    first = Settings(records=home / "records")
    second = Settings(records=home / "records", method="cross_entropy", sampling="original")
    return write_whole_run(home / "first", settings=first), write_whole_run(home / "second", settings=second, skill=1.0)


@pytest.fixture
def whole_run(whole_runs: tuple[Path, Path], tmp_path: Path) -> Path:
    """Returns a copy of the first of them, to be changed."""
    return Path(shutil.copytree(whole_runs[0], tmp_path / "run"))


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Yields a browser without a screen; skips the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    place = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if place is None:
        pytest.skip("needs Chromium: install it (on Debian: apt-get install chromium), or name it in CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=place, args=list(FLAGS))
        yield browser
        browser.close()
