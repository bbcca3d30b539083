"""The flags of `python -m conbal_tf.evaluate`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Evaluating:
    """What to score anew."""

    run: Path
    """Folder of a finished run."""
    without_leaks: bool = False
    """Score the test images that do not leak as well, and say by how much the others flatter the figures."""
    debug: bool = False
    """Add the traceback to an error."""
