"""What a run will do: computed once, before anything is trained, as a value that is printed, kept and handed on."""

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from conbal_tf.data.pipeline import SecondLabel
from conbal_tf.data.schedule import visits_per_epoch
from conbal_tf.data.split import SplitRecords
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.length import parse_length
from conbal_tf.settings.schema import Classifier, Settings, Training
from conbal_tf.training.methods import Method, method_of
from conbal_tf.training.optimizer import check_warmup
from conbal_tf.training.stage import CLASSIFIER, Rate, Stage

# Keras's epochs, at the end of which it reports, are whole epochs of the schedule, as many as keep to this number.
MOST_REPORTS = 200
UNKNOWN = "unknown"
FILE = "plan.json"


@dataclass(frozen=True)
class RunPlan:
    """The stages of a run, each with its length, its images and its learning rate."""

    class_names: tuple[str, ...]
    backbone: Stage
    """Stage 1."""
    head: Stage | None
    """Stage 2, where it trains; None where stage 1's head is the classifier's, as it is or corrected."""

    @property
    def train_counts(self) -> dict[str, int]:
        """Class name to its training images, in label order."""
        return dict(zip(self.class_names, self.backbone.class_counts, strict=True))

    def costs(self) -> list[dict[str, Any]]:
        """Returns what each stage costs, for environment.json, by which the rows of a table are held to one budget.

        Returns:
            For each stage its name, `updates`, `images` in an update, `views` of each, `views_through_backbone` in all,
            and whether they go `with_gradient`. Candidates that are only looked at are an entry of their own.
        """
        first = self.backbone
        seen = first.updates * first.batch_size * first.views
        costs = [_cost(first, seen, with_gradient=True)]
        if first.candidates > 1:
            candidates = replace(first, name=f"{first.name}, candidates")
            costs.append(_cost(candidates, seen * first.candidates, with_gradient=False))
        if self.head:
            # Cached features go through the backbone once, images at every update.
            once = self.head.cached_views * sum(self.head.class_counts)
            costs.append(_cost(self.head, once or self.head.updates * self.head.batch_size, with_gradient=False))
        return costs

    def lines(self) -> list[str]:
        """Returns a line for each stage, for people."""
        lines = [_in_words(self.backbone)]
        if self.head:
            how = f"features of {self.head.cached_views} views, computed once" if self.head.cached_views else "images"
            lines.append(f"{_in_words(self.head)} ({how})")
        return lines

    def write(self, run: Path) -> None:
        """Writes plan.json."""
        write_whole(run / FILE, json.dumps(asdict(self), indent=2) + "\n")


def plan_run(settings: Settings, data: SplitRecords, replicas: int) -> RunPlan:
    """Returns what a run will do, and so finds a mistake in its last stage before its first begins.

    Args:
        settings: of the run.
        data: the records under the protocol.
        replicas: over how many devices a batch is shared.

    Raises:
        ValueError: A batch is larger than an epoch or no multiple of the replicas, a warm-up leaves nothing, or the
            records lack the method's second label.
    """
    method = method_of(settings)
    second = _second_label(settings, method, data)
    counts = tuple(map(int, data.records.class_counts(data.ids(*settings.data.train_parts))))
    backbone = _stage(
        settings.method,
        settings.training,
        counts,
        settings.sampling,
        candidates=method.candidates,
        views=settings.training.views,
        seed=settings.seed,
        view_seed=settings.seed,
        second_label=second,
    )
    head = _head(settings.classifier, counts, settings.seed) if method.retrains_head else None
    for stage in filter(None, (backbone, head)):
        _check_replicas(stage, replicas)
    return RunPlan(data.records.class_names, backbone, head)


def _head(lengths: Classifier, counts: tuple[int, ...], seed: int) -> Stage:
    cached = lengths.cached_views if lengths.features == "cached" else 0
    # The seed of its views lies beyond any that a user gives to stage 1.
    return _stage(CLASSIFIER, lengths, counts, "balanced", cached_views=cached, seed=seed, view_seed=seed + 2**32)


