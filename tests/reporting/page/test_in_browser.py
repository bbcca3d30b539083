"""The page in Chromium: it draws without an error or a request, and works by pointer, by keyboard and on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conbal_tf.reporting.page.document import SECTIONS, page
from conbal_tf.reporting.words import slug
from tests.reporting.page.page_checks import CONTRASTS, DOT, FAULTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def files(whole_runs: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Returns number of runs -> the file of their page."""
    home = tmp_path_factory.mktemp("html")
    pages = {count: page(whole_runs[:count]) for count in (1, 2)}
    for count, text in pages.items():
        (home / f"{count}.html").write_text(text, encoding="utf-8")
    return {count: home / f"{count}.html" for count in pages}


@pytest.fixture
def tab(browser: "Browser") -> "Iterator[Page]":
    """Yields an empty tab; afterwards, nothing was asked for and nothing went wrong in it."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    told: list[Any] = []
    tab.on("console", lambda message: told.append(message.text))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.on("request", lambda asked: told.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    yield tab
    tab.close()
    assert told == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 2])
def test_every_section_is_seen_and_nothing_is_wider_than_the_screen(
    tab: "Page", files: dict[int, Path], count: int, width: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 844})
    tab.goto(files[count].as_uri())
    for name in SECTIONS:
        box = tab.locator(f"#{slug(name)}").bounding_box()
        assert box is not None
        assert box["height"] > 100
        assert box["width"] > 0.6 * width
    tab.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true })")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    # The samples of colours in keys stay small where charts grow.
    samples = tab.evaluate("[...document.querySelectorAll('.swatch')].map((one) => one.getBoundingClientRect().width)")
    assert 0 < max(samples) <= 20


@pytest.mark.parametrize("count", [1, 2])
def test_page_has_no_fault_that_a_screen_reader_would_meet(tab: "Page", files: dict[int, Path], count: int) -> None:
    tab.goto(files[count].as_uri())
    assert tab.evaluate(FAULTS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_a_contrast_of_4_5(tab: "Page", files: dict[int, Path], scheme: Any) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.goto(files[2].as_uri())
    found = tab.evaluate(CONTRASTS)
    assert len(found) > 300
    assert [one for one in found if one[0] < 4.5] == []


def test_text_of_charts_is_text_and_each_chart_can_be_read_as_numbers(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[1].as_uri())
    for section, words in (("f1-by-class", "dermato"), ("confusions", "MEL"), ("reliability", "share that is right")):
        assert tab.locator(f"#{section} svg text", has_text=words).first.is_visible()
        assert tab.locator(f"#{section} table").count() >= 1
    without = "[...document.querySelectorAll('main svg[role=img]')].filter((one) => !one.closest('.strip'))"
    assert tab.evaluate(f"{without}.filter((one) => !one.querySelector('text')).length") == 0


def test_image_is_shown_under_the_pointer(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[1].as_uri())
    tab.locator("#map-0-canvas").scroll_into_view_if_needed()
    # The last drawn lies on top of others, so the nearest dot may be another one: its neighbours are near, too.
    dot = tab.evaluate(DOT, 190)
    tab.mouse.move(dot["x"], dot["y"])
    detail = tab.locator("#map-0-detail")
    detail.locator("canvas[data-drawn]").wait_for()
    assert dot["id"] in detail.inner_text()
    assert re.search(r"predicted .*\d+ %", detail.inner_text())
    drawn = "canvas => canvas.getContext('2d').getImageData(99, 99, 1, 1).data[3]"
    assert detail.locator("canvas").evaluate(drawn) == 255


def test_map_is_walked_through_by_arrow_keys(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[1].as_uri())
    canvas, detail = tab.locator("#map-0-canvas"), tab.locator("#map-0-detail")
    canvas.focus()
    shown = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "End", "Home"):
        tab.keyboard.press(key)
        detail.locator("canvas[data-drawn]").wait_for()
        shown.append(detail.inner_text())
    assert "wrong" in shown[0]
    assert "true NV" in shown[0]
    assert shown[0] == shown[2] == shown[4] == shown[6]
    assert shown[1] != shown[0]
    assert "true MEL" in shown[3]
    assert "true dermato fibroma" in shown[5]
    tab.keyboard.press("Escape")
    assert "Point at a dot" in detail.inner_text()


def test_buttons_hide_and_show_classes_and_answers_by_keyboard(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[1].as_uri())
    buttons = tab.locator("#map-0-filters button")
    assert [buttons.nth(place).inner_text().split(" ")[0] for place in (0, -2, -1)] == ["NV", "✕\nwrong", "show"]
    buttons.nth(0).focus()
    tab.keyboard.press("Enter")
    assert buttons.nth(0).get_attribute("aria-pressed") == "false"
    tab.locator("#map-0-canvas").focus()
    tab.keyboard.press("ArrowRight")
    assert "true MEL" in tab.locator("#map-0-detail").inner_text()
    buttons.nth(-2).press("Space")
    assert "Point at a dot" in tab.locator("#map-0-detail").inner_text()
    tab.locator("#map-0-canvas").press("ArrowRight")
    assert "right" in tab.locator("#map-0-detail").inner_text()
    buttons.nth(-1).press("Enter")
    assert tab.locator("#map-0-filters [aria-pressed=false]").count() == 0


def test_first_stop_of_the_keyboard_skips_the_contents_and_focus_is_seen(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[1].as_uri())
    tab.keyboard.press("Tab")
    skip = tab.locator(".skip")
    assert skip.evaluate("node => node === document.activeElement")
    assert (skip.bounding_box() or {"x": -1})["x"] >= 0
    assert skip.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.locator("#map-0-canvas").focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_print_leaves_out_what_is_for_clicking(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[1].as_uri())
    tab.emulate_media(media="print", color_scheme="dark")
    assert not tab.locator("nav").is_visible()
    assert not tab.locator("#map-0-filters").is_visible()
    assert tab.locator("#map-0-canvas").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_names_that_are_markup_make_no_elements(tab: "Page", files: dict[int, Path]) -> None:
    tab.goto(files[2].as_uri())
    assert (
        tab.evaluate("[...document.querySelectorAll('b, i')].filter((node) => node.textContent === '\"x\"&\\'').length")
        == 0
    )
    assert tab.locator("#map-0-filters").inner_text().count('<b>"x"&\'</b>') == 1
