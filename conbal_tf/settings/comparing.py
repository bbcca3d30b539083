"""The flags of `python -m conbal_tf.compare`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Comparing:
    """Which runs to compare."""

    run_a: Path
    """Folder of a finished run."""
    run_b: Path
    """Folder of a finished run with the same test images; differences are B - A."""
    seeds: bool = False
    """Compare methods: each run stands for all finished runs beside it whose names differ by -seedN at the end."""
    out: Path | None = None
    """Write everything to this file, as JSON."""
    debug: bool = False
    """Add the traceback to an error."""
