"""What true and predicted classes say about a classifier: accuracy, F1, balanced accuracy, kappa, class by class.

A metric takes `labels`, the true classes, and `predicted`, both 0 to n_classes - 1 [(n,) int], and `n_classes`. It
raises a ValueError if the two are empty, differ in length or hold anything but classes.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import (
    accuracy_score,
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
    recall_score,
)


def summarise(labels: ArrayLike, predicted: ArrayLike, class_names: Sequence[str]) -> dict[str, Any]:
    """Returns every metric of `METRICS`, and the classes one by one, ready for JSON.

    Args:
        labels: true classes, 0 to C - 1 [(n,) int].
        predicted: predicted classes, 0 to C - 1 [(n,) int].
        class_names: the names of the C classes, in the order of the labels.

    Returns:
        A dict with one float per entry of `METRICS` (`accuracy`, `macro_f1`, `balanced_accuracy`, all within 0-1);
        `per_class`, a dict from class name to its `precision`, `recall`, `f1` (0 where undefined) and `support` (how
        often the class is true); `confusion_matrix` (lists, C x C: rows true, columns predicted); `class_names`.

    Raises:
        ValueError: If the two arrays are empty, differ in length or hold anything but classes, or if two classes have
            the same name.

    >>> summarise([0, 0, 1], [0, 1, 1], ["benign", "malignant"])["per_class"]["malignant"]
    {'precision': 0.5, 'recall': 1.0, 'f1': 0.6666666666666666, 'support': 1}
    """
    n_classes = len(class_names)
    repeated = [name for name, count in Counter(class_names).items() if count > 1]
    if repeated:
        raise ValueError(
            f"Class names repeat: {repeated[0]!r} stands more than once in {list(class_names)}. "
            "Each class needs a name of its own; rename one of them in the label table."
        )
    labels, predicted = _checked(labels, predicted, n_classes)
    classes = range(n_classes)
    precisions, recalls, f1s, supports = precision_recall_fscore_support(
        labels, predicted, labels=classes, zero_division=0
    )
    return {
        **{name: metric(labels, predicted, n_classes) for name, metric in METRICS.items()},
        "per_class": {
            name: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
            for name, p, r, f, s in zip(class_names, precisions, recalls, f1s, supports, strict=True)
        },
        "confusion_matrix": confusion_matrix(labels, predicted, labels=classes).tolist(),
        "class_names": list(class_names),
    }


def accuracy(labels: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Returns the share of predictions that are right, 0-1."""
    return float(accuracy_score(*_checked(labels, predicted, n_classes)))


def macro_f1(labels: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Returns the plain mean of the F1 of all classes, 0-1; the paper's F-score.

    A class that is neither true nor predicted anywhere counts as 0: as in scikit-learn with zero_division=0.
    """
    return float(per_class_f1(labels, predicted, n_classes).mean())


def per_class_f1(labels: ArrayLike, predicted: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Returns the F1 of each class, 0-1, and 0 where it is undefined [(n_classes,) float64]."""
    return f1_score(*_checked(labels, predicted, n_classes), labels=range(n_classes), average=None, zero_division=0)


def balanced_accuracy(labels: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Returns the mean recall of the classes that occur in `labels`, 0-1; the official metric of ISIC 2018."""
    labels, predicted = _checked(labels, predicted, n_classes)
    # A class without true examples has recall 0/0: NaN, which the mean leaves out. `balanced_accuracy_score` gives the
    # same number, but warns where such a class is predicted, which is no fault when the validation part is small.
    return float(recall_score(labels, predicted, labels=range(n_classes), average="macro", zero_division=np.nan))


def quadratic_weighted_kappa(labels: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Returns Cohen's kappa with squared distances between grades as weights, -1 to 1; the official metric of APTOS.

    1 is perfect, 0 what chance gives, and 0 also where it is undefined: one class is all there is, true and predicted.
    It reads the classes as grades, in the order of their numbers; where they have no order, it says nothing.

    Reference:
        Cohen (1968), weighted kappa.
    """
    labels, predicted = _checked(labels, predicted, n_classes)
    # 0 / 0: scikit-learn warns and gives NaN, which JSON does not know.
    if len(np.union1d(labels, predicted)) == 1:
        return 0.0
    # All classes are named: a grade that occurs nowhere still lies between its neighbours.
    return float(cohen_kappa_score(labels, predicted, labels=range(n_classes), weights="quadratic"))


def _checked(
    labels: ArrayLike, predicted: ArrayLike, n_classes: int
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Returns both as arrays, or raises: scikit-learn would silently leave unknown classes out of its sums."""
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    if labels.ndim != 1 or labels.shape != predicted.shape or labels.size == 0:
        raise ValueError(
            f"True and predicted classes do not match: received shapes {labels.shape} and {predicted.shape}. "
            "Allowed are one dimension, equal lengths, at least one example; give the predicted class of each, not its "
            "probabilities."
        )
    for name, values in (("labels", labels), ("predicted", predicted)):
        if not np.issubdtype(values.dtype, np.integer):
            raise ValueError(
                f"`{name}` are no classes: received {values.dtype}. Allowed are integers; convert with astype(int)."
            )
        wrong = values[(values < 0) | (values >= n_classes)]
        if wrong.size:
            raise ValueError(
                f"`{name}` hold an unknown class: received {wrong[0]} ({wrong.size} of {values.size} are out of "
                f"range). Allowed are 0 to {n_classes - 1}; check that labels and class names are of the same data set."
            )
    return labels, predicted


# What `summarise` says of decisions alone, whatever the order of the classes. The place to add a metric is the table in
# `conbal_tf.metrics.measures`.
METRICS: dict[str, Callable[[ArrayLike, ArrayLike, int], float]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "balanced_accuracy": balanced_accuracy,
}
