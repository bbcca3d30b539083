"""The section of the map: every test image where the network puts it, with the image under the pointer."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from scipy.spatial import KDTree

from conbal_tf.reporting.page.pictures import sprite_url
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import NOTHING, share

NEIGHBOURS = 10
NEEDED = ("test_ids", "map", "tile", "columns", "sprite")
FINE = 2000
"""Steps of a place on the map."""


def embedding_map(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the map of each run, which the script draws from its values; the thumbnails are shared."""
    there, lacking = split_by(runs, lambda run: run.answers is not None and _has_map(run))
    sheets: dict[str, Markup] = {}
    maps = []
    for run in there:
        assert run.explanations is not None
        content = run.explanations["sprite"].tobytes()
        sheet = f"sheet-{hashlib.sha256(content).hexdigest()[:12]}"
        if sheet not in sheets:
            sheets[sheet] = Markup(sprite_url(content))
        values: dict[str, object] = points(run) | {"classes": run.classes, "sheet": sheet, "fine": FINE}
        values |= {name: int(run.explanations[name]) for name in ("tile", "columns")}
        maps.append((run, data_block(values), [_row(run, name) for name in run.classes]))
    sentences = [(run.title, _sentence(run)) for run in there]
    return {"maps": maps, "sheets": sheets, "lacking": lacking, "sentences": sentences}


def data_block(value: Any) -> Markup:
    """Returns values for the script as JSON that holds no markup whatever the texts in it say."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


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


def _row(run: PageRun, name: str) -> tuple[str, ...]:
    """Returns a class of the map in numbers."""
    (hits, total), wrong = run.found(name), run.taken_for(name)
    mostly = f"{wrong[0]} ({wrong[1]:,})" if wrong else NOTHING
    return name, f"{total:,}", f"{hits:,}", f"{total - hits:,}", mostly


def _sentence(run: PageRun) -> str:
    """Says how pure the surroundings of a class are on the map."""
    shown = points(run)
    places = np.column_stack([shown["x"], shown["y"]]).astype(float)
    labels = np.array(shown["label"])
    near = KDTree(places).query(places, min(NEIGHBOURS + 1, len(places)))[1].reshape(len(places), -1)[:, 1:]
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
