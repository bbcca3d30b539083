"""What an audit knows of a data set before it judges: one frozen table, a row for each image that can be read."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tfrecords_tools.auditing.measuring import Measurement, measure_all
from tfrecords_tools.auditing.near_duplicates import SMALLEST_SIDE, find_pairs
from tfrecords_tools.auditing.reduced_copies import find_reduced
from tfrecords_tools.auditing.rows import Row
from tfrecords_tools.auditing.sources import Source
from tfrecords_tools.auditing.splits import OFFICIAL, read_split
from tfrecords_tools.pixels.bit_depth import Remark, remarks
from tfrecords_tools.pixels.deep_files import look_at
from tfrecords_tools.pixels.file_heads import read_heads
from tfrecords_tools.records import Labels
from tfrecords_tools.splits.groups import joined_groups
from tfrecords_tools.surroundings.progress import progress

FLAT = 2.0


@dataclass(frozen=True, eq=False)
class Facts(Labels):
    """All that the checks look at, sorted by id: the labels of N images, and what their originals are like."""

    name: str
    """Of the data set."""
    sizes: np.ndarray
    """Height and width of the originals, in pixels [(N, 2) int64]."""
    colours: np.ndarray
    """Mean of red, green and blue, 0-255 [(N, 3) float64]."""
    contrasts: np.ndarray
    """Standard deviation of the grey values, 0-128 [(N,) float64]."""
    black_borders: np.ndarray
    """Share of the outermost pixels that are black, 0-1 [(N,) float64]."""
    two_coloured: np.ndarray
    """Which originals have at most two colours [(N,) bool]."""
    near_pairs: np.ndarray | None
    """Positions of images whose hashes are alike [(M, 2) int64]; none where the images are too small to tell."""
    reduced_pairs: np.ndarray
    """Positions of reduced copies and the larger images that they are of [(M, 2) int64]."""
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """Id -> file and what the decoder says of it."""
    depth: tuple[Remark, ...] = ()
    """What is to be said of the files of 16 bits."""
    splits: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Name of a split -> the part of each image [(N,) str], empty for none."""

    @cached_property
    def joined(self) -> np.ndarray:
        """Groups [(N,) str], those that share an image joined into one."""
        return joined_groups(self.groups, self.pixel_hashes)

    @cached_property
    def alike_pairs(self) -> np.ndarray:
        """Positions of images that look alike, by their hashes or as reduced copies [(M, 2) int64]."""
        found = [] if self.near_pairs is None else [self.near_pairs]
        return np.unique(np.sort(np.concatenate([*found, self.reduced_pairs]), axis=1), axis=0)

    @cached_property
    def is_flat(self) -> np.ndarray:
        """Which images show one colour only [(N,) bool]."""
        return self.contrasts < FLAT

    def class_of(self, position: int) -> str:
        """Returns the name of an image's class."""
        return self.class_names[self.labels[position]]

    def count_by_class(self, chosen: np.ndarray) -> dict[str, int]:
        """Returns class name -> number of chosen images [(N,) bool]."""
        found = np.bincount(self.labels[chosen], minlength=len(self.class_names))
        return {name: int(count) for name, count in zip(self.class_names, found, strict=True)}


def gather_facts(source: Source, protocols: Sequence[Path] = ()) -> Facts:
    """Returns the facts of a source; reads every image once, on all cores.

    Args:
        source: the images.
        protocols: files of splits.

    Raises:
        FileNotFoundError: A split's file is missing.
        ValueError: No image can be read, records are damaged, a split is not of these images, or 16-bit files hold
            values of more bits than are said.
    """
    readable: list[tuple[Row, Measurement]] = []
    unreadable = dict(source.unreadable)
    depth = _depth(source)
    measured = measure_all(source.rows(), source.bits)
    stream: Generator[tuple[Row, Measurement | str]] = progress(measured, source.count, "images")
    for row, result in stream:
        if isinstance(result, str):
            unreadable[row.id] = f"{row.file}: {result}"
        else:
            readable.append((row, result))
    if not readable:
        raise ValueError(
            f"None of {source.count} images in {source.place} can be read. Expected whole JPEGs or PNGs: "
            "download them again."
        )
    readable.sort(key=lambda pair: pair[0].id)
    rows, measurements = zip(*readable, strict=True)
    ids = np.array([row.id for row in rows])
    official = np.array([row.official_part for row in rows])
    splits = {path.stem: read_split(path, ids, unreadable) for path in protocols}
    if (official == "test").any():
        splits[OFFICIAL] = official
    return Facts(
        name=source.name,
        class_names=source.class_names,
        ids=ids,
        labels=np.array([row.label for row in rows], np.int64),
        groups=np.array([row.group for row in rows]),
        official_parts=official,
        unreadable=unreadable,
        depth=depth,
        splits=splits,
        **_measured(rows, measurements),
    )


def _depth(source: Source) -> tuple[Remark, ...]:
    """Returns what is to be said of the files of 16 bits, having refused a number of bits that is none of them."""
    said = remarks(look_at(source.files, read_heads(source.files)), len(source.files), source.bits)
    wrong = [remark for remark in said if remark.is_error and source.bits is not None]
    if wrong:
        raise ValueError(f"{wrong[0].what}. {wrong[0].advice}")
    return tuple(said)


def _measured(rows: tuple[Row, ...], measurements: tuple[Measurement, ...]) -> dict[str, Any]:
    """Returns the columns that come of the pixels. What a record knows of the original goes before."""
    originals = [row.original or measured.original for row, measured in zip(rows, measurements, strict=True)]
    contrasts = np.array([measured.contrast for measured in measurements])
    sides = np.array([min(measured.original.height, measured.original.width) for measured in measurements])
    hashes = np.stack([measured.perceptual_hash for measured in measurements])
    pairs = find_pairs(hashes) if np.median(sides) >= SMALLEST_SIDE else None
    sizes = np.array([(original.height, original.width) for original in originals], np.int64)
    colours = np.array([measured.colour for measured in measurements])
    reduced = find_reduced(np.stack([measured.sketch for measured in measurements]), hashes, sizes, colours)
    # Without detail, there is nothing that could be alike.
    reduced = reduced[(contrasts[reduced] >= FLAT).all(axis=1)]
    if pairs is not None:
        pairs = pairs[(contrasts[pairs] >= FLAT).all(axis=1)]
    return {
        "pixel_hashes": np.array([original.pixel_hash for original in originals]),
        "sizes": sizes,
        "colours": colours,
        "contrasts": contrasts,
        "black_borders": np.array([measured.black_border for measured in measurements]),
        "two_coloured": np.array([original.has_two_colours for original in originals]),
        "near_pairs": pairs,
        "reduced_pairs": reduced,
    }
