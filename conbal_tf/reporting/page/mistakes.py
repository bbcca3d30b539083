"""The section of the worst mistakes: what was seen, what was said, where the network looked, and what it resembles."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from conbal_tf.reporting.page.pictures import SMALL_SIDE, data_url, with_heat
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import number, of, share

OPEN = 3
"""Mistakes of a class that are shown unasked."""
NEEDED = ("mistake_ids", "mistake_images")
NEIGHBOURS = ("neighbour_ids", "neighbour_labels", "neighbour_similarity", "neighbour_images")

Picture = tuple[str, str, str]
"""A data URL, what is seen on it, and what stands below it."""


def mistakes(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the mistakes of each class of which the network was surest."""
    there, lacking = split_by(runs, lambda run: run.answers is not None and _has_mistakes(run))
    sentences = [(run.title, _sentence(run)) for run in there]
    return {
        "galleries": [(run, _of_run(run)) for run in there],
        "open": OPEN,
        "lacking": lacking,
        "sentences": sentences,
    }


def _has_mistakes(run: PageRun) -> bool:
    return run.explanations is not None and all(name in run.explanations for name in NEEDED)


def _of_run(run: PageRun) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Returns each class that has mistakes, how many images of it are wrong, and its mistakes."""
    shown, rows = [], _rows(run)
    for name in run.classes:
        cards = [_card(run, place, row) for place, row in rows.items() if _label(run, row) == name]
        hits, total = run.found(name)
        if cards:
            shown.append((name, of(total - hits, total), cards))
    return shown


def _rows(run: PageRun) -> dict[int, int]:
    """Returns the place of each mistake in explanations.npz -> its row in the answers, surest first."""
    assert run.answers is not None and run.explanations is not None
    row_of = {identity: row for row, identity in enumerate(run.ids)}
    ids = run.explanations["mistake_ids"].astype(str)
    rows = {place: row_of[identity] for place, identity in enumerate(ids) if identity in row_of}
    return dict(sorted(rows.items(), key=lambda item: -run.answers.probabilities[item[1]].max()))  # type: ignore[union-attr]


def _label(run: PageRun, row: int) -> str:
    assert run.answers is not None
    return run.class_names[run.answers.labels[row]]


def _card(run: PageRun, place: int, row: int) -> dict[str, Any]:
    assert run.answers is not None and run.explanations is not None
    true, predicted = _label(run, row), run.class_names[run.answers.predicted[row]]
    chances, identity = run.answers.probabilities[row], str(run.ids[row])
    image = run.explanations["mistake_images"][place]
    views = [(data_url(image), f"Test image {identity}", "image")]
    for key, name in (("heat_predicted", predicted), ("heat_true", true)):
        if key in run.explanations:
            heat = with_heat(image, run.explanations[key][place])
            views.append((data_url(heat), f"What speaks for {name} in {identity}", f"for {name}"))
    return {
        "said": f"{predicted} {share(chances.max())}",
        "truth": f"true {true} {share(chances[run.answers.labels[row]])}",
        "views": views,
        "near": _neighbours(run.explanations, place),
        "id": identity,
    }


def _neighbours(explanations: Mapping[str, np.ndarray], place: int) -> list[Picture]:
    if not all(name in explanations for name in NEIGHBOURS):
        return []
    nearest = zip(*(explanations[name][place] for name in NEIGHBOURS), strict=True)
    return [
        (data_url(image, SMALL_SIDE), f"Training image {identity}, {label}", f"{label} {number(float(similarity), 2)}")
        for identity, label, similarity, image in nearest
    ]


def _sentence(run: PageRun) -> str:
    """Says how many of the worst mistakes have a training image of the wrong class nearest to them."""
    assert run.answers is not None and run.explanations is not None
    rows = _rows(run)
    surest = max((float(run.answers.probabilities[row].max()) for row in rows.values()), default=0.0)
    text = f"the surest mistake has a probability of {number(surest, 2)}."
    if not rows or "neighbour_labels" not in run.explanations:
        return text
    nearest = run.explanations["neighbour_labels"][:, 0].astype(str)
    true = sum(nearest[place] == _label(run, row) for place, row in rows.items())
    return (
        f"{text} For {of(int(true), len(rows))} of the mistakes shown, the nearest training image is of the true class."
    )
