"""A JPEG and what another library made of it are copies, in records, splits and audit alike."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from tests.tfrecords_tools.pixels.kinds_of_images import saved
from tfrecords_tools.auditing.copies import find_copies
from tfrecords_tools.auditing.facts import gather_facts
from tfrecords_tools.auditing.sources import open_source
from tfrecords_tools.build import build_records, ensure_protocol
from tfrecords_tools.origins import Origin
from tfrecords_tools.records import read_labels

SIZES = {"small": (40, 56), "large": (1030, 1100)}
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "full colour": {"subsampling": 0, "quality": 95},
    "progressive": {"progressive": True, "quality": 40},
    "turned": {"exif": 6},
    "grey": {"mode": "L"},
    "CMYK": {"mode": "CMYK"},
}
FORMATS = ("PNG", "BMP")


def jpeg(seed: int, size: tuple[int, int], mode: str = "RGB", exif: int | None = None, **options: Any) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (size[0] // 8, size[1] // 8, 3)).astype(np.uint8)
    pixels = Image.fromarray(noise).resize(size[::-1], Image.Resampling.BICUBIC)
    # Converting to CMYK puts no black ink in, of which decoders disagree.
    pixels = Image.merge(mode, [*pixels.split(), pixels.convert("L")]) if mode == "CMYK" else pixels.convert(mode)
    if exif:
        tags = Image.Exif()
        tags[0x0112] = exif
        options["exif"] = tags
    return saved(pixels, "JPEG", **options)


def made_by_pillow(content: bytes, form: str) -> bytes:
    """Returns the same picture in another format, decoded and written by Pillow."""
    return saved(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"), form)


@pytest.fixture(scope="module", params=sorted(SIZES))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two classes with a JPEG of every kind, and its copy in another format."""
    images = tmp_path_factory.mktemp(request.param) / "photos"
    for seed, (kind, options) in enumerate(KINDS.items()):
        name = kind.replace(" ", "_")
        form = FORMATS[seed // 2 % 2]
        content, place = jpeg(seed, SIZES[request.param], **options), images / "ab"[seed % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.jpg").write_bytes(content)
        (place / f"{name}_copy.{form.lower()}").write_bytes(made_by_pillow(content, form))
    return images


def test_pillows_copy_of_a_jpeg_has_its_hash_its_group_and_its_part_and_the_audit_says_the_same(
    folder: Path, tmp_path: Path
) -> None:
    records = build_records("folder", Origin(folder), tmp_path, 16)
    labels = read_labels(records)
    hashes = dict(zip(labels.ids.tolist(), labels.pixel_hashes.tolist(), strict=True))
    protocol = pd.read_csv(ensure_protocol(records, "grouped", 0)).set_index("id")
    for name in sorted(hashes):
        if not name.endswith("_copy"):
            assert hashes[f"{name}_copy"] == hashes[name], name
            assert protocol["part"][f"{name}_copy"] == protocol["part"][name]
            assert protocol["group"][f"{name}_copy"] == protocol["group"][name]
    assert len(set(hashes.values())) == len(hashes) / 2
    facts = gather_facts(open_source(folder, "folder"))
    assert dict(zip(facts.ids.tolist(), facts.pixel_hashes.tolist(), strict=True)) == hashes
    (found,) = find_copies(facts)
    assert found.title.startswith(f"{len(hashes) // 2} of {len(hashes) // 2} sets of equal images")


def test_among_large_jpegs_alone_repacked_ones_are_copies(tmp_path: Path) -> None:
    for number in range(2):
        for label in "ab":
            content = jpeg(10 * number + ord(label), SIZES["large"])
            place = tmp_path / "photos" / label
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{number}.jpg").write_bytes(content)
            if number == 0:  # with a comment behind its first marker
                (place / "0_copy.jpg").write_bytes(content[:2] + b"\xff\xfe\0\4ab" + content[2:])
    labels = read_labels(build_records("folder", Origin(tmp_path / "photos"), tmp_path, 16))
    hashes = dict(zip(labels.ids.tolist(), labels.pixel_hashes.tolist(), strict=True))
    assert hashes["a/0"] == hashes["a/0_copy"] != hashes["b/0"] == hashes["b/0_copy"]


def test_real_jpeg_and_its_png_are_copies(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    originals = sorted((real_data("originals") / "isic2018").iterdir())
    for number, path in enumerate(originals):
        place = tmp_path / "photos" / "ab"[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / path.name).write_bytes(path.read_bytes())
        (place / f"{path.stem}_copy.png").write_bytes(made_by_pillow(path.read_bytes(), "PNG"))
    labels = read_labels(build_records("folder", Origin(tmp_path / "photos"), tmp_path, 16))
    hashes = dict(zip(labels.ids.tolist(), labels.pixel_hashes.tolist(), strict=True))
    assert all(hashes[f"{name}_copy"] == hashes[name] for name in hashes if not name.endswith("_copy"))
