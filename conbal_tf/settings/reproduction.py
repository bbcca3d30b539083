"""The flags of `python -m conbal_tf.reproduce`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reproduction:
    """What to reproduce, how often, and where."""

    table: str
    """`table1`, `table2`, `table3` and `figure3` are the paper's; `beyond` and `beyond_aptos` are of later methods;
    `own` is what --config describes, beside cross-entropy."""
    protocol: str = ""
    """How images are split, the same for all runs (default: paper; for `own`, what --config says)."""
    folds: int = 0
    """Train each row on so many folds, whose test parts together are the whole data set; 0: on one split."""
    seeds: int = 3
    """Runs of each row, on each fold where there are some."""
    rows: tuple[str, ...] = ()
    """Titles of the rows to train now, such as CL "CL + resample"; none: all. The table shows the others, too."""
    small: bool = False
    """Use configs/<dataset>_small.toml, for 2 CPU cores, instead of configs/<dataset>_paper.toml."""
    config: Path | None = None
    """Settings that all runs share, instead of those: a file, or the name of one that comes with the package."""
    images: Path | None = None
    """Folder of the download (default data/<dataset>), read only when records are missing."""
    records: Path | None = None
    """Folder of the TFRecords (default: records, or what --config says)."""
    runs: Path = Path("runs/reproduce")
    """Folder of the runs and tables. Several of these commands may share it."""
    replicas: int = 0
    """As for training: 0 takes all GPUs, or one CPU. On a cluster the GPUs of each run, where it has some; 0 takes
    one."""
    cluster: str = ""
    """Train on a Ray cluster, many runs at once (default: here, one run after the other): HOST:PORT of its head; local
    for a new one of this machine alone; auto for the one that RAY_ADDRESS names, or that `ray start` has begun on this
    machine, or else local. Its machines share this folder, those of runs and records, and the environment."""
    cpus: int = 0
    """Cores of each run on a cluster; 0: those of a machine, shared among the runs that its GPUs allow at once."""
    dry_run: bool = False
    """List the runs and how long they will take; train nothing."""
    debug: bool = False
    """Add the traceback to an error."""
