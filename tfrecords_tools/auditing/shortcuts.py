"""The check for shortcuts: how well what has nothing to do with the disease tells the class."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import recall_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.tree import DecisionTreeClassifier

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding

FOLDS = 5
DEPTH = 8
FEWEST_IN_LEAF = 10
NOTABLE = 0.05
"""By how much balanced accuracy must surely exceed chance to be reported as more than chance."""


@dataclass(frozen=True)
class Shortcut:
    """Something simple of an image that may tell its class."""

    title: str
    features: Callable[[Facts], np.ndarray]
    """Facts -> features [(N, F) float]."""
    severity: str
    """Of the finding, where it tells the class."""
    advice: str


@dataclass(frozen=True)
class Prediction:
    """How well features tell the class, on images that were held out."""

    balanced_accuracy: float
    error: float
    """Its standard error, from the number of groups of each class: images of one group are not independent."""
    chance: float
    recall: dict[str, float]
    """By class."""

    @property
    def is_notable(self) -> bool:
        """Whether it is more than chance by `NOTABLE`, two standard errors granted."""
        return self.balanced_accuracy - 2 * self.error > self.chance + NOTABLE


def find_shortcuts(facts: Facts) -> list[Finding]:
    """Returns for each shortcut how well a small tree tells the class by it alone, over grouped folds."""
    counts = _group_counts(facts)
    folds = min(FOLDS, counts.min()) if len(counts) > 1 else 0
    if folds < 2:
        return [Finding("note", "Shortcuts were not looked for: they need two classes, and two groups of each.")]
    return [_finding(facts, shortcut, folds) for shortcut in SHORTCUTS.values()]


def predict(facts: Facts, features: np.ndarray, folds: int = FOLDS) -> Prediction:
    """Returns how well features [(N, F) float] tell the class of images whose group was held out.

    The tree is small (depth 8, ten images in a leaf) and weighs classes equally, as balanced accuracy does.
    """
    predicted = np.full_like(facts.labels, -1)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for fitted, held_out in splitter.split(features, facts.labels, facts.joined):
        tree = DecisionTreeClassifier(
            max_depth=DEPTH, min_samples_leaf=FEWEST_IN_LEAF, class_weight="balanced", random_state=0
        )
        predicted[held_out] = tree.fit(features[fitted], facts.labels[fitted]).predict(features[held_out])
    numbers = np.arange(len(facts.class_names))
    recall = recall_score(facts.labels, predicted, labels=numbers, average=None, zero_division=0)
    return Prediction(
        balanced_accuracy=float(recall.mean()),
        # Of a mean of binomial shares, each of as many trials as its class has groups.
        error=float(np.sqrt((recall * (1 - recall) / _group_counts(facts)).sum()) / len(numbers)),
        chance=1 / len(numbers),
        recall=dict(zip(facts.class_names, recall.tolist(), strict=True)),
    )


def _finding(facts: Facts, shortcut: Shortcut, folds: int) -> Finding:
    features = shortcut.features(facts)
    if (features == features[0]).all():
        return Finding("note", f"{shortcut.title} is the same for all images, so it tells nothing of the class.")
    found = predict(facts, features, folds)
    margin = 2 * found.error
    numbers = f"balanced accuracy {found.balanced_accuracy:.2f} ± {margin:.2f} where chance is {found.chance:.2f}"
    details = {"balanced_accuracy": found.balanced_accuracy, "chance": found.chance, "recall": found.recall}
    if not found.is_notable:
        return Finding("note", f"{shortcut.title} alone hardly tells the class: {numbers}.", details=details)
    return Finding(
        shortcut.severity, f"{shortcut.title} alone tells the class: {numbers}.", shortcut.advice, details=details
    )


def _group_counts(facts: Facts) -> np.ndarray:
    """Returns the number of groups of each class, copies joined [(C,) int64]."""
    return np.array([len(np.unique(facts.joined[facts.labels == number])) for number in range(len(facts.class_names))])


def _size_features(facts: Facts) -> np.ndarray:
    """Returns height, width and aspect ratio [(N, 3) float64]."""
    return np.column_stack([facts.sizes, facts.sizes[:, 1] / facts.sizes[:, 0]]).astype(np.float64)


# A new shortcut: one line here.
SHORTCUTS = {
    "size": Shortcut(
        "The originals' size",
        _size_features,
        "warning",
        "Size tells the camera and the clinic, not the disease, and a network can see it in sharpness, shape and "
        "border. Crop all images alike, and do not believe a model that is not clearly better than this number.",
    ),
    "colour": Shortcut(
        "The mean colour",
        lambda facts: facts.colours,
        "note",
        "Colour may be a sign of the disease, or of the light and camera of a clinic. A model must be clearly better "
        "than this number; colour augmentation makes it look elsewhere.",
    ),
}
