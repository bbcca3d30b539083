"""What is known of records before any image is read: where they lie, whether they are there, what to make them of."""

from dataclasses import dataclass, replace
from pathlib import Path

from tfrecords_tools import records as layout
from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.folders.litter import has_content
from tfrecords_tools.freshness import check_fresh, check_order
from tfrecords_tools.labels.names import canonical, safe_name
from tfrecords_tools.origins import Origin
from tfrecords_tools.pixels.bit_depth import BITS
from tfrecords_tools.splits.protocols import DEFAULT, check_can_be_split
from tfrecords_tools.tables import LabelTable


@dataclass(frozen=True)
class Prepared:
    """Records that are there, or what they are to be made of."""

    folder: Path
    """`records/<name>/px<image_size>[_<crop>]/<version>`."""
    image_size: int
    """The length of the stored images' shorter side, in pixels."""
    crop: str
    """What is cut off images before they are resized, one of `records.CROPS`."""
    table: LabelTable | None
    """None where the records are there."""
    bits: int | None = None
    """How many bits the values of 16-bit PNGs have, where that is said."""


def prepare_records(
    dataset: str,
    origin: Origin,
    records: Path,
    image_size: int,
    *,
    crop: str = "none",
    protocol: str = DEFAULT,
    overwrite: bool = False,
) -> Prepared:
    """Returns where the records of a data set lie and, unless they are there, their label table.

    All mistakes but unreadable images are found here, without TensorFlow. Records of one's own images that are there
    are compared with the images, where these are there, too.

    Args:
        dataset: a name of `catalogue.DATASETS`.
        origin: where images and labels lie.
        records: folder of all records.
        image_size: the length of the stored images' shorter side, in pixels.
        crop: what is cut off images before they are resized, one of `records.CROPS`.
        protocol: as for `ensure_protocol`, by which the images must be able to be split.
        overwrite: make them anew.

    Raises:
        FileNotFoundError: No folder of images, label table or image files.
        ValueError: An unknown data set, size or crop, an origin that does not go with the data set, a mistake in a
            label table, or records that are of other images.
    """
    if dataset not in DATASETS:
        raise ValueError(f"Unknown data set {dataset!r}. Allowed: {', '.join(DATASETS)}.")
    if image_size < 1:
        raise ValueError(f"image_size is {image_size}; it must be at least 1 pixel, such as 256.")
    if crop not in layout.CROPS:
        raise ValueError(f"Unknown crop {crop!r}. Allowed: {', '.join(layout.CROPS)}.")
    check_origin(dataset, origin)
    name = data_name(dataset, origin)
    origin = replace(origin, name=name)
    folder = layout.records_directory(name, records, image_size, crop)
    if layout.is_built(name, records, image_size, crop) and not overwrite:
        anew = f"{layout.build_command(dataset, None, records, image_size, crop)} {origin.flags()} --overwrite"
        layout.check_bits(folder, origin.bits, anew)
        if DATASETS[dataset].needs and origin.images.is_dir():
            check_fresh(folder, DATASETS[dataset].read_labels(origin), anew)
        else:
            check_order(folder, origin.class_order, anew)
        return Prepared(folder, image_size, crop, None, origin.bits)
    table = _read_table(dataset, origin, Path(records), image_size, crop)
    # A class too small to be split is better known before a long conversion than after.
    check_can_be_split(table, protocol)
    return Prepared(folder, image_size, crop, table, origin.bits)


def data_name(dataset: str, origin: Origin) -> str:
    """Returns what a data set is called among the records: its own name, or one's own images' folder's.

    >>> data_name("folder", Origin(Path("photos/moles")))
    'moles'
    """
    if not DATASETS[dataset].needs:
        return dataset
    return canonical(origin.name or "") or safe_name(Path(origin.images).resolve().name) or "images"


def check_origin(dataset: str, origin: Origin) -> None:
    """Raises ValueError where a data set is told too little or too much, or has a name that cannot be."""
    needs, takes = DATASETS[dataset].needs, DATASETS[dataset].takes
    given = [name for name in origin.said() if name != "images"]
    missing = [f"--{name}" for name in needs if name not in given and name != "images"]
    if missing:
        raise ValueError(f"Data set {dataset!r} needs {' and '.join(missing)}. Add what is missing.")
    extra = [f"--{name}" for name in given if name not in (*needs, *takes)]
    if extra:
        raise ValueError(
            f"Data set {dataset!r} takes no {' or '.join(extra)}. Leave them out, or choose --dataset "
            f"{'csv' if set(given) - set(DATASETS['folder'].takes) else 'folder'} for images of your own."
        )
    if origin.bits is not None and origin.bits not in BITS:
        raise ValueError(f"bits is {origin.bits}; allowed are {BITS[0]} to {BITS[-1]}. Say --bits 12, for example.")
    name = data_name(dataset, origin)
    if needs and name.casefold() in DATASETS:
        raise ValueError(
            f"Images of your own cannot be called {name!r}, as a data set that is known already. "
            f"Give them another name, such as --name my_{name}."
        )
    if needs and name != safe_name(name):
        raise ValueError(
            f"The name {name!r} is none for a folder: allowed are letters, digits, _ and -. "
            f"Take another, such as --name {safe_name(name) or 'my_images'}."
        )


def _read_table(dataset: str, origin: Origin, records: Path, image_size: int, crop: str) -> LabelTable:
    """Returns the label table, or says where the images are to be had."""
    known, images, name = DATASETS[dataset], origin.images, str(origin.name)
    wanted = f"records of {name!r} at {layout.size_name(image_size, crop)}/{layout.VERSION}"
    found = layout.found_instead(name, records, image_size, crop)
    if known.needs or not known.download or (images.is_dir() and has_content(images)):
        if found:
            print(f"No {wanted} in {records} yet. {found}", flush=True)
        return known.read_labels(origin)
    state = "is empty" if images.is_dir() else "is no folder" if images.exists() else "does not exist"
    raise FileNotFoundError(
        f"No {wanted} in {records}. {f'{found} ' if found else ''}The folder {images} to make them of {state}. "
        f"Get the images from {known.download}, unpack them into {images} and run: "
        f"{layout.build_command(dataset, images, records, image_size, crop)}"
    )
