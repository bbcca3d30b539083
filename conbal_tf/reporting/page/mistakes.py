"""The section of the worst mistakes: what was seen, what was said, where the network looked, and what it resembles."""

from collections.abc import Mapping, Sequence

import numpy as np

from conbal_tf.reporting.page.markup import Html, folded, join, note, tag
from conbal_tf.reporting.page.pictures import SMALL_SIDE, data_url, with_heat
from conbal_tf.reporting.page.pieces import absent, found, said, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.words import number, of, share

OPEN = 3
"""Mistakes of a class that are shown unasked."""
NEEDED = ("mistake_ids", "mistake_images")
NEIGHBOURS = ("neighbour_ids", "neighbour_labels", "neighbour_similarity", "neighbour_images")


def mistakes(runs: Sequence[PageRun]) -> Html:
    """Returns the mistakes of each class of which the network was surest."""
    there, lacking = split_by(runs, lambda run: run.answers is not None and _has_mistakes(run))
    parts = [said(runs, {run.title: _sentence(run) for run in there})] if there else []
    for run in there:
        gallery = _of_run(run)
        parts.append(folded(f"Mistakes of {run.title}", gallery) if len(runs) > 1 else gallery)
    if there:
        parts.append(
            note(
                "Grad-CAM: light where the last convolution speaks for the class, dark where it does not; it shows "
                "where, not why. Nearest: training images whose features are most like those of the image, by cosine."
            )
        )
    return join([*parts, absent(lacking, "explanations.npz", "mistakes")])


def _has_mistakes(run: PageRun) -> bool:
    return run.explanations is not None and all(name in run.explanations for name in NEEDED)


def _of_run(run: PageRun) -> Html:
    assert run.explanations is not None
    shown = []
    rows = _rows(run)
    for name in run.classes:
        cards = [_card(run, place, row) for place, row in rows.items() if _label(run, row) == name]
        hits, total = found(run, name)
        if cards:
            more = len(cards) - OPEN
            rest = folded(f"{more} more of {name}", tag("div", *cards[OPEN:], class_="cards")) if more > 0 else Html("")
            shown += [
                tag(
                    "h3",
                    name,
                    tag("small", f" {of(total - hits, total)} wrong; the {len(cards)} of which it was surest"),
                ),
                tag("div", *cards[:OPEN], class_="cards"),
                rest,
            ]
    return join(shown)


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


def _card(run: PageRun, place: int, row: int) -> Html:
    assert run.answers is not None and run.explanations is not None
    true, predicted = _label(run, row), run.class_names[run.answers.predicted[row]]
    chances = run.answers.probabilities[row]
    said = tag(
        "p",
        tag("b", f"{predicted} {share(chances.max())}"),
        f" · true {true} {share(chances[run.answers.labels[row]])}",
    )
    identity = str(run.ids[row])
    image = run.explanations["mistake_images"][place]
    views = [_figure(data_url(image), f"Test image {identity}", "image")]
    for key, name in (("heat_predicted", predicted), ("heat_true", true)):
        if key in run.explanations:
            heat = with_heat(image, run.explanations[key][place])
            views.append(_figure(data_url(heat), f"What speaks for {name} in {identity}", f"for {name}"))
    return tag(
        "article",
        said,
        tag("div", *views, class_="views"),
        *_neighbours(run.explanations, place),
        tag("p", identity, class_="id"),
        class_="card",
    )


def _figure(url: str, alt: str, caption: str) -> Html:
    return tag("figure", tag("img", src=url, alt=alt, decoding="async"), tag("figcaption", caption))


def _neighbours(explanations: Mapping[str, np.ndarray], place: int) -> list[Html]:
    if not all(name in explanations for name in NEIGHBOURS):
        return []
    ids, labels, similarities, images = (explanations[name][place] for name in NEIGHBOURS)
    figures = [
        _figure(
            data_url(image, SMALL_SIDE),
            f"Training image {identity}, {label}",
            f"{label} {number(float(similarity), 2)}",
        )
        for identity, label, similarity, image in zip(ids, labels, similarities, images, strict=True)
    ]
    return [tag("p", "nearest in training", class_="what"), tag("div", *figures, class_="near")]


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
