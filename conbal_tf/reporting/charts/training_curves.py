"""Loss, scores and the health of the embeddings over the epochs of a stage: a small chart for each."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import marker
from conbal_tf.reporting.words import number
from conbal_tf.run_folder.history import stage_histories

SCORE = "val_balanced_accuracy"
MARKED = 30
"""Up to so many epochs each one is marked: a line through three of them would show nothing."""
STAGE_TITLES = {
    "contrastive": "Stage 1: backbone, contrastive",
    "cross_entropy": "Backbone and head, cross-entropy",
    "classifier": "Stage 2: classifier head",
}


def training_curves(history: pd.DataFrame) -> dict[str, list[Chart]]:
    """Returns the charts of each stage by its title; what was not recorded has none.

    Args:
        history: a run's history.csv, as `stage_histories` takes it.

    Raises:
        ValueError: The history lacks a column that it needs, or an epoch.
    """
    shown = {}
    for stage, epochs in stage_histories(history).items():
        charts = [_panel(f"{title}, {stage}", epochs, lines) for title, lines in PANELS.items()]
        shown[STAGE_TITLES.get(stage, stage)] = [chart for chart in charts if chart]
    return shown


def scores_side_by_side(histories: Sequence[tuple[Key, pd.DataFrame]]) -> Chart:
    """Returns the score on validation over the share of stage 1 that is done: runs may count epochs differently.

    Args:
        histories: of runs with a history.csv.
    """
    frame = Frame(640, 260, (0, 100), left=40, right=26, top=24, bottom=42)
    percents = [(x, f"{x} %") for x in (0, 25, 50, 75, 100)]
    drawn = [frame.axes(percents, ticks(0, 1), "stage 1 done", "balanced accuracy on validation")]
    for key, history in histories:
        epochs = next(iter(stage_histories(history).values()))
        kept = _finite(epochs, SCORE)
        xs = 100 * kept.index.to_numpy(float) / float(epochs.index.max())
        drawn.append(frame.curve(xs, kept, f"s{key.series}"))
        if len(kept):
            hint = f"{key.label}: {kept.iloc[-1]:.3f}"
            drawn.append(marker(frame.x(xs[-1]), frame.y(kept.iloc[-1]), key.series, hint, 3.5))
    keys = tuple(key for key, _ in histories)
    return frame.chart("Score on validation during stage 1", "A line for each run.", drawn, keys=keys)


def _panel(title: str, epochs: pd.DataFrame, lines: Sequence[tuple[str, str, int]]) -> Chart | None:
    """Returns one small chart; the last values stand in its keys, so that no label crosses a line."""
    there = {column: (label, series) for column, label, series in lines if len(_finite(epochs, column))}
    if not there:
        return None
    values = pd.concat([_finite(epochs, column) for column in there])
    low, high = (0.0, 1.0) if {*there} & {SCORE, "accuracy"} else (float(values.min()), float(values.max()))
    low = 0.0 if "learning_rate" in there else low
    # What never changes lies in the middle of a scale of its own size.
    margin = 0.06 * (high - low) or 0.1 * abs(high) or 0.5
    first, last = float(epochs.index.min()), float(epochs.index.max())
    x_range, y_range = (min(first, 1.0), max(last, first + 1)), (low - margin * (low != 0), high + margin * (high != 1))
    frame = Frame(300, 176, x_range, y_range, left=46, top=14)
    whole = [(value, label) for value, label in ticks(*x_range) if value == round(value) and value >= 1]
    drawn, keys = [frame.axes(whole, ticks(*y_range, 4), "epoch")], []
    for column, (label, series) in there.items():
        drawn.append(frame.curve(epochs.index, epochs[column], f"s{series}"))
        kept = _finite(epochs, column)
        if len(kept) <= MARKED:
            drawn += [marker(frame.x(x), frame.y(y), series, size=3) for x, y in zip(kept.index, kept, strict=True)]
        keys.append(Key(series, f"{label} {_last(epochs[column].dropna().iloc[-1])}"))
    told = f"Over {len(epochs)} epochs; last: {'; '.join(key.label for key in keys)}."
    return frame.chart(title, told, drawn, heading=title.partition(",")[0], keys=tuple(keys))


def _finite(epochs: pd.DataFrame, column: str) -> pd.Series:
    """Returns what was measured; of a run that diverged, infinity is no place on a scale."""
    values = epochs[column] if column in epochs else pd.Series(dtype=float)
    return values[np.isfinite(values)]


def _last(value: float) -> str:
    """Returns the last value; a small learning rate is not rounded to nothing."""
    if not np.isfinite(value):
        return "not finite"
    return number(value) if abs(value) >= 0.1 or value == 0 else f"{value:.2g}".replace("-", "−")


# Chart: its lines (history column, what its last value is called, colour).
PANELS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Loss": (("loss", "last", 0),),
    "Scores": (("accuracy", "training accuracy", 6), (SCORE, "validation balanced", 1)),
    "Learning rate": (("learning_rate", "last", 6),),
    "Loss above collapse (below 0: learning)": (("loss_above_collapse", "last", 0),),
    "Alignment (low is good)": (("alignment", "last", 0),),
    "Uniformity (low is good)": (("uniformity", "last", 0),),
    "Effective rank (high is good)": (("effective_rank", "last", 0),),
    "Cosine of class means (low is good)": (("class_mean_cosine", "last", 0),),
}
