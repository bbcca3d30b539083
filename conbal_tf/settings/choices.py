"""Names that a setting may take; the tables of functions elsewhere carry the same names (tests keep them equal)."""

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
Protocol = Literal["paper"]
Part = Literal["train", "validation", "test"]
Augmentation = Literal["digits", "medical", "paper"]
Backbone = Literal["resnet50", "resnet18", "resnet18_small", "resnet10_small"]
Weights = Literal["none", "imagenet"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
LossScale = Literal["temperature", "none"]
ClassWeights = Literal["inverse_frequency", "none"]
LogitAdjustment = Literal["post_hoc", "loss"]
HeadFeatures = Literal["cached", "online"]
TestResize = Literal["square", "short_side"]


def names(choice: object) -> tuple[str, ...]:
    """Returns the allowed names of one of the choices above, in their order.

    >>> names(Sampling)
    ('balanced', 'original')
    """
    return get_args(choice)
