"""The TFDS builder of all data sets: one split per class, so that a reader can draw from classes as it likes."""

import hashlib
import itertools
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from tfrecords_tools import records
from tfrecords_tools.conversion import Result, StoredImage, UnreadableImageError, convert
from tfrecords_tools.surroundings.progress import progress
from tfrecords_tools.tables import Example, LabelTable

Converted = Generator[tuple[Example, Result]]


class RecordsBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):  # type: ignore[call-arg]
    """Writes a label table and its images as TFRecords that TFDS reads back without this class.

    A record: `id`, `group`, `label`, `image` (JPEG of the given short side), `height`, `width` and `pixel_hash` of the
    original, `official_part` (of the data set's owners; empty where they named none), and one text for each attribute
    of the table. The metadata: `class_counts`, `image_size`, `crop`, `bits`, `version`, `imbalance_ratio`,
    `ordered` (whether the order of the classes means something), `skipped` (unreadable images that were left out),
    `two_coloured` (ids of images of two colours, as masks are),
    `fingerprint` (sha256 over each record's id, label and encoded image, so it identifies what a network was shown),
    and `table_fingerprint` (of the label table).
    """

    VERSION = tfds.core.Version(records.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = records.CHANGES
    pkg_dir_path = Path(__file__).parent
    # There are no downloads. TFDS 4.9.10 would look for their checksums beside this file with importlib_resources, a
    # package that it does not install.
    code_path = None

    def __init__(
        self,
        table: LabelTable,
        data_dir: Path,
        image_size: int,
        *,
        crop: str = "none",
        bits: int | None = None,
        hash_whole: bool = False,
        skip_unreadable: bool = False,
    ) -> None:
        """Prepares the builder; `download_and_prepare` does the work.

        Args:
            table: the labelled images.
            data_dir: folder of all records.
            image_size: the length of the stored images' shorter side, in pixels.
            crop: what is cut off images before they are resized, one of `records.CROPS`.
            bits: how many bits the values of 16-bit PNGs have, where that is said.
            hash_whole: whether large JPEGs are hashed whole, as they have to be beside files of other formats.
            skip_unreadable: leave out images that cannot be decoded, instead of raising.
        """
        # TFDS would take it from the class's name. It wants a letter first, then letters, digits and underscores.
        self.name = re.sub(r"^(?![A-Za-z])", "data_", re.sub(r"\W", "_", table.name))
        self.table = table
        self.image_size = image_size
        self.crop = crop
        self.bits = bits
        self.hash_whole = hash_whole
        self.skip_unreadable = skip_unreadable
        size = tfds.core.BuilderConfig(name=records.size_name(image_size, crop), version=records.VERSION)
        super().__init__(data_dir=data_dir, config=size)

    def _info(self) -> tfds.core.DatasetInfo:
        features = {
            "id": tfds.features.Text(),
            "group": tfds.features.Text(),
            "label": tfds.features.ClassLabel(names=list(self.table.class_names)),
            "image": tfds.features.Image(shape=(None, None, 3), encoding_format="jpeg"),
            "height": tfds.features.Scalar(np.int32),
            "width": tfds.features.Scalar(np.int32),
            "pixel_hash": tfds.features.Text(),
            "official_part": tfds.features.Text(),
        }
        features |= {name: tfds.features.Text() for name in self.table.examples[0].attributes}
        return tfds.core.DatasetInfo(
            builder=self,
            description=f"Images of {self.table.name}, shorter side {self.image_size} pixels, one split a class.",
            features=tfds.features.FeaturesDict(features),
            metadata=tfds.core.MetadataDict(
                version=records.VERSION,
                image_size=self.image_size,
                crop=self.crop,
                ordered=self.table.ordered,
                bits=self.bits,
                imbalance_ratio=self.table.imbalance_ratio,
                table_fingerprint=self.table.fingerprint,
                class_counts={},
                skipped=[],
                two_coloured=[],
            ),
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        """Returns one generator for each class. They share a stream of images; TFDS exhausts one after the other."""
        # By class, since a class is a split; by id, so that the fingerprint does not hang on the table's order.
        ordered = sorted(self.table.examples, key=lambda example: (example.label, example.id))
        converted = convert(ordered, self.image_size, crop=self.crop, bits=self.bits, hash_whole=self.hash_whole)
        stream = progress(converted, len(ordered), "images")
        digest = hashlib.sha256()
        return {
            records.split_name(label): self._generate_examples(stream, label, digest)
            for label in range(len(self.table.class_names))
        }

    def _generate_examples(self, stream: Converted, label: int, digest: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        class_name = self.table.class_names[label]
        metadata = self.info.metadata
        kept = 0
        try:
            for example, result in itertools.islice(stream, self.table.class_counts[class_name]):
                if isinstance(result, UnreadableImageError):
                    if not self.skip_unreadable:
                        raise result
                    metadata["skipped"].append({"id": example.id, "file": result.path.name})
                    continue
                kept += 1
                if result.has_two_colours:
                    metadata["two_coloured"].append(example.id)
                digest.update(f"{example.id}\t{label}\t{len(result.encoded)}\t".encode() + result.encoded)
                yield example.id, _record(example, result)
        except BaseException:
            stream.close()  # stops the threads and ends the line of progress
            raise
        if kept == 0:
            raise ValueError(
                f"No image of class {class_name!r} can be read, and records need at least one of every class. "
                "Download the images of this class again."
            )
        metadata["class_counts"][class_name] = kept
        metadata["fingerprint"] = digest.hexdigest()

    def _log_download_bytes(self) -> None:
        """Nothing: TFDS would print a line about a download."""

    def _log_download_done(self) -> None:
        """Nothing, as above."""


def _record(example: Example, image: StoredImage) -> dict[str, Any]:
    known = {"id": example.id, "group": example.group, "label": example.label, "official_part": example.official_part}
    stored = {"image": image.encoded, "height": image.height, "width": image.width, "pixel_hash": image.pixel_hash}
    return {**known, **stored, **example.attributes}
