"""How names are told in a message, so that nobody takes one for another."""

import unicodedata
from collections.abc import Iterable, Sequence

from tfrecords_tools.labels.names import spellings

NAMES_SHOWN = 5


def visible(name: str) -> str:
    r"""Returns a name as it is, or as `ascii` writes it where something of it would not be seen.

    >>> visible("Nävus"), visible("nv\u200b")
    ('Nävus', "'nv\\u200b'")
    """
    is_seen = name.isprintable() and name == name.strip() and unicodedata.is_normalized("NFC", name)
    return name if is_seen else ascii(name)


def apart(names: Iterable[str]) -> list[str]:
    r"""Returns names as `repr` writes them, or `ascii` where two would look the same.

    >>> apart(["Nävus", "Na\u0308vus"]), apart(["NV", "nv", "Nävus"])
    (["'N\\xe4vus'", "'Na\\u0308vus'"], ["'NV'", "'nv'", "'Nävus'"])
    """
    told = list(names)
    alike = _look_alike(told)
    return [ascii(name) if name in alike else repr(name) for name in told]


def listed(names: Iterable[str], beside: Iterable[str] = ()) -> str:
    r"""Returns names with commas between, without quotes but where they could be taken for others.

    >>> listed(["a", "b"]), listed(["М\u0415L"], beside=["MEL"])
    ('a, b', "'\\u041c\\u0415L'")

    Args:
        names: what is told.
        beside: what else stands in the message.
    """
    told = list(map(str, names))  # NumPy's str would say so of itself
    alike = _look_alike([*told, *beside])
    return ", ".join(ascii(name) if name in alike else visible(name) for name in told)


def some(names: Sequence[str], shown: int = NAMES_SHOWN, beside: Iterable[str] = ()) -> str:
    """Returns how many names there are, and the first few, as `listed`.

    >>> some(["a", "b", "c"], shown=2)
    '3 (a, b, ...)'
    """
    return f"{len(names)} ({listed(names[:shown], beside)}{', ...' if len(names) > shown else ''})"


def _look_alike(names: Sequence[str]) -> set[str]:
    """Returns those of the names that could be taken for another of them."""
    return {name for alike in spellings(names) for name in alike if not _differ_to_the_eye(alike)}


def _differ_to_the_eye(alike: Sequence[str]) -> bool:
    """Returns whether nobody can take spellings of a name, as `repr` writes them, for one another."""
    # Of other characters than ASCII, nobody knows which ones a font draws alike; but capitals are seen.
    small = {unicodedata.normalize("NFC", name).lower() for name in alike}
    composed = {unicodedata.normalize("NFC", name) for name in alike}
    return all(map(str.isascii, alike)) or (len(small) == 1 and len(composed) == len(alike))
