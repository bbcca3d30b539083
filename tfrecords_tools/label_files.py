"""Reads a download: its label tables and the image files that belong to them."""

import io
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from tfrecords_tools.tables import some
from tfrecords_tools.text_tables import read_text, separator

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif")


def read_table(path: Path, columns: Sequence[str], may_be_empty: Sequence[str] = ()) -> pd.DataFrame:
    """Returns a CSV file whose first named column identifies its rows, all values as text.

    Values are separated by commas, semicolons or tabs; the text is UTF-8, or UTF-16 with a byte order mark.

    Args:
        path: the file.
        columns: the columns that are needed; others may be there too. The first one is the row's id.
        may_be_empty: columns that are needed, too, but not in every row.

    Returns:
        The table, its values str without surrounding spaces.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no CSV or in another encoding, lacks a column or rows, an id stands twice, or a value is
            missing.
    """
    if not path.is_file():
        raise FileNotFoundError(f"No label table {path}. It comes with the download: put it there.")
    wanted = [*columns, *may_be_empty]
    table = _parse(path, wanted)
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise ValueError(
            f"{path} lacks column {', '.join(missing)}. Expected: {', '.join(wanted)}; "
            f"found: {', '.join(table.columns)}.{_nearest(missing[0], list(table.columns))} "
            "Use the table as it was downloaded, or name a column that it has."
        )
    table = table.apply(lambda values: values.str.strip())
    ids = table[columns[0]]
    incomplete = table.index[(table[list(columns)] == "").any(axis=1)]
    if len(incomplete):
        lines = [f"line {row + 2}" for row in incomplete]
        raise ValueError(
            f"{path} has rows with an empty value: {some(lines)}. Fill in {', '.join(columns)}, or remove the rows."
        )
    repeated = list(ids[ids.duplicated()].unique())
    if repeated:
        raise ValueError(
            f"{path} names images more than once: {some(repeated)}. An image may have one row: remove the others."
        )
    if table.empty:
        raise ValueError(f"{path} has no rows. Expected one for each image; take it from the download anew.")
    return table


def _parse(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Returns the table of a file, whatever separates its values, as text."""
    text = read_text(path)
    try:
        # Both newlines are pandas' to understand, as in a file.
        stream = io.StringIO(text, newline="")
        table = pd.read_csv(stream, dtype=str, keep_default_na=False, sep=separator(text, columns))
    except ValueError as error:  # pandas' ParserError and EmptyDataError are ValueErrors
        raise ValueError(
            f"{path} is no table of comma-separated values ({str(error).strip()}). Correct it, or take it from the "
            "download anew."
        ) from error
    if not isinstance(table.index, pd.RangeIndex):
        # pandas takes the first column for names of rows then, and every value stands one column aside.
        raise ValueError(
            f"{path} is no table of comma-separated values: its rows have more values than its header has columns "
            f"({', '.join(table.columns)}). Put quotes around values that hold a separator, or correct the header."
        )
    table.columns = table.columns.str.strip()
    return table


def _nearest(name: str, known: Sequence[str]) -> str:
    folded = {other.casefold(): other for other in known}
    close = get_close_matches(name.casefold(), folded, n=1)
    return f" Did you mean {folded[close[0]]!r}?" if close else ""


def class_numbers(labels: pd.Series, class_names: Sequence[str], path: Path) -> list[int]:
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
        hint = f" (nearest to {unknown[0]!r}: {close[0]!r})" if close else ""
        raise ValueError(
            f"{path} has unknown classes: {some([repr(label) for label in unknown])}. "
            f"Allowed: {', '.join(class_names)}{hint}. Correct or remove these rows."
        )
    return [class_names.index(label) for label in labels]


def require_folder(folder: Path, expected: str) -> None:
    """Raises FileNotFoundError unless `folder` is a folder with something in it; `expected` says what belongs there."""
    if not folder.is_dir():
        raise FileNotFoundError(f"No folder {folder}. Expected there: {expected}.")
    if not any(folder.iterdir()):
        raise FileNotFoundError(f"The folder {folder} is empty. Expected there: {expected}.")


def find_images(ids: Iterable[str], folders: Sequence[Path]) -> dict[str, Path]:
    """Returns the image file of each id: the one named so in one of the folders, .jpg, .jpeg or .png in any case.

    Images without a label are left out, with a printed warning.

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
    wanted = dict.fromkeys(ids)
    for folder in folders:
        require_folder(folder, f"images ({', '.join(IMAGE_SUFFIXES)})")
        for path in sorted(folder.iterdir()):
            # macOS leaves "._name.jpg" beside the image when an archive passes through it.
            if path.suffix.lower() not in IMAGE_SUFFIXES or path.name.startswith("."):
                continue
            if path.stem in files and path.stem in wanted:
                twice.append(f"{files[path.stem]} and {path}")
            files.setdefault(path.stem, path)
    places = " or ".join(map(str, folders))
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
    return {name: files[name] for name in wanted}
