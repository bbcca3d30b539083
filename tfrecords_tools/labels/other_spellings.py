"""Says where names that are not found are there in another spelling, and who may have changed them."""

from collections.abc import Iterable, Sequence

from tfrecords_tools.labels.name_texts import apart, some
from tfrecords_tools.labels.names import likeness, number
from tfrecords_tools.labels.spreadsheets import REMEDY, is_date, is_shortened


def other_spelling(lost: Sequence[str], known: Iterable[str]) -> str:
    """Returns one sentence or two of how lost names differ from those that are known, and the remedy; or nothing.

    >>> other_spelling(["7"], ["007"]).partition(".")[0]
    "1 of them are there in another spelling, such as '7' for '007'"

    Args:
        lost: names that are none of those known, such as of images, without suffix.
        known: those that are there.
    """
    spelled = {likeness_of_path(name): name for name in known}
    alike = [(name, spelled[key]) for name in lost if (key := likeness_of_path(name)) in spelled]
    if alike:
        one, other = apart(alike[0])
        of_numbers = f"A spreadsheet drops zeros and adds decimals where it takes names for numbers. {REMEDY}"
        remedy = of_numbers if any(map(_is_number, lost)) else "Write each name in one way."
        return f"{len(alike)} of them are there in another spelling, such as {one} for {other}. {remedy}"
    shortened, dates = ([name for name in lost if is_so(_last(name))] for is_so in (is_shortened, is_date))
    if shortened:
        return f"{some(shortened, 1)} of them look like numbers that a spreadsheet has shortened. {REMEDY}"
    if dates:
        return f"{some(dates, 1)} of them look like dates that a spreadsheet has made of names. {REMEDY}"
    return ""


def likeness_of_path(name: str) -> str:
    """Returns the likeness of a name that may have folders before it.

    >>> likeness_of_path("train/007") == likeness_of_path("Train/7")
    True
    """
    return "/".join(map(likeness, name.split("/")))


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _is_number(name: str) -> bool:
    return number(_last(name)) is not None
