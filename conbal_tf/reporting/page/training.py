"""The section of the training: loss, scores and the health of the embeddings over the epochs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from conbal_tf.reporting.figures import STAGE_TITLES, stage_histories
from conbal_tf.reporting.page.markup import Html, folded, join, table, tag
from conbal_tf.reporting.page.pieces import absent, legend, panel, panels, said, series_of, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, curve, marker, picture, ticks
from conbal_tf.reporting.page.words import number

SCORE = "val_balanced_accuracy"
# Up to so many epochs each one is marked: a line through three of them would show nothing.
MARKED = 12


def training(runs: Sequence[PageRun]) -> Html:
    """Returns the curves of each stage; of several runs, first what can be compared: the score of their first stage."""
    there, lacking = split_by(runs, lambda run: run.history is not None)
    parts = [said(runs, {run.title: _sentence(run) for run in there})] if there else []
    if len(there) > 1:
        parts.append(_scores_side_by_side(runs, there))
    for run in there:
        curves = join([*_stages(run), _numbers(run)])
        parts.append(folded(f"Curves of {run.title}", curves) if len(runs) > 1 else curves)
    return join([*parts, absent(lacking, "history.csv", "training curves")])


def _stages(run: PageRun) -> list[Html]:
    assert run.history is not None
    shown = []
    for stage, epochs in stage_histories(run.history).items():
        charts = [
            _chart(f"{title}, {stage}", epochs, lines)
            for title, lines in PANELS.items()
            if any(column in epochs and epochs[column].notna().any() for column, _, _ in lines)
        ]
        shown.append(tag("h3", STAGE_TITLES.get(stage, stage)))
        shown.append(panels(*charts))
    return shown


def _chart(title: str, epochs: pd.DataFrame, lines: Sequence[tuple[str, str, int]]) -> Html:
    """Returns one small chart; the last values stand in its heading, so that no label crosses a line."""
    there = [line for line in lines if line[0] in epochs and epochs[line[0]].notna().any()]
    values = pd.concat([epochs[column].dropna() for column, _, _ in there])
    low, high = float(values.min()), float(values.max())
    if {column for column, _, _ in there} & {SCORE, "accuracy"}:
        low, high = 0.0, 1.0
    margin = 0.06 * (high - low) or 0.5
    first, last = float(epochs.index.min()), float(epochs.index.max())
    x_range, y_range = (min(first, 1.0), max(last, first + 1)), (low - margin * (low != 0), high + margin * (high != 1))
    frame = Frame(300, 176, x_range, y_range, left=46, top=14)
    drawn = [axes(frame, _whole(frame.x_range), ticks(*frame.y_range, 4), "epoch")]
    for column, _, series in there:
        kept = epochs[column].dropna()
        drawn.append(curve(frame, list(kept.index), list(kept), f"s{series}"))
        if len(kept) <= MARKED:
            places = zip(kept.index, kept, strict=True)
            drawn += [marker(frame.x(x), frame.y(y), series, f"s{series}", size=3) for x, y in places]
    ends = [f"{label} {number(float(epochs[column].dropna().iloc[-1]))}" for column, label, _ in there]
    keys = [
        tag("span", tag("i", class_=f"key s{series}"), end) for (_, _, series), end in zip(there, ends, strict=True)
    ]
    description = f"Over {len(epochs)} epochs; last: {'; '.join(ends)}."
    return panel(title.partition(",")[0], tag("p", *keys, class_="keys"), picture(frame, title, description, *drawn))


def _scores_side_by_side(runs: Sequence[PageRun], there: Sequence[PageRun]) -> Html:
    """Returns the score on validation over the share of the stage that is done: runs may count epochs differently."""
    frame = Frame(640, 260, (0, 100), left=40, right=26, top=24, bottom=42)
    drawn = [axes(frame, [(x, f"{x} %") for x in (0, 25, 50, 75, 100)], ticks(0, 1), "stage 1 done",
                  "balanced accuracy on validation")]  # fmt: skip
    for run in there:
        assert run.history is not None
        epochs = next(iter(stage_histories(run.history).values()))
        if SCORE in epochs:
            kept = epochs[SCORE].dropna()
            series = series_of(runs, run)
            xs = list(100 * kept.index.to_numpy(float) / float(epochs.index.max()))
            drawn.append(curve(frame, xs, list(kept), f"s{series}"))
            drawn += [
                marker(frame.x(x), frame.y(y), series, f"s{series}", f"{run.title}: {y:.3f}", 3.5)
                for x, y in zip(xs[-1:], list(kept)[-1:], strict=True)
            ]
    body = picture(frame, "Score on validation during stage 1", "A line for each run.", *drawn)
    return join([tag("div", body, class_="chart"), legend([run.title for run in runs])])


def _sentence(run: PageRun) -> str:
    """Says when the score on validation was highest, and whether the end is near it."""
    assert run.history is not None
    stage, epochs = next(iter(stage_histories(run.history).items()))
    score = epochs[SCORE].dropna() if SCORE in epochs else pd.Series(dtype=float)
    if score.empty:
        return "no score on validation was recorded."
    kind = "nearest-neighbour balanced accuracy" if stage == "contrastive" else "balanced accuracy"
    best, last = float(score.max()), float(score.iloc[-1])
    end = "its highest" if last == best else f"the highest was {number(best)}, after epoch {score.idxmax()}"
    drop = " The end is clearly below: training longer did not help." if best - last > 0.03 else ""
    told = f" {run.diagnosis['message']}" if run.diagnosis and run.diagnosis.get("message") else ""
    return f"{kind} on validation ends stage 1 at {number(last)} ({end}).{drop}{told}"


def _numbers(run: PageRun) -> Html:
    assert run.history is not None
    columns = [name for name in run.history.columns if name not in ("stage", "epoch")]
    rows = [
        (f"{stage} {epoch}", *(number(float(row[name]), 4) for name in columns))
        for stage, epochs in stage_histories(run.history).items()
        for epoch, row in epochs.iterrows()
    ]
    return folded("Numbers", table(["stage and epoch", *columns], rows, f"Training of {run.title}", "numbers"))


def _whole(reach: tuple[float, float]) -> list[tuple[float, str]]:
    return [(value, label) for value, label in ticks(*reach, 5) if value == np.round(value) and value >= 1]


# Chart: its lines (history column, what its last value is called, colour).
PANELS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Loss": (("loss", "last", 0),),
    "Scores": (("accuracy", "training accuracy", 6), (SCORE, "validation balanced", 1)),
    "Loss above collapse (below 0: learning)": (("loss_above_collapse", "last", 0),),
    "Alignment (low is good)": (("alignment", "last", 0),),
    "Uniformity (low is good)": (("uniformity", "last", 0),),
    "Effective rank (high is good)": (("effective_rank", "last", 0),),
    "Cosine of class means (low is good)": (("class_mean_cosine", "last", 0),),
}
