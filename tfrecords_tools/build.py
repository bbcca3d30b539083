"""Makes TFRecords of a folder of labelled images: `python -m tfrecords_tools.build --dataset NAME --images DIR`."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tfrecords_tools import records as layout
from tfrecords_tools.build_flags import PROG, given, origin_of, parser
from tfrecords_tools.folders.mask_notes import note_companions, note_two_coloured
from tfrecords_tools.origins import Origin
from tfrecords_tools.pixels.deep_files import check_depth
from tfrecords_tools.pixels.file_heads import are_mixed, read_heads
from tfrecords_tools.preparation import Prepared, prepare_records
from tfrecords_tools.records import is_built, records_directory
from tfrecords_tools.splits.protocols import DEFAULT, ensure_protocol
from tfrecords_tools.surroundings.command import run_command
from tfrecords_tools.surroundings.publishing import FINISHED, published
from tfrecords_tools.tables import LabelTable, some

__all__ = [
    "Origin",
    "Prepared",
    "build_records",
    "ensure_protocol",
    "is_built",
    "main",
    "prepare_records",
    "records_directory",
    "write_records",
]

SKIPPED_SHOWN = 20


def build_records(
    dataset: str,
    images: Path | Origin | None,
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
        images: folder of the download (default: `data/<dataset>`), not used for digits; of one's own images, an
            `Origin` says where the labels are, too.
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
        ValueError: As `prepare_records`, an unreadable image, or 16-bit files of which little would be left.
    """
    origin = images if isinstance(images, Origin) else Origin(Path(images or Path("data") / dataset))
    prepared = prepare_records(dataset, origin, records, image_size, crop=crop, protocol=protocol, overwrite=overwrite)
    return write_records(prepared, skip_unreadable=skip_unreadable)


def write_records(prepared: Prepared, *, skip_unreadable: bool = False) -> Path:
    """Makes the records that were prepared, unless they are there, and returns their folder; as `build_records`."""
    folder, table = prepared.folder, prepared.table
    if table is None:
        return folder
    note_companions(table)
    files = [example.source for example in table.examples if isinstance(example.source, Path)]
    heads = read_heads(files)
    check_depth(files, heads, prepared.bits)
    print(f"Making {folder} of {len(table.examples)} images in {len(table.class_names)} classes.", flush=True)
    start = time.monotonic()
    try:
        _write(table, prepared, hash_whole=are_mixed(heads), skip_unreadable=skip_unreadable)
    except FileExistsError as error:
        # Another path in the way is no sign that the records have appeared.
        if error.filename != str(folder):
            raise
        print(f"Another command has made {folder} in the meantime: its records are used.")
        return folder
    _summarise(folder, time.monotonic() - start)
    return folder


def _write(table: LabelTable, prepared: Prepared, *, hash_whole: bool, skip_unreadable: bool) -> None:
    """Converts the images of a table into the folder of what was prepared."""
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    from tfrecords_tools.builder import RecordsBuilder

    # What appears meanwhile may be in use already.
    with published(prepared.folder, replace=prepared.folder.exists()) as workplace:
        builder = RecordsBuilder(
            table,
            workplace,
            prepared.image_size,
            crop=prepared.crop,
            bits=prepared.bits,
            hash_whole=hash_whole,
            skip_unreadable=skip_unreadable,
        )
        builder.download_and_prepare()
        layout.check_written(Path(builder.data_dir))
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
    note_two_coloured(metadata["two_coloured"], sum(counts.values()))
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
    return run_command(_run, arguments, PROG)


def _run(arguments: list[str]) -> None:
    flags = given(parser(), arguments)
    prepared = prepare_records(
        flags.dataset,
        origin_of(flags),
        flags.records,
        flags.image_size,
        crop=flags.crop,
        protocol=flags.protocol,
        overwrite=flags.overwrite,
    )
    if prepared.table is None:
        print(f"{prepared.folder} is already there; --overwrite makes it anew.", flush=True)
    folder = write_records(prepared, skip_unreadable=flags.skip_unreadable)
    protocol = ensure_protocol(
        folder,
        flags.protocol,
        flags.protocol_seed,
        conflicts=flags.conflicts,
        file=flags.protocol_file,
        renew=flags.overwrite,
    )
    print(f"Protocol: {protocol}")


if __name__ == "__main__":
    # The work is the processor's: a GPU's memory would be taken for nothing, from a training that runs beside it.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    sys.exit(main())
