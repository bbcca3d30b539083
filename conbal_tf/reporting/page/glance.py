"""The top of the page: the few numbers and sentences that a reader would take away."""

from collections.abc import Sequence

from conbal_tf.reporting.page.data import leaking
from conbal_tf.reporting.page.markup import Html, join, tag
from conbal_tf.reporting.page.pieces import found, swatch, taken_for
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.words import interval, is_number, listed, number, of, share, spread, title_of

TILES = ("macro_f1", "balanced_accuracy", "accuracy")


def glance(runs: Sequence[PageRun]) -> Html:
    """Returns the numbers in large letters, of one run as tiles and of several as lines, and what is to be seen."""
    shown = (
        _tiles(runs[0])
        if len(runs) == 1
        else tag("div", *(_line(run, place) for place, run in enumerate(runs)), class_="ranks")
    )
    sentences = [*_rare(runs), *_weakest(runs), *_honest(runs)]
    return join([shown, tag("ul", *(tag("li", sentence) for sentence in sentences), class_="findings")])


def _tiles(run: PageRun) -> Html:
    tiles = [
        _tile(title_of(key), number(run.metrics[key]), spread(_ends(run, key)))
        for key in TILES
        if is_number(run.metrics.get(key))
    ]
    name = run.classes[-1]
    tiles.append(
        _tile(f"{name} found, the rarest class", share(_recall(run, name)), f"{of(*found(run, name))} test images")
    )
    return tag("div", *tiles, class_="tiles")


def _tile(title: str, value: str, below: str) -> Html:
    return tag("div", tag("span", title, class_="what"), tag("b", value), tag("small", below), class_="tile")


def _line(run: PageRun, place: int) -> Html:
    name = run.classes[-1]
    numbers = [
        tag("span", tag("b", number(run.metrics[key])), tag("small", title_of(key)))
        for key in TILES
        if is_number(run.metrics.get(key))
    ]
    rare = tag("span", tag("b", share(_recall(run, name))), tag("small", f"of {name} found"))
    return tag("div", tag("p", swatch(place), " ", run.title), *numbers, rare, class_="rank")


def _ends(run: PageRun, key: str) -> tuple[float, float] | None:
    return interval(((run.metrics.get("intervals") or {}).get("overall") or {}).get(key))


def _recall(run: PageRun, name: str) -> float | None:
    hits, total = found(run, name)
    return hits / total if total else None


def _rare(runs: Sequence[PageRun]) -> list[str]:
    rarest = [name for name in runs[0].classes if found(runs[0], name)[1]][-2:]
    if len(runs) == 1:
        first, *others = [f"{name} {{}}in {of(*found(runs[0], name))}" for name in rarest]
        told = listed([first.format("is found "), *(other.format("") for other in others)])
        return [f"Rare classes: {told} test images."]
    lines = []
    for name in reversed(rarest):
        best = max(runs, key=lambda run: found(run, name)[0])
        worst = min(runs, key=lambda run: found(run, name)[0])
        of_best, of_worst = found(best, name), found(worst, name)
        if of_best == of_worst:
            lines.append(f"{name} is found in {of(*of_best)} by every run.")
        else:
            lines.append(f"{name} is found in {of(*of_best)} by {best.title}, in {of_worst[0]:,} by {worst.title}.")
    return lines


def _weakest(runs: Sequence[PageRun]) -> list[str]:
    lines = []
    for run in runs if len(runs) == 1 else []:
        name = min(run.classes, key=lambda name: run.metrics["per_class"][name]["f1"])
        wrong = taken_for(run, name)
        mostly = f"; it is most often taken for {wrong[0]} ({wrong[1]:,})" if wrong else ""
        lines.append(f"Weakest class: {name}, F1 {number(run.metrics['per_class'][name]['f1'], 2)}{mostly}.")
    if len(runs) > 1:
        best = max(runs, key=lambda run: run.metrics["macro_f1"])
        lines.append(f"Highest macro F1: {best.title}, {number(best.metrics['macro_f1'])}.")
    return lines


def _honest(runs: Sequence[PageRun]) -> list[str]:
    """Says what makes the numbers better than they are."""
    known = next((leaking(run.leaks) for run in runs if run.leaks), None)
    if known is None:
        return ["Whether test images leak is not known: see Data."]
    if not known.share:
        return ["No test image shares its group (patient, lesion or copy) with an image of training or validation."]
    counts = of(sum(known.leaking.values()), sum(known.tested.values()))
    return [
        f"{counts} test images ({share(known.share)}) share their group with images of training or validation: scores "
        "may be better than on new patients."
    ]
