"""The flags of `python -m conbal_tf.export`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tfrecords_tools.labels.names import respelled

# Shares are written with two or three digits: thirds do not sum to 1.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Exporting:
    """What to export, and how."""

    run: Path
    """Folder of a finished run."""
    out: Path | None = None
    """Folder to make (default RUN/export/<next number>; TF Serving takes the highest)."""
    calibrate: bool = False
    """Put the temperature and the class prior into the graph that were fitted on the validation part."""
    prior: tuple[str, ...] = ()
    """With --calibrate: how frequent the classes are where the model is to serve, as in `--prior sick=.02,healthy=.98`
    (default: as in the validation part)."""
    debug: bool = False
    """Add the traceback to an error."""


def read_prior(entries: Sequence[str], class_names: Sequence[str]) -> tuple[float, ...]:
    """Returns the share of each class, in their order and with sum 1, from what `--prior` was given.

    Args:
        entries: `name=share` for each class, in any order, one by one or several with commas between.
        class_names: of the run.

    Raises:
        ValueError: A class is unknown, missing or named twice, or the shares are none.

    >>> read_prior(["sick=.25", "healthy=.75"], ["healthy", "sick"])
    (0.75, 0.25)
    """
    # A class may have a comma in its name, or an equals sign: from the right.
    pieces = entries if any("," in name for name in class_names) else ",".join(entries).split(",")
    names, _, given = zip(*(piece.rpartition("=") for piece in pieces), strict=True)
    named = list(zip(respelled(names, class_names), given, strict=True))
    if sorted(name for name, _ in named) != sorted(class_names):
        raise ValueError(
            f"--prior does not name each class once: received {' '.join(entries)}. Classes are "
            f"{', '.join(class_names)}; give a share of each, as in --prior {class_names[0]}=.02 and so on."
        )
    try:
        shares = {name: float(share) for name, share in named}
    except ValueError as error:
        raise ValueError(f"--prior has a share that is no number: {error}. Give shares such as .02.") from error
    total = sum(shares.values())
    if not (min(shares.values()) > 0 and abs(total - 1) <= TOLERANCE):
        raise ValueError(
            f"--prior has shares that are none: received {' '.join(entries)}, in sum {total:g}. Allowed are numbers "
            "above 0 with sum 1; give a class that never occurs a small one, such as .0001."
        )
    return tuple(shares[name] / total for name in class_names)
