"""What is kept of one image."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfrecords_tools.auditing.measuring import Measurement, measure, measure_all, open_image
from tfrecords_tools.auditing.rows import Row


def pixels(height: int = 48, width: int = 64) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)


def row(source: Path | np.ndarray) -> Row:
    return Row("name", "name", 0, "", source)


def test_hash_is_of_the_pixels_not_of_the_file(tmp_path: Path) -> None:
    Image.fromarray(pixels()).save(tmp_path / "a.png", compress_level=1)
    Image.fromarray(pixels()).save(tmp_path / "b.png", compress_level=9)
    sources: list[Path | bytes | np.ndarray] = [tmp_path / "a.png", (tmp_path / "b.png").read_bytes(), pixels()]
    hashes = {measure(open_image(source)).original.pixel_hash for source in sources}
    assert len(hashes) == 1
    assert measure(open_image(pixels()[::-1])).original.pixel_hash not in hashes
    assert measure(open_image(pixels().reshape(64, 48, 3))).original.pixel_hash not in hashes


def test_size_colour_and_contrast_are_those_of_the_image() -> None:
    image = np.zeros((30, 60, 3), np.uint8)
    image[:, 30:] = (200, 100, 0)
    found = measure(open_image(image))
    assert (found.original.height, found.original.width) == (30, 60)
    np.testing.assert_allclose(found.colour, [100, 50, 0], atol=2)
    assert found.contrast == pytest.approx(50, abs=1)


@pytest.mark.parametrize(("frame", "share"), [(0, 0.0), (4, 1.0)])
def test_black_border_is_the_share_of_black_at_the_edge(frame: int, share: float) -> None:
    image = np.full((128, 128, 3), 90, np.uint8)
    if frame:
        image[:frame] = image[-frame:] = image[:, :frame] = image[:, -frame:] = 9
    assert measure(open_image(image)).black_border == share


def test_photograph_is_turned_upright_as_its_orientation_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels(20, 50)).save(tmp_path / "turned.jpg", exif=exif)
    assert open_image(tmp_path / "turned.jpg").size == (20, 50)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_every_kind_of_image_becomes_rgb(mode: str, tmp_path: Path) -> None:
    path = tmp_path / ("image.jpg" if mode == "CMYK" else "image.png")
    Image.fromarray(pixels()).convert(mode).save(path)
    assert open_image(path).mode == "RGB"


def test_sixteen_bits_are_scaled_not_cut(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 8), 40 * 256, np.uint16)).save(tmp_path / "deep.png")
    assert np.asarray(open_image(tmp_path / "deep.png")).tolist() == [[[40] * 3] * 8] * 8


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_truncated_file_yields_the_decoders_words_and_the_others_go_on(suffix: str, tmp_path: Path) -> None:
    whole, broken, absent = tmp_path / f"whole.{suffix}", tmp_path / f"broken.{suffix}", tmp_path / "absent.png"
    Image.fromarray(pixels()).save(whole)
    broken.write_bytes(whole.read_bytes()[:-400])
    found = [result for _, result in measure_all(map(row, [whole, broken, absent, whole]))]
    assert [isinstance(result, Measurement) for result in found] == [True, False, False, True]
    assert isinstance(found[1], str) and "truncated" in found[1]


def test_rows_come_in_order() -> None:
    sources = [np.full((4, 4 + number, 3), number, np.uint8) for number in range(100)]
    widths = [found.original.width for _, found in measure_all(map(row, sources)) if isinstance(found, Measurement)]
    assert widths == [4 + number for number in range(100)]


@pytest.mark.parametrize(
    ("mode", "suffix", "words"), [("L", ".bmp", "8 bits a pixel"), ("RGB", ".tif", "it is a TIFF")]
)
def test_what_conversion_refuses_is_no_readable_image(mode: str, suffix: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    Image.new(mode, (40, 40)).save(path)
    ((_, result),) = measure_all([row(path)])
    assert isinstance(result, str)
    assert words in result
