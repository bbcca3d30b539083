"""The flags of `python -m conbal_tf.compare`."""

from dataclasses import dataclass
from pathlib import Path

from conbal_tf.settings.choices import ClassMix


@dataclass(frozen=True)
class Comparing:
    """Which runs to compare."""

    run_a: Path
    """Folder of a finished run."""
    run_b: Path
    """Folder of a finished run with the same test images; differences are B - A."""
    seeds: bool = False
    """Compare methods: each run stands for all finished runs beside it whose names differ by -seedN at the end."""
    class_mix: ClassMix = "fixed"
    """Intervals: `fixed` for other images of the same mix of classes, `varied` for images as they come."""
    out: Path | None = None
    """Write everything to this file, as JSON."""
    debug: bool = False
    """Add the traceback to an error."""
