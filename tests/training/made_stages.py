"""Stages for tests of what trains in them."""

from typing import Any

import numpy as np

from conbal_tf.training.stage import Rate, Stage

RATE = Rate(peak=0.1, first=0.01, last=1e-4, warmup_updates=0, momentum=0.9, weight_decay=1e-4)


def made_stage(counts: Any = (70, 20, 10), visits: Any = None, **changes: Any) -> Stage:
    """Returns a stage of 10 updates of 12 images; `visits` are the counts unless given."""
    values: dict[str, Any] = {"name": "contrastive", "sampling": "original", "batch_size": 12, "updates": 10}
    values |= {"schedule_steps": 4, "steps_per_epoch": 4, "rate": RATE, "seed": 0, "view_seed": 0}
    shown = counts if visits is None else visits
    values |= {"class_counts": tuple(np.asarray(counts).tolist()), "visits": tuple(np.asarray(shown).tolist())}
    return Stage(**(values | changes))
