"""The top of the page: the few numbers and sentences that a reader would take away."""

from collections.abc import Sequence
from typing import Any

from conbal_tf.reporting.page.data import leaking
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.words import is_number, listed, number, of, share, spread, title_of

TILES = ("macro_f1", "balanced_accuracy", "accuracy")


def glance(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the numbers in large letters, of one run as tiles and of several as lines, and what is to be seen."""
    return {
        "tiles": _tiles(runs[0]),
        "lines": [(run, _scores(run), _rarest(run)) for run in runs],
        "findings": [*_rare(runs), *_weakest(runs), *_honest(runs)],
    }


def _tiles(run: PageRun) -> list[tuple[str, str, str]]:
    name = run.classes[-1]
    tiles = [(title_of(key), number(run.metrics[key]), spread(run.interval(key))) for key in _known(run)]
    found = f"{of(*run.found(name))} test images"
    return [*tiles, (f"{name} found, the rarest class", share(_recall(run, name)), found)]


def _scores(run: PageRun) -> list[tuple[str, str]]:
    return [(title_of(key), number(run.metrics[key])) for key in _known(run)]


def _rarest(run: PageRun) -> tuple[str, str]:
    return f"of {run.classes[-1]} found", share(_recall(run, run.classes[-1]))


def _known(run: PageRun) -> list[str]:
    return [key for key in TILES if is_number(run.metrics.get(key))]


def _recall(run: PageRun, name: str) -> float | None:
    hits, total = run.found(name)
    return hits / total if total else None


def _rare(runs: Sequence[PageRun]) -> list[str]:
    rarest = [name for name in runs[0].classes if runs[0].found(name)[1]][-2:]
    if len(runs) == 1:
        first, *others = [f"{name} {{}}in {of(*runs[0].found(name))}" for name in rarest]
        told = listed([first.format("is found "), *(other.format("") for other in others)])
        return [f"Rare classes: {told} test images."]
    lines = []
    for name in reversed(rarest):
        best = max(runs, key=lambda run: run.found(name)[0])
        worst = min(runs, key=lambda run: run.found(name)[0])
        of_best, of_worst = best.found(name), worst.found(name)
        if of_best == of_worst:
            lines.append(f"{name} is found in {of(*of_best)} by every run.")
        else:
            lines.append(f"{name} is found in {of(*of_best)} by {best.title}, in {of_worst[0]:,} by {worst.title}.")
    return lines


def _weakest(runs: Sequence[PageRun]) -> list[str]:
    lines = []
    for run in runs if len(runs) == 1 else []:
        name = min(run.classes, key=lambda name: run.metrics["per_class"][name]["f1"])
        wrong = run.taken_for(name)
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
