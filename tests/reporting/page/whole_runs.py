"""Run folders with every file that the page reads, by the forms in which the other packages write them."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from conbal_tf.metrics.classification import summarise
from conbal_tf.settings.schema import Settings
from tests.reporting.run_folders import environment, write_run
from tests.scores.made_predictions import write_predictions

NASTY = '<b>"x"&\'</b>'
"""A class name that is markup, if it is not escaped."""
NAMES = ("MEL", "NV", NASTY, "dermato fibroma")
COUNTS = (120, 800, 110, 20)
SHARES = (0.2, 0.6, 0.15, 0.05)
SIDE = 24
COLUMNS = 20


def write_whole_run(folder: Path, images: int = 200, settings: Settings | None = None, skill: float = 1.6) -> Path:
    """Returns a run folder with everything, having made it.

    Args:
        folder: to be made.
        images: in the test part.
        settings: of the run.
        skill: how much more the true class is believed in than the others; other skills give other answers.
    """
    draws = np.random.default_rng(7)
    labels = np.repeat(np.arange(len(NAMES)), np.maximum(4, np.round(images * np.array(SHARES)).astype(int)))[:images]
    logits = draws.normal(size=(images, len(NAMES))) + skill * np.eye(len(NAMES))[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    ids = [f"image <i>{number:04d}</i>" for number in range(images)]
    metrics = metrics_of(labels, probabilities)
    write_run(folder, settings or Settings(), metrics, environment(commit="5b34be1ea1c8"), seconds=1488.0)
    rows = pd.DataFrame({"id": ids, "part": "test", "group": ids, "label": [NAMES[label] for label in labels]})
    rows["predicted"] = [NAMES[number] for number in probabilities.argmax(axis=1)]
    for number, name in enumerate(NAMES):
        rows[f"p_{name}"] = probabilities[:, number]
    asked = rows[:: max(1, images // 40)].assign(part="validation", id=lambda its: "v " + its["id"])
    write_predictions(folder, pd.concat([asked.assign(group=asked["id"]), rows]))
    history().to_csv(folder / "history.csv", index=False)
    write_json(folder / "calibration.json", calibration())
    leaking = dict.fromkeys(NAMES, 0) | {"MEL": 3}
    tested = dict(zip(NAMES, np.bincount(labels).tolist(), strict=True))
    write_json(folder / "leaks.json", {"leaking": leaking, "tested": tested, "groups": 2, "share": 3 / images})
    write_explanations(folder / "explanations.npz", ids, labels, probabilities)
    return folder


def metrics_of(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """Returns metrics.json with the intervals, the scores of probabilities and an operating point."""
    metrics = {"part": "test"} | summarise(labels, probabilities.argmax(axis=1), NAMES)
    for scores in metrics["per_class"].values():
        scores |= {"specificity": 0.9, "auc": 0.8, "average_precision": None}
    metrics |= {"macro_auc": 0.81, "ece": 0.07, "brier": 0.4, "log_loss": 0.9, "middle_f1": None, "minor_f1": 0.2}
    metrics |= {"macro_average_precision": 0.5, "classwise_ece": 0.04, "major_f1": 0.8}
    point = {"positive": ["MEL"], "specificity": 0.9, "sensitivity": 0.5, "threshold": 0.31}
    metrics["operating_points"] = [point | {"chosen_on": "validation", "achieved_specificity": 0.88}]
    metrics["validation"] = summarise(labels, probabilities.argmax(axis=1), NAMES)
    metrics["train_counts"] = dict(zip(NAMES, COUNTS, strict=True))
    metrics["intervals"] = {
        "level": 0.95, "resamples": 2000, "unit": "group", "stratified": True,
        "overall": {name: _around(metrics[name]) for name in ("accuracy", "macro_f1", "balanced_accuracy")},
        "per_class": {
            name: {key: _around(value) for key, value in scores.items() if key != "support" and value is not None}
            for name, scores in metrics["per_class"].items()
        },
        "operating_points": [{"sensitivity": _around(0.5)}],
    }  # fmt: skip
    return metrics


def history() -> pd.DataFrame:
    """Returns history.csv of both stages, with the diagnosis of the first."""
    epochs = np.arange(8)
    columns = ("alignment", "uniformity", "effective_rank", "class_mean_cosine", "loss_above_collapse")
    first = pd.DataFrame({"stage": "contrastive", "epoch": epochs, "loss": 5 - 0.2 * epochs, "learning_rate": 0.1})
    first["val_balanced_accuracy"] = 0.3 + 0.04 * epochs
    for place, column in enumerate(columns):
        first[column] = (place - 1) * 0.5 + 0.1 * epochs
    second = pd.DataFrame({"stage": "classifier", "epoch": epochs[:4], "loss": 1.0, "accuracy": 0.6})
    return pd.concat([first, second], ignore_index=True)


def calibration() -> dict[str, Any]:
    """Returns calibration.json."""
    scores = {"ece": 0.08, "classwise_ece": 0.05, "brier": 0.4, "log_loss": 0.9, "accuracy": 0.7}
    steps = {step: dict(scores) for step in ("before", "temperature", "after")}
    steps["after"]["ece"] = 0.02
    bins = {"confidence": [0.35, 0.55, 0.75, 0.95], "accuracy": [0.3, 0.5, 0.6, 0.8], "count": [20, 60, 60, 60]}
    strength = [0.0, 0.25, 0.5, 0.75, 1.0]
    return {
        "temperature": 1.7, "prior_strength": 0.6, "class_prior": dict(zip(NAMES, SHARES, strict=True)),
        "formula": "softmax(log p / temperature + prior_strength * log(prior * n_classes))",
        "validation": steps, "test": steps, "reliability": {"test": {"before": bins, "after": bins}},
        "prior_dial": {
            "strength": strength, "accuracy": [0.6, 0.65, 0.7, 0.72, 0.73],
            "balanced_accuracy": [0.6, 0.59, 0.57, 0.55, 0.5], "macro_f1": [0.5, 0.52, 0.53, 0.53, 0.51],
        },
    }  # fmt: skip


def write_explanations(path: Path, ids: Sequence[str], labels: np.ndarray, probabilities: np.ndarray) -> None:
    """Writes explanations.npz: a map, the thumbnails, and the worst mistakes with their pictures."""
    draws, predicted = np.random.default_rng(3), probabilities.argmax(axis=1)
    worst = np.concatenate([
        sorted(np.flatnonzero((labels == label) & (predicted != label)), key=lambda row: -probabilities[row].max())[:6]
        for label in range(len(NAMES))
    ]).astype(int)  # fmt: skip
    images = (SIDE * np.ones((len(ids), SIDE, SIDE, 3)) + 30 * labels[:, None, None, None]).astype(np.uint8)
    sheet = Image.new("RGB", (COLUMNS * SIDE, -(-len(ids) // COLUMNS) * SIDE))
    for place, image in enumerate(images):
        sheet.paste(Image.fromarray(image), (place % COLUMNS * SIDE, place // COLUMNS * SIDE))
    content = io.BytesIO()
    sheet.save(content, "JPEG")
    many = len(worst)
    np.savez(
        path, test_ids=np.array(ids), tile=SIDE, columns=COLUMNS, sprite=np.frombuffer(content.getvalue(), np.uint8),
        map=(draws.normal(size=(len(ids), 2)) + 3 * np.eye(len(NAMES))[labels][:, :2]).astype(np.float32),
        mistake_ids=np.array(ids)[worst], mistake_images=images[worst],
        heat_predicted=draws.random((many, SIDE, SIDE)).astype(np.float16),
        heat_true=draws.random((many, SIDE, SIDE)).astype(np.float16),
        neighbour_ids=np.full((many, 3), "train <i>1</i>"), neighbour_labels=np.full((many, 3), NASTY),
        neighbour_similarity=np.full((many, 3), 0.9, np.float32),
        neighbour_images=np.zeros((many, 3, SIDE, SIDE, 3), np.uint8),
    )  # fmt: skip


def write_audit(records: Path) -> None:
    """Writes the verdict of an audit beside the records."""
    (records / "audit").mkdir(parents=True)
    findings = [{"check": "copies", "severity": "warning", "title": f"2 copies of {NASTY}.", "advice": "Look."}]
    write_json(records / "audit" / "audit.json", {"images": 1200, "findings": findings})


def write_json(path: Path, value: object) -> None:
    """Writes a value as a JSON file."""
    path.write_text(json.dumps(value), encoding="utf-8")


def _around(value: float) -> dict[str, list[float]]:
    ends = [max(0.0, value - 0.06), min(1.0, value + 0.05)]
    return {"percentile": ends, "bca": ends}
