"""Drawings, read back: what tests ask of a chart."""

import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from markupsafe import Markup
from PIL import Image, ImageFont

from conbal_tf.reporting.charts.chart import Chart

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def elements(chart: Chart | Markup, kind: str, class_: str = "") -> list[ElementTree.Element]:
    """Returns the elements of a kind that have a class, in the order in which they are drawn."""
    root = ElementTree.fromstring(chart.svg if isinstance(chart, Chart) else chart)
    found = (one for one in root.iter() if one.tag.rpartition("}")[2] == kind)
    return [one for one in found if set(class_.split()) <= set((one.get("class") or "").split())]


def texts(chart: Chart | Markup, class_: str = "") -> list[str]:
    """Returns the texts of a class."""
    return ["".join(one.itertext()) for one in elements(chart, "text", class_)]


def numbers(chart: Chart, kind: str, name: str, class_: str = "") -> list[float]:
    """Returns an attribute of the elements of a kind."""
    return [float(one.get(name) or "nan") for one in elements(chart, kind, class_)]


def text_boxes(chart: Chart) -> Iterator[tuple[str, Box]]:
    """Yields each text with the place that it takes in the font of PNG files, or one a little wider."""
    for one in elements(chart, "text"):
        content = "".join(one.itertext())
        size = 15 if "count" in (one.get("class") or "") else 12.5
        font = ImageFont.load_default(size)
        width = 1.06 * font.getlength(content)
        x, y = float(one.get("x") or 0), float(one.get("y") or 0)
        left = x - width * {"middle": 0.5, "end": 1.0}.get(one.get("text-anchor") or "", 0.0)
        if one.get("transform"):
            yield content, (x - 0.75 * size, y - width, x + 0.2 * size, y)
        else:
            yield content, (left, y - 0.75 * size, left + width, y + 0.2 * size)


def assert_no_text_is_cut_off_or_covered(chart: Chart) -> None:
    """Checks every text against the edges of the drawing and against the other texts."""
    boxes = list(text_boxes(chart))
    assert len(boxes) > 5
    for content, (left, top, right, bottom) in boxes:
        assert left >= -1, content
        assert right <= chart.width + 1, content
        assert top >= -1, content
        assert bottom <= chart.height + 1, content
    for at, (content, box) in enumerate(boxes):
        for other, another in boxes[at + 1 :]:
            apart = box[2] <= another[0] or another[2] <= box[0] or box[3] <= another[1] or another[3] <= box[1]
            assert apart, (content, other)


def pixels(path: Path) -> np.ndarray:
    """Returns a picture [(height, width, 3) uint8], having found that something is drawn on it."""
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        assert picture.mode == "RGB"
        drawn = np.asarray(picture)
    assert drawn.std() > 3
    return drawn
