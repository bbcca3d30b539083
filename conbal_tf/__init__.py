"""Contrastive learning against class imbalance, in Keras 3: records in, a trained, evaluated and served model out.

What is public stands here, and is imported when it is first used: `import conbal_tf as cb` takes no time.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors and type checkers; a test keeps it equal to _HOMES
    from conbal_tf.data.balanced_batches import balanced_batches as balanced_batches
    from conbal_tf.losses.balanced_contrastive import balanced_contrastive as balanced_contrastive
    from conbal_tf.losses.class_counts import effective_number_weights as effective_number_weights
    from conbal_tf.losses.class_counts import ldam_margins as ldam_margins
    from conbal_tf.losses.classification import adjusted_cross_entropy as adjusted_cross_entropy
    from conbal_tf.losses.classification import focal as focal
    from conbal_tf.losses.classification import ldam as ldam
    from conbal_tf.losses.contrastive import supervised_contrastive as supervised_contrastive
    from conbal_tf.networks.heads import classifier as classifier
    from conbal_tf.networks.heads import classifier_head as classifier_head
    from conbal_tf.networks.heads import cosine_head as cosine_head
    from conbal_tf.networks.heads import projection_head as projection_head
    from conbal_tf.networks.resnet import backbone as backbone
    from conbal_tf.run.job import train as train
    from conbal_tf.settings.reading import read_settings as read_settings
    from conbal_tf.settings.schema import Settings as Settings
    from conbal_tf.training.balanced_contrastive import BalancedContrastiveModel as BalancedContrastiveModel
    from conbal_tf.training.contrastive import ContrastiveModel as ContrastiveModel
    from conbal_tf.training.global_mean import GlobalMean as GlobalMean
    from conbal_tf.training.kappa import QuadraticWeightedKappa as QuadraticWeightedKappa
    from conbal_tf.training.optimizer import CoupledSGD as CoupledSGD
    from conbal_tf.training.optimizer import warmup_cosine as warmup_cosine

__version__ = "0.1.0"

_HOMES = {
    "BalancedContrastiveModel": "training.balanced_contrastive",
    "ContrastiveModel": "training.contrastive",
    "CoupledSGD": "training.optimizer",
    "GlobalMean": "training.global_mean",
    "QuadraticWeightedKappa": "training.kappa",
    "Settings": "settings.schema",
    "adjusted_cross_entropy": "losses.classification",
    "backbone": "networks.resnet",
    "balanced_batches": "data.balanced_batches",
    "balanced_contrastive": "losses.balanced_contrastive",
    "classifier": "networks.heads",
    "classifier_head": "networks.heads",
    "cosine_head": "networks.heads",
    "effective_number_weights": "losses.class_counts",
    "focal": "losses.classification",
    "ldam": "losses.classification",
    "ldam_margins": "losses.class_counts",
    "projection_head": "networks.heads",
    "read_settings": "settings.reading",
    "supervised_contrastive": "losses.contrastive",
    "train": "run.job",
    "warmup_cosine": "training.optimizer",
}
__all__ = list(_HOMES)


if not TYPE_CHECKING:  # a type checker would take every name for one of these

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            # With its object, Python names the nearest.
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__])
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return globals().setdefault(name, found)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
