"""A run's score with and without the test images of which training knows a relative. Files alone, no TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from conbal_tf.metrics.classification import summarise
from tfrecords_tools.leaks import Leaks, find_leaks, is_leaking

COMPARED = ("accuracy", "macro_f1", "balanced_accuracy")


@dataclass(frozen=True)
class WithoutLeaks:
    """The test part scored whole and in part."""

    leaks: Leaks
    everything: dict[str, Any]
    """`summarise` of all test images."""
    clean: dict[str, Any]
    """`summarise` of those that do not leak."""
    same_mix: dict[str, float]
    """`COMPARED` of those that do not leak, each class weighted to its share of all test images. Leaking images are not
    spread evenly over the classes, so `clean` differs from `everything` for the mix alone; this does not."""

    @property
    def flattery(self) -> dict[str, float]:
        """By how much the leaks raise each of `COMPARED`: all test images less `same_mix`."""
        return {name: self.everything[name] - self.same_mix[name] for name in COMPARED}

    def as_dict(self) -> dict[str, Any]:
        """Returns all of it, ready for JSON."""
        scores = {"all": self.everything, "without_leaks": self.clean, "same_class_mix": self.same_mix}
        return {"leaks": self.leaks.as_dict(), **scores, "flattery": self.flattery}


def score_without_leaks(predictions: pd.DataFrame, protocol: pd.DataFrame, class_names: Sequence[str]) -> WithoutLeaks:
    """Returns a run's score on its test images, with and without those that leak.

    Args:
        predictions: a run's predictions.csv: `id`, `part`, `label` and `predicted` (names of classes).
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
    clean = summarise(labels[kept], predicted[kept], class_names)
    return WithoutLeaks(
        leaks=find_leaks(parts, groups, all_labels, class_names),
        everything=summarise(labels, predicted, class_names),
        clean=clean,
        same_mix={
            **_at_mix(np.array(clean["confusion_matrix"]), np.bincount(labels, minlength=len(class_names))),
            # A mean of recalls: the mix of classes does not enter.
            "balanced_accuracy": clean["balanced_accuracy"],
        },
    )


def _at_mix(confusion: np.ndarray, counts: np.ndarray) -> dict[str, float]:
    """Returns accuracy and macro F1, each true class weighted to so many images.

    Args:
        confusion: rows true, columns predicted [(n_classes, n_classes) int].
        counts: images of each class [(n_classes,) int]; 0 where the confusion has none.
    """
    weighted = confusion * (counts / np.maximum(confusion.sum(axis=1), 1))[:, None]
    right = np.diag(weighted)
    both = weighted.sum(axis=0) + weighted.sum(axis=1)
    return {
        "accuracy": float(right.sum() / weighted.sum()),
        "macro_f1": float(np.mean(2 * right / np.where(both > 0, both, 1))),
    }
