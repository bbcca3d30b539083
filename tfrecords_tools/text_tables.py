"""The text of a table, however a program saved it: its encoding and what separates its values."""

import codecs
import csv
import io
from collections.abc import Sequence
from pathlib import Path

SEPARATORS = (",", ";", "\t")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_REMEDY = "Save it as CSV in UTF-8: spreadsheets offer that as 'CSV UTF-8'."


def read_text(path: Path) -> str:
    """Returns the text of a table in UTF-8, or in UTF-16 with its byte order mark.

    Raises:
        ValueError: It is in another encoding, or no text.
    """
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise ValueError(f"{path} is a workbook or an archive, no table of comma-separated values. {_REMEDY}")
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path} is no {encoding.removesuffix('-sig').upper()} text: line {line} has the byte "
            f"0x{content[error.start]:02x}. {_REMEDY}"
        ) from error
    if "\0" in text:
        raise ValueError(f"{path} is no UTF-8 text: it holds zero bytes, as UTF-16 does. {_REMEDY}")
    return text


def separator(text: str, columns: Sequence[str]) -> str:
    r"""Returns what separates the values of a table: a comma, a semicolon or a tab.

    >>> separator("image;label\na;1,5\n", ("image", "label"))
    ';'

    Args:
        text: the table.
        columns: names of columns that it should have.
    """

    def fit(mark: str) -> tuple[int, int]:
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=mark), [])
        except csv.Error:
            return 0, 0
        return len({name.strip() for name in header} & set(columns)), len(header)

    return max(SEPARATORS, key=fit)