def _stage(
    name: str,
    lengths: Training | Classifier,
    counts: tuple[int, ...],
    sampling: str,
    *,
    candidates: int = 1,
    **others: Any,
) -> Stage:
    visits = tuple(map(int, visits_per_epoch(np.array(counts), sampling)))
    epoch_images, shown = sum(visits), lengths.batch_size * candidates
    if shown > epoch_images:
        what = name if candidates == 1 else f"{name}, {candidates} candidates for each of {lengths.batch_size}"
        section = "classifier" if isinstance(lengths, Classifier) else "training"
        raise ValueError(
            f"A batch of {shown} images ({what}) is larger than an epoch, which has {epoch_images}. "
            f"Set its batch_size to at most {epoch_images // candidates}: "
            f"--{section}.batch_size {epoch_images // candidates}."
        )
    schedule_steps = epoch_images // lengths.batch_size
    updates = parse_length(lengths.length).updates(schedule_steps)
    rate = _rate(lengths, schedule_steps)
    check_warmup(rate.warmup_updates, updates)
    # A score, a log row and a backup of the weights every few updates would take longer than the training.
    steps = schedule_steps * math.ceil(updates / (MOST_REPORTS * schedule_steps))
    return Stage(
        name=name,
        class_counts=counts,
        sampling=sampling,
        visits=visits,
        batch_size=lengths.batch_size,
        candidates=candidates,
        schedule_steps=schedule_steps,
        steps_per_epoch=steps,
        updates=updates,
        rate=rate,
        **others,
    )


def _rate(rates: Training | Classifier, schedule_steps: int) -> Rate:
    first, warmup = rates.learning_rate, 0
    if isinstance(rates, Training):
        first, warmup = rates.warmup_learning_rate, parse_length(rates.warmup).updates(schedule_steps)
    return Rate(rates.learning_rate, first, rates.final_learning_rate, warmup, rates.momentum, rates.weight_decay)


def _check_replicas(stage: Stage, replicas: int) -> None:
    if stage.batch_size % replicas:
        raise ValueError(
            f"A batch of {stage.batch_size} images ({stage.name}) cannot be shared equally by {replicas} replicas. "
            f"Set its batch_size to a multiple of {replicas}, or ask for other --replicas."
        )


def _second_label(settings: Settings, method: Method, data: SplitRecords) -> SecondLabel | None:
    """Returns what the method learns beside the class, if anything; the value "unknown" is none of its classes."""
    attribute = method.second_label
    if attribute is None:
        return None
    values = tuple(value for value in data.records.attribute_values(attribute) if value != UNKNOWN)
    if len(values) < 2:
        raise ValueError(
            f"Method {settings.method!r} learns {attribute!r}, and the records know it of no image (values: {values}). "
            "Make them from a download with HAM10000_metadata.csv, with --overwrite, or choose another --method."
        )
    return SecondLabel(attribute, values)


def _cost(stage: Stage, through_backbone: int, *, with_gradient: bool) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "updates": stage.updates,
        "images": stage.batch_size,
        "views": stage.views,
        "views_through_backbone": through_backbone,
        "with_gradient": with_gradient,
    }


def _in_words(stage: Stage) -> str:
    views = f" in {stage.views} views" if stage.views > 1 else ""
    # An epoch is no multiple of the batch: images are counted, not updates.
    epochs = stage.updates * stage.batch_size / sum(stage.visits)
    warmup = f", the first {stage.rate.warmup_updates:,} of them warming up" if stage.rate.warmup_updates else ""
    return (
        f"{stage.name}: {stage.updates:,} updates of {stage.batch_size:,} images{views}, {epochs:.4g} epochs of "
        f"{sum(stage.visits):,}{warmup}"
    )
