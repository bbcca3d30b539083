"""How long each stage of a run is, its optimiser, and how many views go through the backbone."""

import math
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from conbal_tf.data.pipeline import SecondLabel, epoch_length
from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.resnet import BACKBONES
from conbal_tf.settings.length import parse_length
from conbal_tf.settings.schema import Classifier, Settings, Training
from conbal_tf.training.methods import METHODS
from conbal_tf.training.optimizer import CoupledSGD, warmup_cosine

# Keras's epochs, at the end of which it reports, are whole epochs of the schedule, as many as keep to this number.
MOST_REPORTS = 200
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Plan:
    """How long a stage is."""

    stage: str
    """Its name in files and lines."""
    schedule_steps: int
    """Updates in an epoch of the schedule over classes."""
    steps_per_epoch: int
    """Updates in an epoch of Keras, at whose end it scores, logs and backs up: a multiple of `schedule_steps`."""
    updates: int
    """Updates in all."""
    batch_size: int
    """Images in an update, over all replicas."""


def backbone_plan(settings: Settings, data: SplitRecords) -> Plan:
    """Returns the plan of stage 1.

    Args:
        settings: of the run.
        data: the records under the protocol.

    Raises:
        ValueError: A batch is larger than an epoch or no multiple of the replicas.
    """
    epoch_images = epoch_length(data.records, data.ids(*settings.data.train_parts), settings.sampling)
    return _plan(settings.method, settings.training, epoch_images, METHODS[settings.method].candidates(settings))


def classifier_plan(settings: Settings, data: SplitRecords) -> Plan:
    """Returns the plan of stage 2, as `backbone_plan` that of stage 1."""
    ids = data.ids(*settings.data.train_parts)
    return _plan("classifier", settings.classifier, epoch_length(data.records, ids, "balanced"))


def optimizer(rates: Training | Classifier, plan: Plan) -> CoupledSGD:
    """Returns the optimiser of a stage.

    Raises:
        ValueError: The warm-up leaves nothing of the stage.
    """
    warmup = parse_length(rates.warmup).updates(plan.schedule_steps) if isinstance(rates, Training) else 0
    schedule = warmup_cosine(
        rates.learning_rate,
        first=rates.warmup_learning_rate if isinstance(rates, Training) else rates.learning_rate,
        last=rates.final_learning_rate,
        warmup_updates=warmup,
        updates=plan.updates,
    )
    return CoupledSGD(schedule, rates.momentum, rates.weight_decay)


def second_label(settings: Settings, data: SplitRecords) -> SecondLabel | None:
    """Returns what the method learns beside the class, if anything; the value "unknown" is none of its classes.

    Args:
        settings: of the run.
        data: the records under the protocol.

    Raises:
        ValueError: The records do not know it.
    """
    attribute = METHODS[settings.method].second_label
    if attribute is None:
        return None
    values = tuple(value for value in data.records.attribute_values(attribute) if value != UNKNOWN)
    if len(values) < 2:
        raise ValueError(
            f"Method {settings.method!r} learns {attribute!r}, and the records know it of no image (values: {values}). "
            "Make them from a download with HAM10000_metadata.csv, with --overwrite, or choose another --method."
        )
    return SecondLabel(attribute, values)


def size_note(settings: Settings) -> str:
    """Returns a line that warns where test images meet the borders of the maps otherwise than training images do.

    Args:
        settings: of the run; empty where the two sizes fit.
    """
    stride, shown = BACKBONES[settings.network.backbone].stride, settings.data
    if (shown.test_size - shown.image_size) % stride == 0:
        return ""
    nearest = shown.image_size + stride * round((shown.test_size - shown.image_size) / stride)
    return (
        f"Note: data.test_size is {shown.test_size}, data.image_size {shown.image_size}. Unless they differ by a "
        f"multiple of the network's stride, here {stride}, much accuracy was seen to be lost (docs/decisions/0009). "
        f"A size to try: --data.test_size {nearest}.\n"
    )


def budget(settings: Settings, data: SplitRecords) -> list[dict[str, Any]]:
    """Returns what each stage of the run costs, and so finds a mistake in the last before the first.

    Args:
        settings: of the run.
        data: the records under the protocol.

    Returns:
        For each stage its name, `updates`, `images` in an update, `views` of each, `views_through_backbone` in all, and
        whether they go `with_gradient`. Candidates that are only looked at are an entry of their own.

    Raises:
        ValueError: A batch is larger than an epoch or no multiple of the replicas, a warm-up leaves nothing, or the
            records lack the method's second label.
    """
    second_label(settings, data)
    plan, views = backbone_plan(settings, data), settings.training.views
    optimizer(settings.training, plan)
    spent = [_cost(plan, views, plan.updates * plan.batch_size * views, with_gradient=True)]
    candidates = METHODS[settings.method].candidates(settings)
    if candidates > 1:
        seen = spent[0]["views_through_backbone"] * candidates
        spent.append(_cost(plan, views, seen, with_gradient=False) | {"stage": f"{plan.stage}, candidates"})
    if METHODS[settings.method].retrains_head:
        head = classifier_plan(settings, data)
        optimizer(settings.classifier, head)
        seen = head.updates * head.batch_size
        if settings.classifier.features == "cached":
            seen = settings.classifier.cached_views * len(data.ids(*settings.data.train_parts))
        spent.append(_cost(head, 1, seen, with_gradient=False))
    return spent


def _cost(plan: Plan, views: int, through_backbone: int, *, with_gradient: bool) -> dict[str, Any]:
    return {
        "stage": plan.stage,
        "updates": plan.updates,
        "images": plan.batch_size,
        "views": views,
        "views_through_backbone": through_backbone,
        "with_gradient": with_gradient,
    }


def _plan(stage: str, lengths: Training | Classifier, epoch_images: int, candidates: int = 1) -> Plan:
    shown = lengths.batch_size * candidates
    if shown > epoch_images:
        what = stage if candidates == 1 else f"{stage}, {candidates} candidates for each of {lengths.batch_size}"
        section = "classifier" if isinstance(lengths, Classifier) else "training"
        raise ValueError(
            f"A batch of {shown} images ({what}) is larger than an epoch, which has {epoch_images}. "
            f"Set its batch_size to at most {epoch_images // candidates}: "
            f"--{section}.batch_size {epoch_images // candidates}."
        )
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    if lengths.batch_size % replicas:
        raise ValueError(
            f"A batch of {lengths.batch_size} images ({stage}) cannot be shared equally by {replicas} replicas. "
            f"Set its batch_size to a multiple of {replicas}, or ask for other --replicas."
        )
    schedule_steps = epoch_images // lengths.batch_size
    updates = parse_length(lengths.length).updates(schedule_steps)
    # A score, a log row and a backup of the weights every few updates would take longer than the training.
    steps = schedule_steps * math.ceil(updates / (MOST_REPORTS * schedule_steps))
    return Plan(stage, schedule_steps, steps, updates, lengths.batch_size)
