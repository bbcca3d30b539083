"""Whether the values of settings make sense, alone and together; types and names are checked where they are read."""

import difflib
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from conbal_tf.settings import choices
from conbal_tf.settings.length import Length, parse_length
from conbal_tf.settings.methods import TRAITS, unused_sections
from conbal_tf.settings.own_images import check_own_images
from conbal_tf.settings.paths import check_paths
from conbal_tf.settings.schema import Settings


def validate(settings: Settings) -> None:
    """Refuses settings whose values make no sense.

    Raises:
        ValueError: At the first such setting: what is wrong, what was received, what is allowed, what to do.
    """
    check_paths(settings)
    check_own_images(settings)
    _check_method(settings)
    _check_protocol(settings)
    unused = unused_sections(settings.method)
    for name, rule in _RULES.items():
        if name.partition(".")[0] in unused:
            continue
        value = _value(settings, name)
        if not rule.holds(value):
            raise _error(name, value, rule.allowed, rule.advice)
    for stage in sorted({"training", "classifier"} - unused, reverse=True):
        _check_batch(f"{stage}.batch_size", _value(settings, f"{stage}.batch_size"), settings.replicas)
        _check_length(f"{stage}.length", _value(settings, f"{stage}.length"))
    _check_warmup(settings.training.warmup, settings.training.length)
    _check_weights(settings)


class _Rule(NamedTuple):
    holds: Callable[[Any], bool]
    allowed: str
    advice: str


def _at_least(least: int) -> _Rule:
    return _Rule(lambda value: value >= least, f"a whole number from {least} up", f"set it to {least} or more")


def _error(name: str, value: object, allowed: str, advice: str) -> ValueError:
    section, _, key = name.rpartition(".")
    place = f"{key} under [{section}] in a file" if section else f"{key} in a file"
    return ValueError(f"{name} is {value!r}; allowed is {allowed}. Please {advice} (--{name}, or {place}).")


