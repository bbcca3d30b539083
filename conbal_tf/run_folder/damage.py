"""What is said of a file of a run that cannot be read: which one, what was received, and what makes it anew."""

from pathlib import Path

_COMMAND = "python -m conbal_tf.train --config {run}/settings.toml --run {run}"
_AGAIN = f"{{file}} and {{run}}/finished.json, and give: {_COMMAND}"
_BY_TRAINING_ALONE = "Put back the file as training wrote it, or train the run again with --overwrite."
_BY_EVALUATION = "Make it anew with: python -m conbal_tf.evaluate {run}"

REMEDIES = {
    "finished.json": f"Remove it, and give: {_COMMAND}; what is trained stays.",
    "settings.toml": _BY_TRAINING_ALONE,
    "environment.json": _BY_TRAINING_ALONE,
    "protocol.csv": "Put back the file: it is a copy of that in protocols/ beside the records of the run.",
    "classifier.keras": f"Put back the file as it was, or remove {_AGAIN}; what is missing is trained anew.",
    **dict.fromkeys(
        ("metrics.json", "predictions.csv", "embeddings.npz", "history.csv", "leaks.json"),
        f"Put back the file as it was, or remove {_AGAIN}; what is trained stays, the rest is made anew.",
    ),
    "time_spent.json": "Remove it: the time is counted anew from the next call on.",
    "diagnosis.json": "Put back the file as it was, or remove it: a page can do without.",
    "calibration.json": f"{_BY_EVALUATION}.",
    "metrics_without_leaks.json": f"{_BY_EVALUATION} --without_leaks",
    "explanations.npz": f"{_BY_EVALUATION} --pictures",
    "audit.json": "Make it anew with: python -m tfrecords_tools.audit, or remove it.",
}
"""File to what makes it anew."""


def damaged(path: Path, received: str, allowed: str) -> ValueError:
    """Returns the error of a file that cannot be read.

    Args:
        path: the file, in a run folder.
        received: what is wrong with it.
        allowed: what it would have to be.
    """
    return ValueError(f"{path} cannot be read: received {received}. Allowed is {allowed}. {remedy_of(path)}")


def remedy_of(path: Path) -> str:
    """Returns what makes a file of a run anew."""
    return REMEDIES.get(path.name, "Put back the file as it was.").format(run=path.parent, file=path)


def shortened(text: object, length: int = 80) -> str:
    """Returns a text on one line and not longer than that.

    >>> shortened("a  b" + chr(10) + "c"), shortened("long", 3)
    ('a b c', 'lo…')
    """
    line = " ".join(str(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
