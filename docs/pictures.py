"""Makes the pictures of the pages anew: `python -m docs.pictures` follows docs/first_steps.md and looks at it.

It needs what requirements-dev.txt installs and Chromium, and takes as long as the page says.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from docs.blocks import ROOT, follow
from docs.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = ROOT / "docs" / "pictures"
RUN = Path("runs/cells/grouped-contrastive-balanced-seed0")
WIDTH = 1100  # of the window, in pixels


def main() -> None:
    """Follows the page in a temporary folder, and writes docs/pictures/."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        print(follow((ROOT / "docs" / "first_steps.md").read_text("utf-8"), home))
        take(home)


def take(home: Path) -> None:
    """Takes the pictures of a folder in which somebody has followed the page."""
    _contact_sheet(home / "cells").quantize(256).save(PICTURES / "cells.png", optimize=True)
    with _window() as window:
        window.goto((home / "audit_cells" / "audit.html").as_uri())
        _photograph(window, "audit.png", 480, 800)
        window.goto((home / RUN / "report.html").as_uri())
        _photograph(window, "page.png", 0, 900)
        _photograph(window, "mistakes.png", _top_of(window, "#worst-mistakes"), 640, left=240)
        _overview(window).quantize(256).save(PICTURES / "overview.png", optimize=True)


def _top_of(window: "Page", place: str) -> float:
    """Returns where a part of the page begins, in pixels from its top."""
    box = window.locator(place).bounding_box()
    return box["y"] if box else 0.0


def _contact_sheet(cells: Path, columns: int = 12, side: int = 66) -> Image.Image:
    """Returns the first cells of each class, a row each."""
    kinds = ("round", "oval", "lobed")
    sheet = Image.new("RGB", (columns * side, len(kinds) * side), "white")
    for row, kind in enumerate(kinds):
        for column in range(columns):
            sheet.paste(Image.open(cells / kind / f"{kind}_{column:03}.png"), (column * side, row * side))
    return sheet


def _overview(window: "Page", width: int = 560, height: int = 460) -> Image.Image:
    """Returns four parts of the page, made small, two by two."""
    parts = ("#at-a-glance", "#f1-by-class", "#map-of-the-test-images", "#worst-mistakes")
    sheet = Image.new("RGB", (2 * width, 2 * height), "white")
    for place, part in enumerate(parts):
        cut = _part(window, _top_of(window, part), 2 * height, left=240)
        small = cut.resize((width - 20, round(cut.height * (width - 20) / cut.width))).crop((0, 0, width - 20, height))
        sheet.paste(small, (place % 2 * width + 10, place // 2 * height))
    return sheet


def _photograph(window: "Page", name: str, top: float, height: float, left: float = 0) -> None:
    """Writes a part of the page that is open; 256 colours, which keeps a repository small."""
    _part(window, top, height, left).quantize(256).save(PICTURES / name, optimize=True)


def _part(window: "Page", top: float, height: float, left: float = 0) -> Image.Image:
    clip = {"x": left, "y": top, "width": WIDTH - left, "height": height}
    shot = window.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]
    return Image.open(io.BytesIO(shot)).convert("RGB")


@contextmanager
def _window() -> "Iterator[Page]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": WIDTH, "height": 900})
        browser.close()


if __name__ == "__main__":
    main()
