"""The built site: no warning, no request to elsewhere, no link that leads nowhere, no page that cannot be reached."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.pages import PAGES, ROOT

pytestmark = pytest.mark.slow

# What a browser fetches by itself, as opposed to what a reader may click on.
FETCHED = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("source", "src"),
    ("iframe", "src"),
    ("object", "data"),
}


class Outline(HTMLParser):
    """What a page fetches, where it leads, and which places in it have a name."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes one element."""
        for name, value in attrs:
            if (tag, name) in FETCHED:
                self.fetched.append(value or "")
            elif (tag, name) == ("a", "href"):
                self.links.append(value or "")
            elif name == "id":
                self.names.add(value or "")


def aim(page: Path, link: str) -> Path | None:
    """Returns the file of the site that a link on a page leads to; None where it leads elsewhere."""
    address = urldefrag(link).url
    if "//" in address or address.startswith("mailto:"):
        return None
    return Path(os.path.normpath(page.parent / unquote(address))) if address else page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of the site, built as `make docs` builds it."""
    pytest.importorskip("sphinx", reason="needs what requirements-docs.txt installs")
    home = tmp_path_factory.mktemp("site")
    flags = ["-W", "--keep-going", "-q", "-d", str(home / "doctrees"), str(ROOT / "docs"), str(home / "html")]
    done = subprocess.run([sys.executable, "-m", "sphinx", *flags], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return home / "html"


@pytest.fixture(scope="module")
def outlines(site: Path) -> dict[Path, Outline]:
    """Returns the outline of every page."""
    return {page: Outline(page) for page in sorted(site.rglob("*.html"))}


def test_no_page_fetches_anything_from_elsewhere(site: Path, outlines: dict[Path, Outline]) -> None:
    fetched = {address for outline in outlines.values() for address in outline.fetched}
    assert fetched
    assert not [address for address in fetched if "//" in address]
    for style in site.rglob("*.css"):
        text = style.read_text("utf-8")
        assert "@import" not in text, style
        assert "url(http" not in text.replace('"', "").replace("'", ""), style


def test_every_link_leads_to_a_place_that_is_there(outlines: dict[Path, Outline]) -> None:
    for page, outline in outlines.items():
        for link in outline.links:
            target, name = aim(page, link), unquote(urldefrag(link).fragment)
            if target is None:
                continue
            assert target.exists(), f"{page.name}: {link}"
            assert not name or target not in outlines or name in outlines[target].names, f"{page.name}: {link}"


def test_every_page_is_reached_from_the_first(site: Path, outlines: dict[Path, Outline]) -> None:
    reached, ahead = set(), {site / "index.html"}
    while ahead:
        page = ahead.pop()
        reached.add(page)
        ahead |= {target for link in outlines[page].links if (target := aim(page, link)) in outlines} - reached
    pages = [site / Path(page).relative_to("docs").with_suffix(".html") for page in PAGES if page.startswith("docs/")]
    assert len(pages) > 20
    assert set(pages) <= reached
