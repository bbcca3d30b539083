"""The section of the confusions: what each class is taken for, shaded by the share of its images."""

from collections.abc import Sequence

import numpy as np

from conbal_tf.reporting.page.markup import Html, join, note, scroller, tag
from conbal_tf.reporting.page.pieces import found, said
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.words import number, of, share

PAPER, INK = (255, 255, 255), (0, 62, 116)
"""Colours of none and all of a class's images."""
RIGHT = (0, 84, 62)
"""Of all on the diagonal: mistakes are blue and what is right green, of the same lightness."""


def confusion(runs: Sequence[PageRun]) -> Html:
    """Returns the matrix of each run."""
    blocks = [tag("div", *([tag("h3", run.title)] if len(runs) > 1 else []), _matrix(run)) for run in runs]
    return join(
        [
            said(runs, {run.title: _sentence(run) for run in runs}),
            tag("div", *blocks, class_="matrices several" if len(runs) > 1 else "matrices"),
            note(
                "Rows: the true class; columns: the predicted one. Shade and per cent: the share of the row; the "
                "diagonal, green, is what is right."
            ),
        ]
    )


def _matrix(run: PageRun) -> Html:
    order = [run.class_names.index(name) for name in run.classes]
    counts = np.array(run.metrics["confusion_matrix"])[np.ix_(order, order)]
    rows = []
    for place, name in enumerate(run.classes):
        total = int(counts[place].sum())
        cells = [_cell(int(count), total, column == place) for column, count in enumerate(counts[place])]
        rows.append(tag("tr", tag("th", name, tag("small", f"{total:,}"), scope="row"), *cells))
    head = tag(
        "tr", tag("td", "true ↓ predicted →", class_="corner"), *(tag("th", name, scope="col") for name in run.classes)
    )
    caption = f"Confusion matrix of the test part: {run.title}"
    inner = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows), class_="matrix")
    return scroller(inner, caption)


def _cell(count: int, total: int, right: bool) -> Html:
    part = count / total if total else 0.0
    ground = mixed(part, RIGHT if right else INK)
    style = (
        f"background:#{''.join(f'{value:02x}' for value in ground)};color:{'#000' if _dark_text(ground) else '#fff'}"
    )
    inner = (f"{count:,}", tag("small", share(part))) if count else ("0",)
    return tag("td", *inner, style=style, class_=None if count else "none")


def mixed(part: float, ink: tuple[int, int, int]) -> tuple[int, int, int]:
    """Returns the colour of a share, from paper to ink; little is visible, too.

    >>> mixed(0, INK), mixed(1, INK)
    ((255, 255, 255), (0, 62, 116))
    """
    red, green, blue = (round(a + (b - a) * part**0.75) for a, b in zip(PAPER, ink, strict=True))
    return red, green, blue


def _dark_text(ground: tuple[int, int, int]) -> bool:
    """Returns whether black has more contrast on a colour than white (WCAG 2, relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in ground)]
    return bool(np.dot(linear, (0.2126, 0.7152, 0.0722)) > 0.179)


def _sentence(run: PageRun) -> str:
    """Names the confusion that takes the largest share of a class, and the one with most images."""
    counts = np.array(run.metrics["confusion_matrix"], float)
    np.fill_diagonal(counts, 0)
    if not counts.any():
        return "No test image is confused."
    totals = np.maximum(1, np.array(run.metrics["confusion_matrix"]).sum(axis=1, keepdims=True))
    true, predicted = np.unravel_index((counts / totals).argmax(), counts.shape)
    most_true, most_predicted = np.unravel_index(counts.argmax(), counts.shape)
    names = run.class_names
    text = (
        f"{names[true]} suffers most: {share(counts[true, predicted] / totals[true, 0])} of it "
        f"({of(int(counts[true, predicted]), int(totals[true, 0]))}) is taken for {names[predicted]}, "
        f"and {share(found(run, names[true])[0] / totals[true, 0])} is recognised."
    )
    if (true, predicted) == (most_true, most_predicted):
        return text
    return (
        f"{text} Most mistakes are {names[most_true]} taken for {names[most_predicted]}: "
        f"{number(counts[most_true, most_predicted], 0)} images."
    )
