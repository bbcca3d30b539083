"""The rows of a table, however a program saved it: its encoding, what separates its values, and its lines."""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tfrecords_tools.labels.name_texts import listed, some
from tfrecords_tools.labels.names import canonical

SEPARATORS = (",", ";", "\t")
# How spreadsheets name the separator in a line before the header, which some programs fill up with it.
_DECLARATION = re.compile(r"""["']?sep=(\\t|[^\w\s"']|\t)["']?[,;\t]*(?:\r\n|\r|\n)""", re.IGNORECASE)
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


@dataclass(frozen=True)
class Rows:
    """The values of a table as they are written, without blanks around them; rows that say nothing are left out."""

    header: list[str]
    """Names of the columns, blanks and all."""
    values: list[list[str]]
    """One list for each row, as long as the header."""
    lines: list[int]
    """The line of the file that each row begins in, from 1."""


def read_rows(path: Path, columns: Sequence[str]) -> Rows:
    """Returns the rows of a table, whatever program saved it and whatever separates its values.

    Args:
        path: the file.
        columns: names of columns that it should have, by which the separator is known where the file does not name it.

    Raises:
        ValueError: It is no text, no table, or a row has more values than the header has columns.
    """
    text = read_text(path)
    declared = _DECLARATION.match(text)
    text = text[declared.end() :] if declared else text
    first_line = 2 if declared else 1
    mark = declared[1].replace("\\t", "\t") if declared else separator(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True, strict=True)
    records, lines, begins = [], [], first_line
    try:
        for record in reader:
            if any(map(str.strip, record)):
                records.append(record)
                lines.append(begins)
            # A value in quotes may have several lines, so records are no lines.
            begins = first_line + reader.line_num
    except csv.Error as error:
        raise ValueError(
            f"{path} is no table of comma-separated values (line {begins}: {error}). Correct it, or take it from the "
            "download anew."
        ) from error
    if not records:
        raise ValueError(f"{path} is no table of comma-separated values: it is empty. Take it from the download anew.")
    header, rows = records[0], records[1:]
    width = len(header)
    long = [f"line {line}" for row, line in zip(rows, lines[1:], strict=True) if any(map(str.strip, row[width:]))]
    if long:
        raise ValueError(
            f"{path} is no table of comma-separated values: {some(long)} of its rows have more values than its header "
            f"has columns ({listed(header)}). Put quotes around values that hold a separator, or "
            "correct the header."
        )
    filled = [[value.strip() for value in [*row, *[""] * (width - len(row))][:width]] for row in rows]
    return Rows(header, filled, lines[1:])


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
        return len(set(map(canonical, header)) & set(map(canonical, columns))), len(header)

    return max(SEPARATORS, key=fit)
