"""Names that a spreadsheet took for numbers or dates, and spoiled."""

import re

REMEDY = "Import the column as text, and save the table anew."
SHORTENED = "They look like numbers that a spreadsheet has shortened: different names have become one."
# As 7.3928E+07; a name of one's own has no plus there.
_SHORTENED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|mrz|mär|okt|dez"
_DATE = re.compile(
    rf"(?:\d{{1,4}}[-. /])?(?:{_MONTHS})\.?[-. /]\d{{1,4}}|\d{{1,2}}[-. /](?:{_MONTHS})\.?", re.IGNORECASE
)


def is_shortened(name: str) -> bool:
    """Returns whether a name is a number in the way in which spreadsheets shorten long ones.

    >>> is_shortened("7.3928E+07"), is_shortened("73928101")
    (True, False)
    """
    return _SHORTENED.fullmatch(name) is not None


def is_date(name: str) -> bool:
    """Returns whether a name is a date as spreadsheets make it of names such as 1-2 and MAR1.

    >>> is_date("02-Jan"), is_date("Mar-01"), is_date("march")
    (True, True, False)
    """
    return _DATE.fullmatch(name) is not None
