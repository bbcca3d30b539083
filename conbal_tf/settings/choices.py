"""Names that a setting may take; the tables of functions elsewhere carry the same names (tests keep them equal)."""

import re
from typing import Literal, get_args

Dataset = Literal["aptos", "digits", "isic2018", "folder", "csv"]
OWN_IMAGES = ("folder", "csv")
"""Data sets that are the user's own images; the others are built in."""
Method = Literal[
    "contrastive",
    "cross_entropy",
    "focal",
    "ldam",
    "ldam_drw",
    "ohem",
    "ohem_sampling",
    "mtl",
    "canet",
    "logit_adjusted",
    "balanced_softmax",
    "crt",
    "tau_norm",
    "balanced_contrastive",
]
Sampling = Literal["balanced", "original"]
PROTOCOLS = ("grouped", "paper", "official", "import")
"""Beside these there are folds, such as `fold_3_of_5`: `fold_of`."""
Conflicts = Literal["train", "majority", "leave_out"]
Part = Literal["train", "validation", "test"]
Augmentation = Literal["digits", "medical", "paper"]
Backbone = Literal["resnet50", "resnet18", "resnet18_small", "resnet10_small"]
Weights = Literal["none", "imagenet"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
LossScale = Literal["temperature", "none"]
ClassWeights = Literal["inverse_frequency", "none"]
LogitAdjustment = Literal["post_hoc", "loss"]
HeadFeatures = Literal["cached", "online"]
Crop = Literal["none", "fundus"]
TestResize = Literal["square", "short_side"]
ClassMix = Literal["fixed", "varied"]


def fold_of(protocol: str) -> tuple[int, int] | None:
    """Returns the number of a fold and how many there are, or None where the protocol is none.

    >>> fold_of("fold_3_of_5"), fold_of("fold_6_of_5"), fold_of("paper")
    ((3, 5), None, None)
    """
    found = re.fullmatch(r"fold_([1-9]\d*)_of_([1-9]\d*)", protocol)
    number, folds = (int(found[1]), int(found[2])) if found else (0, 0)
    return (number, folds) if 1 <= number <= folds and folds >= 2 else None


def names(choice: object) -> tuple[str, ...]:
    """Returns the allowed names of one of the choices above, in their order.

    >>> names(Sampling)
    ('balanced', 'original')
    """
    return get_args(choice)
