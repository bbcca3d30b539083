"""Paths of settings that could be taken for something else: refused before anything is trained."""

import re
from pathlib import Path

from conbal_tf.settings.schema import Settings
from tfrecords_tools.surroundings.paths import check_encoding

# TensorFlow opens the variables of a SavedModel by a pattern, in which these have a meaning.
PATTERN = "[]*?\\"
_URL = re.compile(r"[A-Za-z][\w+.-]+:/")


def check_paths(settings: Settings) -> None:
    """Refuses paths that TensorFlow cannot open, or takes for several.

    Raises:
        ValueError: At the first such path.
    """
    for name in ("images", "labels", "records", "protocol_file"):
        check_encoding(getattr(settings, name), f"--{name}")
    if settings.run is not None:
        check_model_place(settings.run, "--run")
    _check_local(settings.records, "--records")


def check_model_place(place: Path, flag: str) -> None:
    r"""Refuses a place in which a model could be written, but not loaded, or not by a name that one can read.

    Args:
        place: the folder.
        flag: which one names it.

    Raises:
        ValueError: It has one of the characters `[ ] * ? \`, one that cannot be seen, or is no local folder.
    """
    check_encoding(place, flag)
    _check_local(place, flag)
    text = str(place)
    wrong = [character for character in text if character in PATTERN]
    if wrong:
        raise ValueError(
            f"{flag} is {text!r}; TensorFlow takes {wrong[0]!r} for a pattern, and could not load the model that is "
            f"written there. Allowed are names without {' '.join(PATTERN)}: leave them out, as in "
            f"{re.sub(f'[{re.escape(PATTERN)}]', '', text)!r}."
        )
    if not text.isprintable() or text != text.strip():
        raise ValueError(
            f"{flag} is {text!r}; allowed are names without line breaks and other characters that cannot be seen, and "
            "without blanks at either end. Correct it."
        )


def _check_local(place: Path, flag: str) -> None:
    if _URL.match(str(place)):
        raise ValueError(
            f"{flag} is {str(place)!r}; allowed are folders of this machine, network drives that are mounted among "
            "them. Write there, and copy it afterwards."
        )
