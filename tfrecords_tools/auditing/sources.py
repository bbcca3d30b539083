"""Where the images of an audit come from: finished records, or the folder of a download."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tfrecords_tools.auditing.rows import Row, rows_of_records
from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.folders.litter import is_litter
from tfrecords_tools.origins import Origin
from tfrecords_tools.records import VERSION, check_version, is_finished, read_metadata
from tfrecords_tools.tables import LabelTable, some


@dataclass(frozen=True, eq=False)
class Source:
    """The images of a data set, to be gone through as often as needed."""

    name: str
    """Of the data set."""
    place: Path
    class_names: tuple[str, ...]
    count: int
    rows: Callable[[], Iterable[Row]]
    out: Path
    """Where the audit goes, unless told otherwise."""
    protocols: tuple[Path, ...] = ()
    """Splits that lie beside the images."""
    files: tuple[Path, ...] = ()
    """Of a download; the images of records lie in these."""
    bits: int | None = None
    """How many bits the values of 16-bit PNGs have, where that is said."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Left out when the records were made: id -> file and why."""


def open_source(path: Path, dataset: str = "", origin: Origin | None = None) -> Source:
    """Returns the images of a folder: of records, or of a download.

    Args:
        path: a version folder of records or a folder above it that holds one only; or the folder of a download.
        dataset: whose download it is, a name of `catalogue.DATASETS`. Empty: it is recognised by what lies in it.
        origin: what else is to be said of one's own images, such as the table of labels.

    Raises:
        FileNotFoundError: No such folder, or something is missing in it.
        ValueError: Several records, or older ones, an unknown data set or layout, or a mistake in a label table.
    """
    if not path.is_dir():
        raise FileNotFoundError(
            f"No folder {path}. Name a folder of records (records/isic2018) or of a download (data/isic2018)."
        )
    versions = [] if dataset else _versions(path)
    versions = [folder for folder in versions if folder.name == VERSION] or versions
    if len(versions) > 1:
        names = [str(version) for version in versions]
        raise ValueError(f"{path} holds records more than once: {some(names, len(names))}. Name one of them.")
    if versions:
        return _records(versions[0])
    return _images(origin or Origin(path), dataset or _recognise(path))


def _versions(path: Path) -> list[Path]:
    """Returns the finished records in a folder, and in those below it as far as records lie."""
    # records/<name>/px<size>/<version> lies three folders below the folder of all records.
    marks = [path.glob("/".join(["*"] * depth + ["features.json"])) for depth in range(4)]
    folders = [mark.parent for found in marks for mark in found]
    hidden = [any(is_litter(part, True) for part in folder.relative_to(path).parts) for folder in folders]
    # Finished, and in no folder that systems hide.
    return sorted(folder for folder, is_hidden in zip(folders, hidden, strict=True) if is_finished(folder) > is_hidden)


def _records(folder: Path) -> Source:
    check_version(folder)
    metadata = read_metadata(folder)
    home = folder.resolve().parents[1]
    return Source(
        name=home.name,
        place=folder,
        class_names=tuple(metadata["class_counts"]),
        count=sum(metadata["class_counts"].values()),
        rows=lambda: rows_of_records(folder),
        out=home / "audit",
        protocols=tuple(sorted((home / "protocols").glob("[!.]*.csv"))),
        unreadable={one["id"]: f"{one['file']}: left out of the records" for one in metadata["skipped"]},
    )


def _images(origin: Origin, dataset: str) -> Source:
    if dataset not in DATASETS:
        raise ValueError(f"Unknown data set {dataset!r}. Allowed: {', '.join(DATASETS)}.")
    missing = [name for name in DATASETS[dataset].needs if getattr(origin, name) is None]
    if missing:
        raise ValueError(f"Data set {dataset!r} needs {', '.join(f'--{name}' for name in missing)}. Add them.")
    table: LabelTable = DATASETS[dataset].read_labels(origin)
    rows = [
        Row(example.id, example.group, example.label, example.official_part, example.source)
        for example in table.examples
    ]
    name = origin.images.resolve().name
    return Source(
        name=table.name,
        place=origin.images,
        class_names=table.class_names,
        count=len(rows),
        rows=lambda: rows,
        out=Path(f"audit_{name}"),
        files=tuple(row.source for row in rows if isinstance(row.source, Path)),
        bits=origin.bits,
    )


def _recognise(folder: Path) -> str:
    """Returns the data set whose layout a folder has."""
    known = [name for name, patterns in LAYOUTS.items() if any(any(folder.glob(pattern)) for pattern in patterns)]
    if len(known) == 1:
        return known[0]
    if not known and any(entry.is_dir() and not is_litter(entry.name, True) for entry in folder.iterdir()):
        return "folder"
    found = some(sorted(entry.name for entry in folder.iterdir()))
    raise ValueError(
        f"{folder} is neither a folder of records nor a layout that is recognised; found there: {found}. "
        f"Say whose images they are: --dataset, one of {', '.join(DATASETS)}."
    )


# A new data set is opened by its line in `catalogue.DATASETS`; one here lets its download be recognised without a flag.
LAYOUTS = {
    "aptos": ("train_images",),
    "isic2018": ("ISIC2018_Task3_Training_GroundTruth*", "HAM10000_metadata.csv"),
}
