"""Makes TFRecords of a folder of labelled images: `python -m tfrecords_tools.build --dataset NAME --images DIR`."""

import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tfrecords_tools import records as layout
from tfrecords_tools.build_flags import IMAGE_SIZE, parser
from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.protocols import DEFAULT, check_can_be_split, ensure_protocol
from tfrecords_tools.publishing import FINISHED, published
from tfrecords_tools.records import is_built, records_directory
from tfrecords_tools.tables import LabelTable, some

__all__ = ["build_records", "ensure_protocol", "is_built", "main", "records_directory"]

SKIPPED_SHOWN = 20


def build_records(
    dataset: str,
    images: Path | None,
    records: Path,
    image_size: int,
    *,
    crop: str = "none",
    protocol: str = DEFAULT,
    overwrite: bool = False,
    skip_unreadable: bool = False,
) -> Path:
    """Makes the records of a data set at one size, unless they are there.

    They appear at their place when they are complete; until then, and after an error, what was there before stays.

    Args:
        dataset: a name of `catalogue.DATASETS`.
        images: folder of the download (default: `data/<dataset>`); not used for digits.
        records: folder of all records.
        image_size: the length of the stored images' shorter side, in pixels.
        crop: what is cut off images before they are resized, one of `records.CROPS`.
        protocol: as for `ensure_protocol`, by which the images must be able to be split.
        overwrite: make them anew.
        skip_unreadable: leave out images that cannot be decoded, and list them.

    Returns:
        The folder of the records, `records/<dataset>/px<image_size>/<version>` (`px<image_size>_<crop>` with a crop).

    Raises:
        FileNotFoundError: No folder of images, label table or image files.
        ValueError: An unknown data set, size or crop, a mistake in a label table, an unreadable image.
    """
    if dataset not in DATASETS:
        raise ValueError(f"Unknown data set {dataset!r}. Allowed: {', '.join(DATASETS)}.")
    if image_size < 1:
        raise ValueError(f"image_size is {image_size}; it must be at least 1 pixel, such as {IMAGE_SIZE}.")
    if crop not in layout.CROPS:
        raise ValueError(f"Unknown crop {crop!r}. Allowed: {', '.join(layout.CROPS)}.")
    folder = records_directory(dataset, records, image_size, crop)
    if is_built(dataset, records, image_size, crop) and not overwrite:
        return folder
    table = _read_table(dataset, images, Path(records), image_size, crop)
    # A class too small to be split is better known before a long conversion than after.
    check_can_be_split(table, protocol)
    print(f"Making {folder} of {len(table.examples)} images in {len(table.class_names)} classes.", flush=True)
    start = time.monotonic()
    _write(table, folder, image_size, crop=crop, skip_unreadable=skip_unreadable)
    _summarise(folder, time.monotonic() - start)
    return folder


def _read_table(dataset: str, images: Path | None, records: Path, image_size: int, crop: str) -> LabelTable:
    """Returns the label table, or says where the images are to be had."""
    download = DATASETS[dataset].download
    images = Path(images or Path("data") / dataset)
    wanted = f"records of {dataset!r} at {layout.size_name(image_size, crop)}/{layout.VERSION}"
    others = layout.others_built(dataset, records, image_size, crop)
    found = f" Found there: {', '.join(others)}." if others else ""
    if not download or (images.is_dir() and any(images.iterdir())):
        if found:
            print(f"No {wanted} in {records} yet.{found}", flush=True)
        return DATASETS[dataset].read_labels(images)
    state = "is empty" if images.is_dir() else "is no folder" if images.exists() else "does not exist"
    raise FileNotFoundError(
        f"No {wanted} in {records}.{found} The folder {images} to make them of {state}. Get the images from "
        f"{download}, unpack them into {images} and run: "
        f"{layout.build_command(dataset, images, records, image_size, crop)}"
    )


def _write(table: LabelTable, folder: Path, image_size: int, *, crop: str, skip_unreadable: bool) -> None:
    """Converts the images of a table into `folder`."""
    from tfrecords_tools.quiet import import_tensorflow

    import_tensorflow()
    from tfrecords_tools.builder import RecordsBuilder

    with published(folder) as workplace:
        builder = RecordsBuilder(table, workplace, image_size, crop=crop, skip_unreadable=skip_unreadable)
        builder.download_and_prepare()
        Path(builder.data_dir).rename(workplace / FINISHED)


def _summarise(folder: Path, seconds: float) -> None:
    """Says what was made."""
    metadata = layout.read_metadata(folder)
    skipped = [entry["file"] for entry in metadata["skipped"]]
    if skipped:
        print(
            f"Left out, since unreadable: {some(skipped, SKIPPED_SHOWN)}. All are listed in {folder / 'metadata.json'}."
        )
    counts = metadata["class_counts"]
    width = max(map(len, counts))
    for name, count in counts.items():
        print(f"  {name:<{width}}  {count:6d}")
    print(f"Made {folder}: {sum(counts.values())} images in {seconds:.0f} seconds.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: the flags (default: those of the command line).

    Returns:
        The exit code: 0, or 2 after a user's mistake.
    """
    flags = parser().parse_args(arguments)
    try:
        which = (flags.dataset, flags.records, flags.image_size, flags.crop)
        if is_built(*which) and not flags.overwrite:
            place = records_directory(*which)
            print(f"{place} is already there; --overwrite makes it anew.", flush=True)
        folder = build_records(
            flags.dataset,
            flags.images,
            flags.records,
            flags.image_size,
            crop=flags.crop,
            protocol=flags.protocol,
            overwrite=flags.overwrite,
            skip_unreadable=flags.skip_unreadable,
        )
        protocol = ensure_protocol(
            folder, flags.protocol, flags.protocol_seed, conflicts=flags.conflicts, file=flags.protocol_file
        )
        print(f"Protocol: {protocol}")
    except (ValueError, OSError) as error:
        if flags.debug:
            traceback.print_exc()
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted: nothing was changed.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    # The work is the processor's: a GPU's memory would be taken for nothing, from a training that runs beside it.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    sys.exit(main())
