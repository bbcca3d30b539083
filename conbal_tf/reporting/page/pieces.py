"""What several sections share: which run is which, what is missing, and how often a class is found."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from conbal_tf.reporting.page.markup import Html, command, join, lead, tag
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import marker


def legend(titles: Sequence[str], first: int = 0) -> Html:
    """Returns what colour and mark each series has; nothing for one.

    Args:
        titles: of the series, in the order of their numbers.
        first: number of the first.
    """
    if len(titles) < 2:
        return Html("")
    items = [tag("li", swatch(number), " ", title) for number, title in enumerate(titles, first)]
    return tag("ul", *items, class_="legend")


def swatch(number: int) -> Html:
    """Returns the mark of a series, small."""
    return tag("svg", marker(7, 7, number, f"s{number}", size=5), viewBox="0 0 14 14", width=14, height=14,
               aria_hidden="true", class_="swatch")  # fmt: skip


def absent(runs: Sequence[PageRun], what: str, shows: str) -> Html:
    """Returns what is missing for a section, and the command that makes it, a line per run that lacks it.

    Args:
        runs: those that lack it.
        what: a key of `run_files.ADVICE`.
        shows: what the section would show.
    """
    lines = [
        tag(
            "p",
            f"Missing for {shows} of {run.title}: {NAMES.get(what, what)}. Make it with: ",
            command(run.command(what)),
            class_="missing",
        )
        for run in runs
    ]
    return join(lines)


def split_by(runs: Sequence[PageRun], has: Callable[[PageRun], object]) -> tuple[list[PageRun], list[PageRun]]:
    """Returns the runs that have something, and those that lack it."""
    return [run for run in runs if has(run)], [run for run in runs if not has(run)]


def series_of(runs: Sequence[PageRun], run: PageRun) -> int:
    """Returns the number of a run among all of the page: its colour and mark."""
    return next(number for number, other in enumerate(runs) if other is run)


def keys(lines: Iterable[tuple[int, str]]) -> Html:
    """Returns what the lines of a small chart are: number of the series, title."""
    return tag("p", *(tag("span", tag("i", class_=f"key s{series}"), title) for series, title in lines), class_="keys")


def panel(title: str, *content: str) -> Html:
    """Returns one of several small charts, with its title above it unless that is empty."""
    return tag("div", *([tag("h3", title)] if title else []), *content, class_="panel")


def panels(*content: str, class_: str = "panels") -> Html:
    """Returns small charts side by side, as many as there is room for."""
    return tag("div", *content, class_=class_)


def named(runs: Sequence[PageRun], run: PageRun, sentence: str) -> str:
    """Returns a sentence on a run, with its title before it where the page shows several."""
    return f"{run.title}: {sentence}" if len(runs) > 1 else sentence[:1].upper() + sentence[1:]


def said(runs: Sequence[PageRun], sentences: Mapping[str, str]) -> Html:
    """Returns what one should see above a chart: of one run as a paragraph, of several as a line for each.

    Args:
        runs: all of the page.
        sentences: title of a run to what is to be seen of it.
    """
    if len(runs) == 1:
        return lead(*(sentence[:1].upper() + sentence[1:] for sentence in sentences.values()))
    return tag("ul", *(tag("li", tag("b", f"{title}: "), its) for title, its in sentences.items()), class_="lead")


def beside(*content: str) -> Html:
    """Returns a chart with what belongs to it at its side, where there is room."""
    return tag("div", *content, class_="beside")


def found(run: PageRun, name: str) -> tuple[int, int]:
    """Returns how many test images of a class were recognised, and how many there are."""
    place = run.class_names.index(name)
    row = run.metrics["confusion_matrix"][place]
    return int(row[place]), int(np.sum(row))


def taken_for(run: PageRun, name: str) -> tuple[str, int] | None:
    """Returns the class that a class is most often taken for and how often; None where it never is."""
    place = run.class_names.index(name)
    row = np.array(run.metrics["confusion_matrix"][place])
    row[place] = 0
    return (run.class_names[int(row.argmax())], int(row.max())) if row.max() else None


NAMES = {
    "intervals": "the intervals in metrics.json",
    "operating_points": "the operating points in metrics.json",
}
