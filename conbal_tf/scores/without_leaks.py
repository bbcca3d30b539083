"""A run's score with and without the test images of which training knows a relative. Files alone, no TensorFlow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import LEVEL, Distribution, bootstrap
from conbal_tf.metrics.classification import summarise
from conbal_tf.metrics.measures import OVERALL, PER_CLASS, Weighted
from conbal_tf.scores.metrics_file import json_number
from tfrecords_tools.splits.leaks import Leaks, find_leaks, is_leaking

COMPARED = ("accuracy", "macro_f1", "balanced_accuracy")
_RECALL = "recall"
_METRICS = {name: OVERALL[name] for name in COMPARED} | {_RECALL: PER_CLASS[_RECALL]}


@dataclass(frozen=True)
class WithoutLeaks:
    """The test part scored whole and in part."""

    leaks: Leaks
    everything: dict[str, Any]
    """`summarise` of all test images."""
    clean: dict[str, Any]
    """`summarise` of those that do not leak."""
    raised: Mapping[str, Distribution]
    """By how much the leaks raise each of `COMPARED` and the recall of each class: all test images less those that do
    not leak, each class weighted to its share of all test images. Leaking images are not spread evenly over the
    classes, so `clean` differs from `everything` for the mix alone; this does not."""

    @property
    def flattery(self) -> dict[str, float]:
        """By how much the leaks raise each of `COMPARED`."""
        return {name: float(self.raised[name].point) for name in COMPARED}

    @property
    def same_mix(self) -> dict[str, float]:
        """`COMPARED` of the images that do not leak, each class weighted to its share of all test images."""
        return {name: self.everything[name] - by for name, by in self.flattery.items()}

    def as_dict(self) -> dict[str, Any]:
        """Returns all of it, ready for JSON; an interval that is not known has None as its ends."""
        names = self.everything["class_names"]
        recalls = _ends(self.raised[_RECALL])
        return {
            "leaks": self.leaks.as_dict(),
            "all": self.everything,
            "without_leaks": self.clean,
            "same_class_mix": self.same_mix,
            "flattery": self.flattery,
            "level": LEVEL,
            "flattery_interval": {name: _ends(self.raised[name]) for name in COMPARED},
            "recall_interval": {name: [end[place] for end in recalls] for place, name in enumerate(names)},
        }


def score_without_leaks(predictions: pd.DataFrame, protocol: pd.DataFrame, class_names: Sequence[str]) -> WithoutLeaks:
    """Returns a run's score on its test images, with and without those that leak.

    Args:
        predictions: a run's predictions.csv: `id`, `part`, `group`, `label` and `predicted` (names of classes).
        protocol: its protocol.csv: `id`, `part`, `group`.
        class_names: in label order.

    Raises:
        ValueError: All test images of a class leak, so nothing honest can be said of it; or the files do not fit.
    """
    test = predictions[predictions["part"] == "test"]
    rows = protocol[protocol["part"] == "test"]
    if set(rows["id"]) != set(test["id"]):
        raise ValueError(
            f"predictions.csv scores {len(test)} test images and protocol.csv names {len(rows)}, not the same ones. "
            "Both belong to one run: train it again with --overwrite."
        )
    number_of = {name: number for number, name in enumerate(class_names)}
    labels, predicted = (test[column].map(number_of).to_numpy(np.int64) for column in ("label", "predicted"))
    parts, groups = (protocol[column].to_numpy(str) for column in ("part", "group"))
    kept = ~test["id"].isin(protocol["id"][is_leaking(parts, groups)]).to_numpy()
    gone = [class_names[number] for number in np.unique(labels) if number not in labels[kept]]
    if gone:
        raise ValueError(
            f"All test images of {', '.join(gone)} leak, so there is no score without leaks. Train under a protocol "
            "that keeps groups together: --protocol grouped."
        )
    # Only test images are counted, so the others' labels, which predictions.csv does not know, do not matter.
    all_labels = protocol["id"].map(dict(zip(test["id"], labels, strict=True))).fillna(0).to_numpy(np.int64)
    # Decisions alone count here, not how sure they are.
    answers = Answers(labels, np.eye(len(class_names))[predicted], tuple(class_names), test["group"].to_numpy(str))
    return WithoutLeaks(
        leaks=find_leaks(parts, groups, all_labels, class_names),
        everything=summarise(labels, predicted, class_names),
        clean=summarise(labels[kept], predicted[kept], class_names),
        raised=bootstrap(lambda weights: _raised(answers, kept, weights), answers.groups, labels),
    )


def _raised(answers: Answers, kept: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Returns what leaks add to each of `_METRICS` [(k, ...)].

    Args:
        answers: to all test images.
        kept: which of them do not leak [(n,) bool].
        weights: how often each image counts [(k, n)].
    """
    members = np.eye(answers.n_classes)[answers.labels]
    wanted, there = weights @ members, (weights * kept) @ members
    # A class without honest images in a resample: there it says nothing.
    unknown = ((wanted > 0) & (there == 0)).any(axis=1)
    # Honest images, weighted up to their class's share of all; where that is unknown, anything that can be computed.
    mix = weights * np.where(unknown[:, None], 1, kept * (wanted / np.maximum(there, 1))[:, answers.labels])
    whole, honest = Weighted(answers, weights), Weighted(answers, mix)
    raised = {name: metric.of(whole) - metric.of(honest) for name, metric in _METRICS.items()}
    for values in raised.values():
        values[unknown] = np.nan
    return raised


def _ends(distribution: Distribution) -> list:
    """Returns the ends of the BCa interval as JSON knows them: numbers, or a list of them for each class."""
    return [json_number(end) if end.ndim == 0 else [json_number(value) for value in end] for end in distribution.bca()]
