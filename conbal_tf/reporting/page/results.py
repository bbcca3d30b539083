"""The section of the results: the scores over all classes with their intervals."""

from collections.abc import Sequence

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.page.markup import Html, join, lead, note, table, tag
from conbal_tf.reporting.page.pieces import absent, panel, panels, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, line, marker, picture, text, ticks
from conbal_tf.reporting.page.words import PER_CENT, interval, is_number, number, spread, title_of

SCALE = "0 to 1"
DRAWN = ("accuracy", "balanced_accuracy", "macro_f1")


def results(runs: Sequence[PageRun]) -> Html:
    """Returns the table of scores, a column for each run; of several runs, their intervals drawn as well."""
    _, without = split_by(runs, lambda run: run.metrics.get("intervals"))
    shown = [key for key in OVERALL if any(is_number(run.metrics.get(key)) for run in runs)]
    rows = [(title_of(key), *(_cell(run, key, runs, OVERALL[key].lower_is_better) for run in runs)) for key in shown]
    head = ["score on the test part", *(run.title for run in runs)]
    if len(runs) == 1:
        head = [*head[:1], "", SCALE]
        rows = [(*row, _bar(runs[0], key)) for row, key in zip(rows, shown, strict=True)]
    return join(
        [
            lead(*_sentences(runs)),
            _drawn(runs) if len(runs) > 1 else Html(""),
            table(head, rows, "Scores over all classes, with intervals", "scores one" if len(runs) == 1 else "scores"),
            note(_how(runs)),
            absent(without, "intervals", "the intervals"),
        ]
    )


def _cell(run: PageRun, key: str, runs: Sequence[PageRun], lower: bool) -> Html:
    value = run.metrics.get(key)
    others = [other.metrics[key] for other in runs if is_number(other.metrics.get(key))]
    best = len(others) > 1 and is_number(value) and value == (min if lower else max)(others)
    shown = tag("b", number(value)) if best else number(value)
    ends = spread(interval(_overall(run).get(key)))
    return tag("td", shown, tag("small", ends))


def _bar(run: PageRun, key: str) -> Html:
    """Returns the score and its interval on a scale from 0 to 1; what has no such scale has no chart."""
    value = run.metrics[key]
    if not 0 <= value <= 1 or key in ("log_loss", "brier"):
        return tag("td")
    frame = Frame(220, 18, left=6, right=6, top=0, bottom=0)
    ends = interval(_overall(run).get(key))
    drawn = [line(frame.x(0), 9, frame.x(1), 9, "grid")]
    drawn += [line(frame.x(x), 5, frame.x(x), 13, "grid") for x in (0, 0.5, 1)]
    if ends:
        drawn.append(line(frame.x(ends[0]), 9, frame.x(ends[1]), 9, "reach s0"))
    drawn.append(marker(frame.x(value), 9, 0, "s0", size=3.5))
    title = f"{title_of(key)} from 0 to 1"
    return tag("td", picture(frame, title, f"{number(value)} {spread(ends)}", *drawn), class_="strip")


def _overall(run: PageRun) -> dict:
    return (run.metrics.get("intervals") or {}).get("overall") or {}


def _sentences(runs: Sequence[PageRun]) -> list[str]:
    if len(runs) == 1:
        metrics = runs[0].metrics
        ends = spread(interval(_overall(runs[0]).get("macro_f1")))
        gap = metrics["accuracy"] - metrics.get("balanced_accuracy", metrics["accuracy"])
        says = "higher than" if gap > 0 else "lower than"
        apart = (
            f"Accuracy, {number(metrics['accuracy'])}, is {number(abs(gap))} {says} balanced accuracy, in which each "
            "class counts the same."
            if abs(gap) > 0.02
            else f"Accuracy is {number(metrics['accuracy'])}, balanced accuracy about the same."
        )
        return [f"Macro F1 is {number(metrics['macro_f1'])}{f' ({ends})' if ends else ''}.", apart]
    first, second = sorted(runs, key=lambda run: -run.metrics["macro_f1"])[:2]
    lead_by = first.metrics["macro_f1"] - second.metrics["macro_f1"]
    return [
        f"{first.title} has the highest macro F1, {number(first.metrics['macro_f1'])}, {number(lead_by)} above "
        f"{second.title}.",
        _overlap(first, second),
    ]


def _overlap(first: PageRun, second: PageRun) -> str:
    ends, others = (interval(_overall(run).get("macro_f1")) for run in (first, second))
    if not ends or not others:
        return ""
    overlap = "overlap" if ends[0] <= others[1] else "do not overlap"
    return f"Their intervals {overlap}; python -m conbal_tf.compare tells whether the difference is more than chance."


def _how(runs: Sequence[PageRun]) -> str:
    given = next((run.metrics["intervals"] for run in runs if run.metrics.get("intervals")), None)
    best = "Bold: the best of its row. " if len(runs) > 1 else ""
    if given is None:
        return f"{best}Without intervals, a difference of a few hundredths says little."
    strata = ", within each class: the mix of classes is held fixed" if given.get("stratified") else ""
    return (
        f"{best}In small figures: {100 * given.get('level', 0.95):g}{PER_CENT} intervals, from "
        f"{given.get('resamples', 0):,} resamples of the test part by {given.get('unit', 'image')}{strata}. They tell "
        "what other test images would change, not what another seed would."
    )


def _drawn(runs: Sequence[PageRun]) -> Html:
    """Returns a chart per score: a mark for each run on its interval, best run at the top."""
    shown = []
    for key in DRAWN:
        ranked = sorted((run for run in runs if is_number(run.metrics.get(key))), key=lambda run: -run.metrics[key])
        if ranked:
            shown.append(panel(title_of(key), _ranked(runs, ranked, key)))
    return panels(*shown)


def _ranked(runs: Sequence[PageRun], ranked: Sequence[PageRun], key: str) -> Html:
    ends = {run.title: interval(_overall(run).get(key)) for run in ranked}
    lows = [min(run.metrics[key], (ends[run.title] or (1,))[0]) for run in ranked]
    highs = [max(run.metrics[key], (ends[run.title] or (0, 0))[1]) for run in ranked]
    low, high = max(0.0, min(lows) - 0.03), min(1.0, max(highs) + 0.03)
    frame = Frame(300, 36 + 38 * len(ranked), (low, high), left=8, top=4, bottom=26)
    bottom = frame.height - frame.bottom
    drawn = [axes(frame, ticks(low, high, 4), [])]
    drawn += [line(frame.x(value), 4, frame.x(value), bottom, "grid") for value, _ in ticks(low, high, 4)]
    for row, run in enumerate(ranked):
        y, series = 26 + 38 * row, runs.index(run)
        if reach := ends[run.title]:
            drawn.append(line(frame.x(reach[0]), y, frame.x(reach[1]), y, f"reach s{series}"))
        label = f"{run.title}  {number(run.metrics[key])}"
        drawn += [
            marker(frame.x(run.metrics[key]), y, series, f"s{series}", label),
            text(8, y - 10, label, "value halo"),
        ]
    description = "; ".join(f"{run.title} {number(run.metrics[key])} {spread(ends[run.title])}" for run in ranked)
    return picture(frame, f"{title_of(key)} by run", f"{description}.", *drawn)
