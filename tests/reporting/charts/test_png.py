"""Tests of charts as PNG files: the drawings of the page in its colours, and their texts on any machine."""

import re
from pathlib import Path

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame
from conbal_tf.reporting.charts.marks import rectangle, text
from conbal_tf.reporting.charts.png import LARGEST, sheet, write_png
from conbal_tf.reporting.charts.style import charts_style
from tests.reporting.charts.drawings import pixels, texts


def chart(width: float = 100, words: str = "", keys: tuple[Key, ...] = (), heading: str = "") -> Chart:
    """Returns a chart with a square of the second series in it."""
    drawn = [rectangle(20, 20, 40, 40, "bar s1"), text(5, 90, words)]
    return Frame(width, 100).chart("title", "described", drawn, keys=keys, heading=heading)


def test_drawing_has_the_colours_of_the_page_for_light(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", {"": [chart()]})
    drawn = pixels(tmp_path / "a.png")
    assert drawn.shape == (264, 264, 3)  # a margin of 16 to each side, twice as large as on the page
    square = (drawn == (0xD5, 0x5E, 0)).all(axis=2)
    assert square.sum() == 80 * 80
    assert (drawn[0] == 255).all()


def test_text_is_drawn_whatever_fonts_the_machine_has(tmp_path: Path) -> None:
    write_png(tmp_path / "without.png", {"": [chart()]})
    write_png(tmp_path / "with.png", {"": [chart(words="Names, 0–1")]})
    without, with_words = ((pixels(tmp_path / name) < 100).all(axis=2) for name in ("without.png", "with.png"))
    assert not without.any()
    assert with_words.sum() > 100


def test_title_heading_and_keys_stand_above_the_charts_and_columns_are_aligned() -> None:
    keys = (Key(0, "one of many words"), Key(1, "another of many", line="dashed", mark=True))
    picture = sheet({"First": [chart(heading="left"), chart(heading="right", keys=keys)], "Second": [chart(300)]}, 2)
    assert texts(picture.drawn, "title") == ["First", "Second"]
    assert texts(picture.drawn, "heading") == ["left", "right"]
    assert texts(picture.drawn, "tick") == [key.label for key in keys]
    rows = [tuple(map(float, place)) for place in re.findall(r"translate\(([\d.]+) ([\d.]+)\)", picture.drawn)]
    (left, above), _, (right, also_above), _, (below, far_below), _ = rows
    assert left == below
    assert above == also_above
    assert right > left + 300
    assert far_below > above + 100
    assert picture.height > far_below + 100


def test_large_picture_is_made_smaller(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", {"": [chart(5000)]})
    assert pixels(tmp_path / "a.png").shape[1] == LARGEST


def test_same_charts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write_png(tmp_path / name, {"Title": [chart(words="x")]})
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_names_that_are_markup_are_text(tmp_path: Path) -> None:
    nasty = '<b>"x"&\'</b>'
    picture = sheet({nasty: [chart(words=nasty, heading=nasty, keys=(Key(0, nasty),))]})
    assert texts(picture.drawn).count(nasty) == 4
    write_png(tmp_path / "a.png", {nasty: [chart(words=nasty)]})
    assert pixels(tmp_path / "a.png").shape[0] > 264


def test_style_of_files_has_no_name_left_and_that_of_the_page_all_of_them() -> None:
    assert "var(" not in charts_style(names=False)
    assert set(re.findall(r"var(\(--\w+\))", charts_style())) <= {f"(--{name})" for name in _names(charts_style())}


def _names(style: str) -> set[str]:
    return set(re.findall(r"--(\w+):", style))