def _value(settings: Settings, name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _check_method(settings: Settings) -> None:
    traits, method = TRAITS[settings.method], settings.method
    if traits.datasets and settings.dataset not in traits.datasets:
        allowed = f"another method with data set {settings.dataset!r}, since {traits.why}"
        raise _error("method", method, allowed, f"use it with --dataset {traits.datasets[0]}, or change the method")
    if settings.sampling not in traits.samplings:
        allowed = f"{traits.samplings[0]!r} with method {method!r}, since {traits.why}"
        raise _error("sampling", settings.sampling, allowed, f"set it to {traits.samplings[0]}")
    if traits.tunes_on_validation and "validation" in settings.data.train_parts:
        allowed = f"'train' alone with method {method!r}, since it chooses on the validation part"
        raise _error("data.train_parts", settings.data.train_parts, allowed, "set it to train")


def _check_protocol(settings: Settings) -> None:
    protocol, known = settings.protocol, choices.PROTOCOLS
    if protocol not in known and choices.fold_of(protocol) is None:
        nearest = difflib.get_close_matches(protocol, [*known, "fold_1_of_5"], n=1)
        allowed = f"{', '.join(known)}, or one fold such as fold_3_of_5"
        raise _error("protocol", protocol, allowed, f"set it to {(nearest or ['grouped'])[0]}")
    file = settings.protocol_file
    if protocol == "import" and file is None:
        raise _error("protocol_file", None, "a CSV with columns id and part, with protocol import", "name one")
    if protocol != "import" and file is not None:
        allowed = f"nothing with protocol {protocol!r}: only import reads a file"
        raise _error("protocol_file", str(file), allowed, "leave it out, or set --protocol import")
    if settings.conflicts != "train" and protocol != "grouped" and choices.fold_of(protocol) is None:
        allowed = f"'train' with protocol {protocol!r}: only grouped and folds look at copies"
        raise _error("conflicts", settings.conflicts, allowed, "leave it out")


def _check_batch(name: str, batch_size: int, replicas: int) -> None:
    if replicas > 0 and batch_size % replicas:
        nearest = max(1, round(batch_size / replicas)) * replicas
        allowed = f"a multiple of the {replicas} replicas, since each takes an equal share of the batch"
        raise _error(name, batch_size, allowed, f"set it to {nearest}, or change --replicas")


def _check_length(name: str, text: str) -> None:
    if _length(name, text).count == 0:
        raise _error(name, text, "one epoch or update, or more", "set it to, for example, '1 epochs'")


def _length(name: str, text: str) -> Length:
    try:
        return parse_length(text)
    except ValueError as error:
        allowed = "`N epochs` or `N updates`, N a whole number"
        raise _error(name, text, allowed, "write it as, for example, '20 epochs'") from error


def _check_warmup(warmup_text: str, length_text: str) -> None:
    warmup, length = _length("training.warmup", warmup_text), parse_length(length_text)
    # In different units they can only be compared once the size of the data is known.
    if warmup.unit == length.unit and warmup.count >= length.count:
        allowed = f"less than training.length, {length_text!r}"
        raise _error("training.warmup", warmup_text, allowed, "shorten it; '0 epochs' is none")


def _check_weights(settings: Settings) -> None:
    network = settings.network
    if network.weights == "imagenet" and (network.backbone, network.width) != ("resnet50", 64):
        here = f"backbone {network.backbone!r} of width {network.width}"
        allowed = f"'none' with {here}; 'imagenet' needs 'resnet50' of width 64"
        raise _error("network.weights", "imagenet", allowed, "set it to 'none', or change the backbone")


_SIZE = _at_least(1)
_WHOLE = _at_least(0)
# The range of NumPy's seeds, one of which Keras sets, too. Views of stage 2 have seeds beyond it (`run.plan`).
_SEED = _Rule(lambda value: 0 <= value < 2**32, "a whole number from 0 to 2**32 - 1", "set it to, for example, 0")
_POSITIVE = _Rule(lambda value: 0 < value < math.inf, "a number > 0", "set it to a positive number")
_NOT_NEGATIVE = _Rule(lambda value: 0 <= value < math.inf, "a number >= 0", "set it to 0 or a positive number")
_MOMENTUM = _Rule(lambda value: 0 <= value < 1, "0 <= momentum < 1", "set it to, for example, 0.9")

# What each setting must be by itself.
_RULES: dict[str, _Rule] = {
    "protocol_seed": _SEED,
    "seed": _SEED,
    "replicas": _WHOLE,
    "data.record_size": _SIZE,
    "data.image_size": _SIZE,
    "data.test_size": _SIZE,
    "data.smallest_crop": _Rule(lambda share: 0 < share <= 1, "a share of the area, 0 < share <= 1", "set it to 0.08"),
    "data.colour_strength": _Rule(lambda factor: 0 <= factor <= 1, "0 <= factor <= 1", "set it to 1 for the paper's"),
    "data.train_parts": _Rule(
        lambda parts: 0 < len(parts) == len(set(parts)) and "test" not in parts,
        "'train', 'validation' or both, each once: nothing is ever trained on the test part",
        "set it to train, or to train validation",
    ),
    "network.width": _SIZE,
    "training.batch_size": _SIZE,
    "training.views": _Rule(lambda views: views in (1, 2), "1 or 2", "set it to 2, or to 1 for Eq. (1) to the letter"),
    "training.learning_rate": _POSITIVE,
    "training.warmup_learning_rate": _POSITIVE,
    "training.final_learning_rate": _POSITIVE,
    "training.momentum": _MOMENTUM,
    "training.weight_decay": _NOT_NEGATIVE,
    "contrastive.temperature": _Rule(_POSITIVE.holds, "a number > 0", "set it to, for example, 0.05"),
    "contrastive.hidden_size": _SIZE,
    "contrastive.embedding_size": _SIZE,
    "focal.gamma": _NOT_NEGATIVE,
    "ldam.largest_margin": _Rule(lambda margin: 0 < margin <= 1, "0 < margin <= 1", "set it to, for example, 0.5"),
    "ldam.scale": _POSITIVE,
    "drw.begin": _Rule(lambda share: 0 <= share < 1, "a share of the training, 0 <= share < 1", "set it to 0.8"),
    "drw.beta": _Rule(lambda beta: 0 < beta < 1, "0 < beta < 1", "set it to, for example, 0.9999"),
    "ohem.hardest_share": _Rule(lambda share: 0 < share <= 1, "0 < share <= 1", "set it to, for example, 0.7"),
    "ohem_sampling.candidates": _at_least(2),
    "mtl.site_weight": _POSITIVE,
    "canet.units": _SIZE,
    "canet.specific_weight": _NOT_NEGATIVE,
    "logit_adjusted.tau": _POSITIVE,
    "classifier.cached_views": _SIZE,
    "classifier.batch_size": _SIZE,
    "classifier.learning_rate": _POSITIVE,
    "classifier.final_learning_rate": _POSITIVE,
    "classifier.momentum": _MOMENTUM,
    "classifier.weight_decay": _NOT_NEGATIVE,
}
