"""The section of the training: loss, scores and the health of the embeddings over the epochs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from conbal_tf.reporting.charts.training_curves import SCORE, scores_side_by_side, training_curves
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import number
from conbal_tf.run_folder.history import stage_histories


def training(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the curves of each stage; of several runs, first what can be compared: the score of their first stage."""
    there, lacking = split_by(runs, lambda run: run.history is not None)
    histories = [(run, run.history) for run in there if run.history is not None]
    keys = [(replace(run.key, line="solid"), history) for run, history in histories]
    return {
        "lacking": lacking,
        "sentences": [(run.title, _sentence(run, history)) for run, history in histories],
        "chart": scores_side_by_side(keys) if len(keys) > 1 else None,
        "curves": [(run, training_curves(history), *_numbers(history)) for run, history in histories],
    }


def _sentence(run: PageRun, history: pd.DataFrame) -> str:
    """Says when the score on validation was highest, and whether the end is near it."""
    stage, epochs = next(iter(stage_histories(history).items()))
    score = epochs[SCORE].dropna() if SCORE in epochs else pd.Series(dtype=float)
    if score.empty:
        return "no score on validation was recorded."
    kind = "nearest-neighbour balanced accuracy" if stage == "contrastive" else "balanced accuracy"
    best, last = float(score.max()), float(score.iloc[-1])
    end = "its highest" if last == best else f"the highest was {number(best)}, after epoch {score.idxmax()}"
    drop = " The end is clearly below: training longer did not help." if best - last > 0.03 else ""
    told = f" {run.diagnosis['message']}" if run.diagnosis and run.diagnosis.get("message") else ""
    return f"{kind} on validation ends stage 1 at {number(last)} ({end}).{drop}{told}"


def _numbers(history: pd.DataFrame) -> tuple[list[str], list[tuple[str, ...]]]:
    """Returns the columns and a row for each epoch."""
    columns = [name for name in history.columns if name not in ("stage", "epoch")]
    rows = [
        (f"{stage} {epoch}", *(number(float(row[name]), 4) for name in columns))
        for stage, epochs in stage_histories(history).items()
        for epoch, row in epochs.iterrows()
    ]
    return ["stage and epoch", *columns], rows
