"""Charts as PNG files: the drawings of the page, in its colours for light, beside each other on white."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import vl_convert
from markupsafe import Markup
from PIL import Image

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.marks import SAMPLE, sample, text, width_of
from conbal_tf.reporting.charts.style import charts_style
from conbal_tf.reporting.markup import tag
from conbal_tf.run_folder.whole_file import write_whole

MARGIN, GAP = 16.0, 28.0
HEADING, KEYS, TITLE = 20.0, 18.0, 28.0
"""Heights of a line of each, in pixels."""
SCALE, LARGEST = 2.0, 2400
"""Pixels of the file for one of a chart, but no side is longer than the second."""
LARGER = 1.2
"""Letters of a title, beside those that `width_of` makes room for."""
# Liberation Sans comes with the library that draws: a machine without fonts gets its texts, too, and all get the same.
FONT = "Liberation Sans, system-ui, sans-serif"


def write_png(path: Path, charts: Mapping[str, Sequence[Chart]], columns: int = 3) -> None:
    """Writes charts as one picture, under titles.

    Args:
        path: the file, in a folder that is there; until it is whole, what was there before stays.
        charts: title, which may be empty, to the charts below it.
        columns: so many of them stand side by side.

    Raises:
        OSError: It cannot be written.
    """
    picture = sheet(charts, columns)
    scale = min(SCALE, LARGEST / max(picture.width, picture.height))
    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(str(picture.drawn), scale=scale)))
    content = io.BytesIO()
    drawn.convert("RGB").save(content, "PNG")  # nothing in it is transparent, and it packs to a fifth
    write_whole(path, content.getbuffer())


def sheet(charts: Mapping[str, Sequence[Chart]], columns: int = 3) -> Chart:
    """Returns the picture as a chart whose drawing is SVG that stands for itself; arguments as for `write_png`."""
    drawn, width, y = [], 0.0, MARGIN
    # A column is as wide as its widest chart, under all titles.
    widths = [
        max((_width(its) for shown in charts.values() for its in shown[at::columns]), default=0)
        for at in range(columns)
    ]
    for title, shown in charts.items():
        if title:
            drawn.append(text(MARGIN, y + 16, title, "title"))
            width, y = max(width, LARGER * width_of(title)), y + TITLE
        for start in range(0, len(shown), columns):
            row, x = shown[start : start + columns], MARGIN
            above = max(map(_above, row))
            for chart, column in zip(row, widths, strict=False):
                drawn.append(_placed(chart, x, y, above))
                x += column + GAP
            width, y = max(width, x - GAP - MARGIN), y + above + max(chart.height for chart in row) + GAP
    width, height = round(width + 2 * MARGIN), round(y - GAP + MARGIN)
    ground = tag("rect", width="100%", height="100%", fill="#ffffff")
    style = tag("style", Markup(charts_style(names=False)))
    size = {"width": width, "height": height, "font_family": FONT}
    svg = tag("svg", style, ground, *drawn, xmlns="http://www.w3.org/2000/svg", **size)
    told = "; ".join(chart.title for shown in charts.values() for chart in shown)
    return Chart(told, "", width, height, svg)


def _placed(chart: Chart, x: float, y: float, above: float) -> Markup:
    """Returns a chart with its heading and keys, in a row in which they take so much room above."""
    drawn = [text(0, 14, chart.heading, "name heading")] if chart.heading else []
    down = HEADING * bool(chart.heading)
    for row in _rows_of_keys(chart):
        right = 0.0
        for key in row:
            drawn += [sample(key, right, down + 8), text(right + SAMPLE, down + 12, key.label, "tick")]
            right += _width_of_key(key)
        down += KEYS
    placed = tag("g", chart.drawn, transform=f"translate(0 {above:g})", class_=chart.kind)
    return tag("g", *drawn, placed, transform=f"translate({x:g} {y:g})")


def _width(chart: Chart) -> float:
    keys = (sum(map(_width_of_key, row)) for row in _rows_of_keys(chart))
    return max(chart.width, width_of(chart.heading), *keys, 0)


def _above(chart: Chart) -> float:
    return HEADING * bool(chart.heading) + KEYS * len(list(_rows_of_keys(chart)))


def _rows_of_keys(chart: Chart) -> Iterable[list[Key]]:
    """Yields the keys in rows as wide as the chart."""
    row: list[Key] = []
    for key in chart.keys:
        if row and sum(map(_width_of_key, [*row, key])) > chart.width:
            yield row
            row = []
        row.append(key)
    if row:
        yield row


def _width_of_key(key: Key) -> float:
    return SAMPLE + width_of(key.label) + 14
