"""The section of F1 class by class, as the paper's Figure 3: runs side by side, rare classes to the right."""

from collections.abc import Sequence

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.reporting.page.class_table import class_table
from conbal_tf.reporting.page.markup import Html, folded, join, lead, note, scroller, tag
from conbal_tf.reporting.page.pieces import found, legend
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, line, picture, text, ticks, whisker
from conbal_tf.reporting.page.words import PER_CENT, interval, listed, number, of, spread

LETTER = 6.6
"""Pixels of a letter of a class name."""
NUMBERED = 2
"""With more runs the numbers would run into each other."""
BARS = (46, 32, 26, 20, 17, 14)
"""Pixels of a bar, by the number of runs."""


def f1_by_class(runs: Sequence[PageRun]) -> Html:
    """Returns bars of the F1 of each class with their intervals, and every score of every class under them."""
    level = next((_level(run) for run in runs if run.metrics.get("intervals")), "")
    tables = [(run.title, class_table(run)) for run in runs]
    return join(
        [
            lead(*_sentences(runs)),
            legend([run.title for run in runs]),
            scroller(_chart(runs), "F1 of each class"),
            note(level) if level else Html(""),
            *(folded(f"Every score of every class: {title}", its) if len(runs) > 1 else its for title, its in tables),
        ]
    )


def _chart(runs: Sequence[PageRun]) -> Html:
    first, bar = runs[0], BARS[len(runs) - 1]
    classes, counts = first.classes, first.metrics["train_counts"]
    slot = max(max(map(_letters, classes)) * LETTER + 10, bar * len(runs) + 16, 76)
    frame = Frame(50 + slot * len(classes), 320, (0, len(classes)), left=36, top=54, bottom=66)
    drawn = [axes(frame, [], ticks(0, 1), "", "F1"), *_groups(frame, first)]
    for place, name in enumerate(classes):
        drawn.append(_class(frame, runs, name, (place, bar)))
        drawn += _name(frame.x(place + 0.5), frame.height - frame.bottom, name, f"{counts[name]:,}")
    drawn.append(text(frame.left, frame.height - 4, "class, and its number of training images", "axis"))
    values = "; ".join(f"{name} {', '.join(number(_f1(run, name), 2) for run in runs)}" for name in classes)
    # On a narrow screen it gets smaller until letters would be too small, and then scrolls.
    least = f"min-width:{0.8 * frame.width:.0f}px"
    return tag("div", picture(frame, "F1 of each class on the test part", f"{values}.", *drawn), style=least)


def _class(frame: Frame, runs: Sequence[PageRun], name: str, place_and_width: tuple[int, float]) -> Html:
    place, bar = place_and_width
    middle, bottom = frame.x(place + 0.5), frame.y(0)
    drawn = []
    for series, run in enumerate(runs):
        f1, x = _f1(run, name), middle + (series - len(runs) / 2) * bar
        ends = interval(_intervals(run, name).get("f1"))
        hint = f"{name}, {run.title}: F1 {number(f1)} {spread(ends)}; {of(*found(run, name))} found"
        top = frame.y(f1)
        drawn.append(tag("rect", tag("title", hint), x=f"{x + 1.5:.1f}", y=f"{top:.1f}", width=f"{bar - 3:g}",
                         height=f"{bottom - top:.1f}", class_=f"bar s{series}"))  # fmt: skip
        if ends:
            drawn.append(whisker(x + bar / 2, frame.y(ends[0]), frame.y(ends[1]), min(4, bar / 4)))
        if len(runs) <= NUMBERED:
            above = frame.y(max(f1, ends[1] if ends else 0)) - 6
            drawn.append(text(x + bar / 2, above, number(f1, 2).lstrip("0") or "0", "value", "middle"))
    return tag("g", *drawn)


def _groups(frame: Frame, run: PageRun) -> list[Html]:
    """Returns the names of the groups above their classes, with a rule as wide as they are."""
    drawn, start = [], 0
    for group, names in class_groups(run.metrics["train_counts"]).items():
        if names:
            left, right = frame.x(start) + 4, frame.x(start + len(names)) - 4
            drawn += [line(left, 26, right, 26, "rule"), text((left + right) / 2, 21, group, "tick", "middle")]
        start += len(names)
    return drawn


def _name(x: float, bottom: float, name: str, count: str) -> list[Html]:
    words = name.split() or [""]
    # A name of many words would stand in the counts' way.
    lines = words if len(words) <= 2 else [words[0], " ".join(words[1:])]
    drawn = [text(x, bottom + 15 + 12 * row, word, "name", "middle") for row, word in enumerate(lines)]
    return [*drawn, text(x, bottom + 16 + 12 * len(lines), count, "tick", "middle")]


def _letters(name: str) -> int:
    words = name.split() or [""]
    return max(map(len, words if len(words) <= 2 else [words[0], " ".join(words[1:])]))


def _sentences(runs: Sequence[PageRun]) -> list[str]:
    """Says how the rare classes fare, beside the most frequent one."""
    first = runs[0]
    rare = list(class_groups(first.metrics["train_counts"])["minor"]) or first.classes[-1:]
    if len(runs) == 1:
        counted = [f"{name} in {of(*found(first, name))}" for name in rare[-4:]]
        largest = first.classes[0]
        return [
            f"Found of the rare classes: {listed(counted)} test images.",
            f"The most frequent class, {largest}, has F1 {number(_f1(first, largest), 2)}; "
            f"the mean of the rare ones is {number(_mean(first, rare), 2)}.",
        ]
    ranked = sorted(runs, key=lambda run: -_mean(run, rare))
    means = ", ".join(f"{run.title} {number(_mean(run, rare), 2)}" for run in ranked)
    return [f"Mean F1 of the rare classes ({listed(rare)}): {means}."]


def _mean(run: PageRun, names: Sequence[str]) -> float:
    return sum(_f1(run, name) for name in names) / len(names)


def _f1(run: PageRun, name: str) -> float:
    return float(run.metrics["per_class"][name]["f1"])


def _intervals(run: PageRun, name: str) -> dict:
    return ((run.metrics.get("intervals") or {}).get("per_class") or {}).get(name) or {}


def _level(run: PageRun) -> str:
    given = run.metrics["intervals"]
    level, unit = given.get("level", 0.95), given.get("unit", "image")
    return f"Whiskers: {100 * level:g}{PER_CENT} intervals, by resampling the test part by {unit}."
