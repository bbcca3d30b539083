"""What a stage of a run will do, as a value: `conbal_tf.run.plan` computes it once, before anything is trained."""

from dataclasses import dataclass

from conbal_tf.data.pipeline import SecondLabel
from conbal_tf.training.optimizer import CoupledSGD, warmup_cosine

CLASSIFIER = "classifier"


@dataclass(frozen=True)
class Rate:
    """How fast a stage learns: a linear rise, then a half cosine; and what else its SGD needs."""

    peak: float
    """Learning rate after the warm-up."""
    first: float
    """That of the first update, where there is a warm-up."""
    last: float
    """That after the last update."""
    warmup_updates: int
    """Length of the rise; 0 for none."""
    momentum: float
    """Of SGD, 0 <= momentum < 1."""
    weight_decay: float
    """Factor of the L2 term that is coupled into the gradient."""


@dataclass(frozen=True)
class Stage:
    """How long a stage is, on which images, and how fast it learns."""

    name: str
    """In files and lines: the method's for stage 1, `classifier` for stage 2."""
    class_counts: tuple[int, ...]
    """Training images of each class, in label order."""
    sampling: str
    """`original` or `balanced`."""
    visits: tuple[int, ...]
    """How often an epoch of the schedule shows each class: its images, repeated where the sampling balances."""
    batch_size: int
    """Images that an update learns from, over all replicas."""
    schedule_steps: int
    """Updates in an epoch of the schedule over classes."""
    steps_per_epoch: int
    """Updates in an epoch of Keras, at whose end it scores, logs and backs up: a multiple of `schedule_steps`."""
    updates: int
    """Updates in all."""
    rate: Rate
    seed: int
    """Of all draws but those of the views."""
    view_seed: int
    """Of the views: another one in stage 2, so that it does not see the very crops of stage 1 again."""
    views: int = 1
    """Augmented views of each image in a batch."""
    candidates: int = 1
    """Images that a batch holds for each one that is learnt from."""
    cached_views: int = 0
    """Augmented views of each image whose features are computed once and drawn from; 0 for none."""
    second_label: SecondLabel | None = None
    """What is learnt beside the class."""

    @property
    def length(self) -> dict[str, int]:
        """What a stage that goes on after an interruption must have in common with the one that began."""
        names = ("schedule_steps", "steps_per_epoch", "updates", "batch_size")
        return {name: getattr(self, name) for name in names}


def optimizer(stage: Stage) -> CoupledSGD:
    """Returns the optimiser of a stage."""
    rate = stage.rate
    schedule = warmup_cosine(
        rate.peak, first=rate.first, last=rate.last, warmup_updates=rate.warmup_updates, updates=stage.updates
    )
    return CoupledSGD(schedule, rate.momentum, rate.weight_decay)
