"""Words that programs and people write where a value is missing: as a class or a group, they are nobody's name."""

import re

from tfrecords_tools.labels.names import canonical, likeness

_AROUND = "()[]{}<>\"'"
# What stands between the letters of n/a, n.a., not available, not_available.
_BETWEEN = re.compile(r"[\s./\\_-]+")
# What programs write: pandas' list, and the errors of spreadsheets.
_OF_PROGRAMS = "na nan nat null nil none #na #nana 1#ind 1#qnan #div0! #name? #null! #num! #ref! #value! #error!"
_OF_PEOPLE = (
    "unknown unk notknown nk missing notavailable notapplicable notspecified notstated notrecorded notreported "
    "notprovided unspecified undefined unavailable unassigned unlabeled unlabelled nolabel nodata novalue tbd "
    # Patients whose names were taken away.
    "anonymous anon anonymized anonymised deidentified redacted xxx xxxx"
)
_UNKNOWN_ELSEWHERE = (
    "unbekannt ka keineangabe inconnu desconocido desconhecido sconosciuto onbekend okänd ukjent ukendt nieznany "
    "неизвестно 不明 未知"
)
_WORDS = frozenset(map(likeness, f"{_OF_PROGRAMS} {_OF_PEOPLE} {_UNKNOWN_ELSEWHERE}".split()))


def is_missing(name: str) -> bool:
    """Returns whether a name is a word for a missing value, in any spelling of it, or a sign such as `?` or `--`.

    >>> [is_missing(name) for name in ("N/A", "<NA>", "Not available", "?", "nevus", "0")]
    [True, True, True, True, False, False]
    """
    # Signs are looked at first: of a name without letters and digits, nothing would be left below.
    if not canonical(name).strip("?-.*_/\\~ –—…"):
        return True
    return _BETWEEN.sub("", likeness(name).strip(_AROUND)) in _WORDS
