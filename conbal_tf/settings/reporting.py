"""The flags of `python -m conbal_tf.report`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reporting:
    """Which runs to show, and where."""

    runs: tuple[Path, ...]
    """Folders of finished runs; several stand side by side and need the same test images."""
    out: Path | None = None
    """The file to write (default: RUN/report.html for one run, report.html here for several)."""
    debug: bool = False
    """Add the traceback to an error."""
