"""Reads a download: its label tables and the image files that belong to them."""

import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tfrecords_tools.folders.litter import files_below, has_content, is_litter, note_litter
from tfrecords_tools.labels.name_texts import apart, listed, some
from tfrecords_tools.labels.names import canonical, fault, likeness
from tfrecords_tools.labels.spreadsheets import REMEDY, SHORTENED, is_shortened
from tfrecords_tools.labels.text_tables import read_rows

if TYPE_CHECKING:
    import pandas as pd

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif")


def read_table(path: Path, columns: Sequence[str], may_be_empty: Sequence[str] = ()) -> "pd.DataFrame":
    """Returns a CSV file whose first named column identifies its rows, all values as text.

    Values are separated by commas, semicolons or tabs; the text is UTF-8, or UTF-16 with a byte order mark.

    Args:
        path: the file.
        columns: the columns that are needed; others may be there too. The first one is the row's id.
        may_be_empty: columns that are needed, too, but not in every row.

    Returns:
        The columns that were named, their values str without surrounding spaces.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no CSV or in another encoding, lacks a column or rows or has a column twice, an id stands
            twice, or a value is missing or has several lines.
    """
    import pandas as pd  # here, since `--help` does without it

    if not path.is_file():
        raise FileNotFoundError(f"No label table {path}. It comes with the download: put it there.")
    wanted = [*columns, *may_be_empty]
    rows = read_rows(path, wanted)
    places = [_place(path, rows.header, column, wanted) for column in wanted]
    if not rows.values:
        raise ValueError(f"{path} has no rows. Expected one for each image; take it from the download anew.")
    table = pd.DataFrame([[row[place] for place in places] for row in rows.values], columns=wanted, dtype=str)
    incomplete = (table[list(columns)] == "").any(axis=1).to_numpy()
    if incomplete.any():
        lines = [f"line {line}" for line, is_so in zip(rows.lines, incomplete, strict=True) if is_so]
        raise ValueError(
            f"{path} has rows with an empty value: {some(lines)}. Fill in {', '.join(columns)}, or remove the rows."
        )
    _refuse_breaks(path, table, rows.lines)
    _refuse_repeated(path, table[columns[0]])
    return table


def _place(path: Path, header: Sequence[str], column: str, wanted: Sequence[str]) -> int:
    """Returns which column of a header is meant: the one of that name, blanks around it and composition aside."""
    found = [place for place, name in enumerate(header) if canonical(name) == canonical(column)]
    if not found:
        raise ValueError(
            f"{path} lacks column {listed([column], header)}. Expected: {listed(wanted, header)}; "
            f"found: {listed(header, wanted)}.{_nearest(column, header)} "
            "Use the table as it was downloaded, or name a column that it has."
        )
    if len(found) > 1:
        told = apart([header[place] for place in found])
        named = " and ".join(f"{text} (column {place + 1})" for place, text in zip(found, told, strict=True))
        raise ValueError(
            f"{path} has more than one column called {column!r}: {named}. Blanks around a name do not count. "
            "Rename all but one of them."
        )
    return found[0]


def _refuse_breaks(path: Path, table: "pd.DataFrame", lines: Sequence[int]) -> None:
    broken = [
        f"line {line}: {value!a}"
        for values, line in zip(table.to_numpy().tolist(), lines, strict=True)
        for value in values
        if value and fault(value)
    ]
    if broken:
        raise ValueError(
            f"{path} has values with a line break, another control character, or nothing that can be seen: "
            f"{some(broken)}. Write each on one line, as it is to be read back."
        )


def _refuse_repeated(path: Path, ids: "pd.Series") -> None:
    composed = ids.map(canonical)
    several = ids[composed.duplicated(keep=False)].groupby(composed).unique()
    repeated = [names[0] if len(names) == 1 else " and ".join(apart(names)) for names in several]
    if repeated:
        spoiled = [name for name in repeated if is_shortened(name)]
        remedy = f"{SHORTENED} {REMEDY}" if spoiled else "An image may have one row: remove the others."
        raise ValueError(f"{path} names images more than once: {some(repeated)}. {remedy}")


