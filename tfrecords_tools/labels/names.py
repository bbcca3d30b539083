"""Which names are one name, and which are read back as they are written: of classes, groups, images and columns."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

# Line breaks, other control characters, and halves of characters: what a file of one name a line cannot hold.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?")
# 1,000 may be one or a thousand.
_AMBIGUOUS = re.compile(r"[+-]?\d{1,3},\d{3}")
# Between words only: the minus in -1 and A- means something.
_BETWEEN_WORDS = re.compile(r"(?<=\w)[\s_-]+(?=\w)")
# P 1 is P1, but 1 12 is not 11 2.
_AROUND_A_NUMBER = re.compile(r"(?<=[^\W\d_]) (?=\d)|(?<=\d) (?=[^\W\d_])")
# 01, 1.0, P01, +1: a whole number, perhaps after a minus or letters. 1.10 is left alone: it may be the tenth of 1.
_WHOLE = re.compile(r"\+?(-?[^\W\d_]*)0*(\d+)(?:[.,]0*)?")
# Characters that Unicode calls letters, marks or symbols and that show nothing; those of category Cf beside them.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
# Small letters of Cyrillic and Greek that look, small or as capitals, like Latin ones; not mu, since a µm is no mm.
_CYRILLIC, _GREEK = ("авекмнорстухіјѕ", "abekmhopctyxijs"), ("αβεζηικνορτυχ", "abezhiknoptyx")
_DASHES, _QUOTES = "‐‑‒–—―−", "‘’‛ʼ′"
_LOOKALIKES = str.maketrans(
    _CYRILLIC[0] + _GREEK[0] + _DASHES + _QUOTES, _CYRILLIC[1] + _GREEK[1] + "-" * len(_DASHES) + "'" * len(_QUOTES)
)


def canonical(name: str) -> str:
    r"""Returns a name as files, tables, protocols and records are matched by: composed (NFC), no blanks around it.

    >>> canonical("Na\u0308vus ") == "N\u00e4vus"
    True
    """
    return unicodedata.normalize("NFC", name).strip()


def safe_name(text: str) -> str:
    """Returns a name that a folder can have everywhere; empty where nothing is left of it.

    >>> safe_name("My moles (2024)")
    'My_moles_2024'
    """
    return re.sub(r"[^\w-]+", "_", canonical(text)).strip("_-")


def likeness(name: str) -> str:
    """Returns what all spellings of a name have in common; empty for one that shows nothing.

    Spellings differ in capitals, composition, width, blanks, dashes and underscores between words, characters that
    nobody sees, letters of another alphabet that look the same, and how a whole number is written.

    >>> likeness("Grade 1.0") == likeness("grade_01"), likeness("A-") == likeness("A")
    (True, False)
    """
    text = name.casefold() if name.isascii() else _folded(name)
    words = _BETWEEN_WORDS.sub(" ", text).split()
    wholes = [_WHOLE.fullmatch(word) for word in words]
    told = " ".join(whole[1] + whole[2] if whole else word for word, whole in zip(words, wholes, strict=True))
    return _AROUND_A_NUMBER.sub("", told)


def check_read_back(read: Sequence[str], written: Iterable[str], folder: object) -> None:
    """Raises ValueError unless records give back the names of classes that were written, in their order.

    Args:
        read: as TFDS reads them.
        written: the classes of which their metadata counts images.
        folder: of the records, for the message.
    """
    counted = list(written)
    if list(read) != counted:
        there, meant = (", ".join(map(ascii, names)) or "none" for names in (read, counted))
        raise ValueError(
            f"The records in {folder} do not give back the names of their classes: {meant} were written, {there} are "
            "read. Make them anew: the command that made them, with --overwrite."
        )


def respelled(names: Iterable[str], known: Iterable[str]) -> list[str]:
    r"""Returns names as those that are known are spelled, composed or not; names that are none of them as they are.

    >>> respelled(["Na\u0308vus 1", "other"], ["N\u00e4vus 1"]) == ["N\u00e4vus 1", "other"]
    True
    """
    spelling = {canonical(name): name for name in known}
    return [spelling.get(canonical(name), name) for name in names]


def spellings(names: Iterable[str]) -> list[list[str]]:
    """Returns the different names that have a likeness in common, sorted, for each likeness of two or more.

    >>> spellings(["nv", "NV", "mel"])
    [['NV', 'nv']]
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        alike[likeness(name)].append(name)
    return [found for found in alike.values() if len(found) > 1]


def fault(name: str) -> str:
    r"""Returns why a name is not read back as it was written, one a line and stripped; empty for one that is.

    >>> fault("nevus "), fault("nevus")
    ('begins or ends with a blank', '')
    """
    if found := _UNWRITABLE.search(name):
        return "is no UTF-8" if found[0] >= "\ud800" else "holds a line break or another control character"
    if not name.strip() or not (name.isascii() or likeness(name)):
        return "shows nothing"
    return "begins or ends with a blank" if name != name.strip() else ""


def number(name: str) -> Decimal | None:
    """Returns the value of a name that is a number, whole or decimal, with a point or a comma; None for others.

    >>> number("-0.5"), number("2,5"), number("grade 2")
    (Decimal('-0.5'), Decimal('2.5'), None)
    """
    text = name.casefold() if name.isascii() else _folded(name)
    text = text.strip()
    if not _NUMBER.fullmatch(text) or _AMBIGUOUS.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def _folded(name: str) -> str:
    """Returns a name without capitals, compatibility forms, other scripts' digits and what nobody sees."""
    text = unicodedata.normalize("NFD", name)
    for _ in range(2):  # Unicode's NFKC_Casefold: folding may leave what is to be folded again
        text = unicodedata.normalize("NFKC", text.casefold())
    digits = (str(unicodedata.decimal(letter, letter)) for letter in text)
    seen = (letter for letter in digits if unicodedata.category(letter[0]) != "Cf" and letter not in _BLANKS)
    return unicodedata.normalize("NFC", "".join(seen).translate(_LOOKALIKES))
