"""The flags of `python -m conbal_tf.evaluate`."""

from dataclasses import dataclass
from pathlib import Path

from conbal_tf.settings.choices import ClassMix


@dataclass(frozen=True)
class Evaluating:
    """What to score anew."""

    run: Path
    """Folder of a finished run."""
    positive: tuple[str, ...] = ()
    """Classes that are to be found, as A B or A,B, for sensitivity at a specificity (default: MEL in isic2018, moderate
    and worse in aptos)."""
    specificity: float = 0.9
    """Share of the other images to leave alone; the threshold is chosen on the validation part."""
    class_mix: ClassMix = "fixed"
    """Intervals: `fixed` for other images of the same mix of classes, `varied` for images as they come."""
    without_leaks: bool = False
    """Score the test images that do not leak as well, and say by how much the others flatter the figures."""
    pictures: bool = False
    """Make explanations.npz anew, for the page: thumbnails, map, mistakes with heat maps and neighbours."""
    records: Path | None = None
    """Folder of the TFRecords that `pictures` reads (default: that of the run's settings)."""
    debug: bool = False
    """Add the traceback to an error."""