def _nearest(name: str, known: Sequence[str]) -> str:
    folded = {likeness(other): other for other in known}
    close = get_close_matches(likeness(name), folded, n=1)
    return f" Did you mean {apart((folded[close[0]], name))[0]}?" if close else ""


def class_numbers(labels: "pd.Series", class_names: Sequence[str], path: Path) -> list[int]:
    """Returns the position of each label in `class_names`.

    Args:
        labels: one label for each image [(N,) str].
        class_names: the allowed labels, in their order.
        path: the table that they stand in, for the message.

    Returns:
        One number for each label, 0 to len(class_names) - 1.

    Raises:
        ValueError: A label is none of the names.
    """
    unknown = [label for label in labels.unique() if label not in class_names]
    if unknown:
        close = get_close_matches(unknown[0].lower(), class_names, n=1)
        hint = " (nearest to {}: {})".format(*apart((unknown[0], close[0]))) if close else ""
        raise ValueError(
            f"{path} has unknown classes: {some(apart((*unknown, *class_names))[: len(unknown)])}. "
            f"Allowed: {', '.join(class_names)}{hint}. Correct or remove these rows."
        )
    return [class_names.index(label) for label in labels]


def require_folder(folder: Path, expected: str) -> None:
    """Raises FileNotFoundError unless `folder` is a folder with something in it; `expected` says what belongs there."""
    if not folder.is_dir():
        raise FileNotFoundError(f"No folder {folder}. Expected there: {expected}.")
    if not has_content(folder):
        raise FileNotFoundError(f"The folder {folder} is empty. Expected there: {expected}.")


def find_images(ids: Iterable[str], folders: Sequence[Path]) -> dict[str, Path]:
    """Returns the image file of each id: the one named so in one of the folders, with one of `IMAGE_SUFFIXES`.

    Names are matched in their composed form. Images without a label are left out, with a printed warning, and what
    systems leave behind, with a note.

    Args:
        ids: names of the labelled images, without extension.
        folders: where the images lie; subfolders are not searched.

    Returns:
        id -> image file, for every id.

    Raises:
        FileNotFoundError: A folder is missing, or labelled images are.
        ValueError: Two files of one labelled image.
    """
    files: dict[str, Path] = {}
    twice: list[str] = []
    litter: list[PurePosixPath] = []
    wanted = {canonical(name): name for name in ids}
    for folder in folders:
        require_folder(folder, f"images ({', '.join(IMAGE_SUFFIXES)})")
        for path in sorted(folder.iterdir()):
            if is_litter(path.name, path.is_dir()):
                inside = PurePosixPath(path.name)
                litter += files_below(path, inside) if path.is_dir() else [inside]
                continue
            if path.suffix.lower() not in IMAGE_SUFFIXES:
                continue
            name = canonical(path.stem)
            if name in files and name in wanted:
                twice.append(" and ".join(apart((str(files[name]), str(path)))))
            files.setdefault(name, path)
    places = " or ".join(map(str, folders))
    note_litter(places, litter)
    if twice:
        raise ValueError(f"Two files of one image: {some(twice)}. Remove one of each.")
    lost = [name for name in wanted if name not in files]
    if lost:
        raise FileNotFoundError(
            f"{len(lost)} of {len(wanted)} labelled images are missing: {some(lost)}. Looked for "
            f"ID{', ID'.join(IMAGE_SUFFIXES)} in {places}, which has {len(files)} images. "
            "Complete the download, or remove their rows from the label table."
        )
    unlabelled = [name for name in files if name not in wanted]
    if unlabelled:
        print(f"Warning: images without a label in {places}, left out: {some(unlabelled)}.", file=sys.stderr)
    return {given: files[name] for name, given in wanted.items()}
