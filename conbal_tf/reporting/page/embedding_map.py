"""The section of the map: every test image where the network puts it, with the image under the pointer."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from conbal_tf.reporting.page.markup import Html, data_block, folded, join, note, table, tag
from conbal_tf.reporting.page.pictures import sprite_url
from conbal_tf.reporting.page.pieces import absent, found, said, split_by, taken_for
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.words import share

NEIGHBOURS = 10
NEEDED = ("test_ids", "map", "tile", "columns", "sprite")
HELP = (
    "Left and right arrow: image by image within a class, mistakes first. Up and down: the next class. Escape: none. "
    "The buttons show and hide."
)
FINE = 2000
"""Steps of a place on the map."""


def embedding_map(runs: Sequence[PageRun]) -> Html:
    """Returns a map of each run, to be walked through by pointer or keyboard; the thumbnails are shared."""
    there, lacking = split_by(runs, lambda run: run.answers is not None and _has_map(run))
    sheets: dict[str, str] = {}
    blocks: list[Html] = []
    for place, run in enumerate(there):
        assert run.explanations is not None
        content = run.explanations["sprite"].tobytes()
        sheet = f"sheet-{hashlib.sha256(content).hexdigest()[:12]}"
        sheets.setdefault(sheet, sprite_url(content))
        blocks += [*([tag("h3", run.title)] if len(runs) > 1 else []), *_map(run, place, sheet)]
    shown = [
        said(runs, {run.title: _sentence(run) for run in there}),
        *blocks,
        *(tag("script", Html(url), type="text/plain", id=sheet) for sheet, url in sheets.items()),
        note(
            "Dots are right, crosses wrong; the colour and the name are those of the true class. A t-SNE of the "
            "network's features: what lies together looks alike to it. Distances between heaps mean nothing."
        ),
    ]
    return join([*(shown if there else []), absent(lacking, "explanations.npz", "the map")])


def points(run: PageRun) -> dict[str, list]:
    """Returns the test images in the order of their thumbnails: place, true and predicted class, probability, id."""
    assert run.answers is not None and run.explanations is not None
    ids = run.explanations["test_ids"].astype(str)
    row_of = {identity: row for row, identity in enumerate(run.ids)}
    rows = np.array([row_of.get(identity, -1) for identity in ids], int)
    if (rows < 0).any():
        raise ValueError(
            f"The file {run.path / 'explanations.npz'} is not of these predictions: received {(rows < 0).sum()} test "
            "images that predictions.csv does not have. Allowed are the test images of the run; make it again: "
            f"{run.command('explanations.npz')}"
        )
    order = np.array([run.classes.index(name) for name in run.class_names])
    places = np.asarray(run.explanations["map"], float)
    low, high = places.min(axis=0), places.max(axis=0)
    fine = np.round(FINE * (places - low) / np.maximum(high - low, 1e-9)).astype(int)
    return {
        "x": fine[:, 0].tolist(),
        "y": fine[:, 1].tolist(),
        "label": order[run.answers.labels[rows]].tolist(),
        "predicted": order[run.answers.predicted[rows]].tolist(),
        "percent": np.round(100 * run.answers.probabilities[rows].max(axis=1)).astype(int).tolist(),
        "id": ids.tolist(),
    }


def _has_map(run: PageRun) -> bool:
    return run.explanations is not None and all(name in run.explanations for name in NEEDED)


def _map(run: PageRun, place: int, sheet: str) -> list[Html]:
    """Returns the map's parts; the script draws it from the values."""
    assert run.explanations is not None
    values: Mapping[str, object] = points(run) | {
        "classes": run.classes,
        "sheet": sheet,
        "tile": int(run.explanations["tile"]),
        "columns": int(run.explanations["columns"]),
        "fine": FINE,
    }
    identity = f"map-{place}"
    canvas = tag(
        "canvas", "The map needs a browser with scripts; the numbers stand in the table below.",
        id=f"{identity}-canvas", tabindex="0", role="application", aria_label=f"Map of the test images: {run.title}",
        aria_describedby=f"{identity}-help",
    )  # fmt: skip
    detail = tag(
        "div",
        tag("p", "Point at a dot, or press an arrow key."),
        class_="detail",
        id=f"{identity}-detail",
        aria_live="polite",
    )
    return [
        tag(
            "div",
            class_="filters",
            id=f"{identity}-filters",
            role="group",
            aria_label="Classes and answers that are shown",
        ),
        tag(
            "div", tag("div", canvas, class_="plane"), detail, class_="map", id=identity, data_map=f"{identity}-points"
        ),
        tag("p", HELP, class_="note", id=f"{identity}-help"),
        tag("noscript", tag("p", "The map needs a browser with scripts.", class_="note")),
        data_block(f"{identity}-points", values),
        _numbers(run),
    ]


def _numbers(run: PageRun) -> Html:
    rows = []
    for name in run.classes:
        (hits, total), wrong = found(run, name), taken_for(run, name)
        mostly = f"{wrong[0]} ({wrong[1]:,})" if wrong else "–"
        rows.append((name, f"{total:,}", f"{hits:,}", f"{total - hits:,}", mostly))
    head = ["class", "dots", "right", "wrong", "most often taken for"]
    return folded("Numbers", table(head, rows, f"Dots of the map: {run.title}", "numbers"))


def _sentence(run: PageRun) -> str:
    """Says how pure the surroundings of a class are on the map."""
    shown = points(run)
    places = np.column_stack([shown["x"], shown["y"]]).astype(float)
    labels = np.array(shown["label"])
    from sklearn.neighbors import NearestNeighbors  # here, since it takes a second that a page without a map need not

    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS + 1, len(places))).fit(places).kneighbors(places)[1][:, 1:]
    same = (labels[near] == labels[:, None]).mean(axis=1) if near.size else np.ones(len(labels))
    purity = {
        name: float(same[labels == number].mean())
        for number, name in enumerate(run.classes)
        if (labels == number).any()
    }
    best, worst = max(purity, key=lambda name: purity[name]), min(purity, key=lambda name: purity[name])
    return (
        f"of the {NEIGHBOURS} nearest dots around one of {best}, {share(purity[best])} are {best}, too; around "
        f"{worst}, the most scattered class, {share(purity[worst])}."
    )
