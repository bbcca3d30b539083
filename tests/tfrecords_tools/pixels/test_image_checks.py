"""Image files of every kind: read as Pillow reads them, or refused by name, by conversion and by the graph alike."""

import struct
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from tests.tfrecords_tools.pixels import kinds_of_images as files
from tfrecords_tools.conversion import UnreadableImageError, convert
from tfrecords_tools.pixels import images
from tfrecords_tools.pixels.formats import RefusedImageError
from tfrecords_tools.pixels.image_checks import check_image_file
from tfrecords_tools.tables import Example

served = tf.function(lambda data: images.decode_for(data, 16)[0], input_signature=[tf.TensorSpec((), tf.string)])


def refusal(path: Path) -> str:
    ((_, result),) = convert([Example("a", "a", 0, path)], 8, workers=1)
    assert isinstance(result, UnreadableImageError), f"{path.name} was read"
    return str(result)


@pytest.mark.parametrize("kind", files.READ)
def test_every_kind_is_read_as_pillow_does(kind: str, tmp_path: Path) -> None:
    content = files.READ[kind]
    (tmp_path / "image").write_bytes(content)
    check_image_file(tmp_path / "image")
    # Of black ink, TensorFlow cuts off where Pillow rounds.
    tolerance = 1 if "CMYK" in kind else 0
    for pixels in (images.decode_for(content, 16)[0], served(content)):
        difference = np.asarray(pixels, np.int32) - files.as_pillow_reads(content)
        assert np.abs(difference).max() <= tolerance


def test_grey_of_16_bits_keeps_the_upper_8() -> None:
    grey = np.asarray(images.decode_for(files.png16(1), 16)[0])
    np.testing.assert_array_equal(grey, np.repeat(files.SIXTEEN_BITS[:, :, :1] >> 8, 3, axis=2))


def test_alpha_is_dropped_and_what_lies_under_it_is_seen() -> None:
    np.testing.assert_array_equal(images.decode_for(files.READ["PNG with alpha"], 16)[0], files.PIXELS)


def test_transparent_pixels_of_a_gif_are_black() -> None:
    content = files.saved(files.palette, "GIF", transparency=3)
    pixels, theirs = np.asarray(images.decode_for(content, 16)[0]), files.as_pillow_reads(content)
    transparent = (pixels != theirs).any(axis=2)
    assert 0 < transparent.sum() < 200 and not pixels[transparent].any()


@pytest.mark.parametrize(
    ("head", "name", "advice"),
    [
        (files.saved(files.colour, "TIFF"), "a TIFF", "Convert it to PNG, e.g. with ImageMagick"),
        (files.saved(files.colour, "WEBP"), "a WebP", "ImageMagick"),
        (b"\0\0\0\x20ftypheic\0\0\0\0mif1heic", "a HEIC", "ImageMagick"),
        (b"\0\0\0\x20ftypavif\0\0\0\0mif1avif", "an AVIF", "ImageMagick"),
        (b"\0" * 128 + b"DICM\2\0\0\0", "a DICOM file", "dcm2img"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000", "ImageMagick"),
        (b"\xff\x4f\xff\x51\0\x29", "a JPEG 2000", "ImageMagick"),
        (b"\xff\x0a\xfa\x7f", "a JPEG XL", "ImageMagick"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG", "ImageMagick"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "ImageMagick"),
        (b"PK\x03\x04\x14\0", "an archive", "Unpack it"),
        (b"P6 2 2 255\n" + b"\0" * 12, "a PNM", "ImageMagick"),
        (b"<!DOCTYPE html><html>404</html>", "a text", "Download it again"),
        (b"", "empty", "Download it again"),
        (b"\x01\x02\x03\x04\x05", "its first bytes, 01 02 03 04 05, are those of no image", "Download it again"),
        (files.saved(files.palette, "BMP"), "a BMP with 8 bits a pixel", "Convert it to PNG"),
        (files.saved(files.colour.convert("1"), "BMP"), "a BMP with 1 bits a pixel", "Convert it to PNG"),
    ],
)
def test_what_is_not_read_is_refused_by_name_by_conversion_and_graph(
    head: bytes, name: str, advice: str, tmp_path: Path
) -> None:
    (tmp_path / "x.jpg").write_bytes(head)
    message = refusal(tmp_path / "x.jpg")
    assert message.startswith(f"Cannot read image {tmp_path / 'x.jpg'}: ") and name in message and advice in message
    assert "Read are whole JPEG, PNG, BMP and GIF files." in message and "--skip_unreadable" in message
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"JPEG, PNG, BMP and GIF|The BMP has . bits a pixel"):
        served(head)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP of 24 bits", "GIF"])
def test_sizes_that_no_image_has_are_refused_before_memory_is_taken(kind: str, tmp_path: Path) -> None:
    content, path = files.READ[kind], tmp_path / "x.png"
    width, height = (100_000, 100_000) if kind.startswith(("PNG", "BMP")) else (65_000, 65_000)
    for size, why in (((width, height), "more than 100000000 in all"), ((0, 9), "each side needs at least 1")):
        path.write_bytes(files.claiming(content, *size))
        message = refusal(path)
        assert f"its header claims {size[0]} x {size[1]} pixels" in message and why in message
    # TensorFlow finds the zero in a JPEG by itself.
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"claims {width} x {height} pixels.*100000000"):
        served(files.claiming(content, width, height))
    narrow = files.claiming(content, 2, 201)
    path.write_bytes(narrow)
    assert "2 x 201 pixels, one side more than 100 times the other. Read" in refusal(path)
    with pytest.raises(tf.errors.InvalidArgumentError, match="claims 2 x 201 pixels"):
        served(narrow)


@pytest.mark.parametrize(
    ("marker", "bits", "kind"), [(0xC3, 8, "without loss"), (0xC1, 12, "of 12 bits"), (0xC9, 8, "in arithmetic coding")]
)
def test_jpegs_beyond_the_decoder_are_refused_by_name(marker: int, bits: int, kind: str, tmp_path: Path) -> None:
    content = bytearray(files.READ["JPEG"])
    frame = content.index(b"\xff\xc0")
    content[frame + 1], content[frame + 4] = marker, bits
    (tmp_path / "x.jpg").write_bytes(content)
    assert f"it is a JPEG {kind}" in refusal(tmp_path / "x.jpg")


def test_cmyk_jpeg_without_adobes_mark_is_refused_since_its_ink_may_be_meant_either_way(tmp_path: Path) -> None:
    content = files.saved(files.cmyk, "JPEG")
    mark = content.index(b"\xff\xee")
    (tmp_path / "x.jpg").write_bytes(content[:mark] + content[mark + 16 :])
    assert "it is a JPEG in CMYK without Adobe's mark" in refusal(tmp_path / "x.jpg")


def test_gif_whose_first_frame_is_a_part_and_one_that_fills_the_memory_are_refused(tmp_path: Path) -> None:
    path, content = tmp_path / "x.gif", files.READ["GIF"]
    path.write_bytes(files.claiming(content, 99, 88))
    assert "a GIF of 99 x 88 pixels whose first frame is 56 x 40 at (0, 0)" in refusal(path)
    frame = content.index(b"\x2c" + struct.pack("<HHHH", 0, 0, files.WIDTH, files.HEIGHT))
    empty = b"\x2c" + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\x02\0"
    path.write_bytes(content[:-1] + empty + b"\x3b")
    assert "a GIF of 2 frames and 3600002240 pixels" in refusal(path)
    path.write_bytes(content[:frame] + b"\x3b")
    assert "a GIF without an image" in refusal(path)


def test_folder_pipe_and_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").mkdir()
    assert "x.jpg: it is a folder" in refusal(tmp_path / "x.jpg")
    assert "No such file" in refusal(tmp_path / "lost.jpg")
    assert read_refused(Path("/dev/null")) == "it is no file"


def read_refused(path: Path) -> str:
    with pytest.raises(RefusedImageError) as caught:
        check_image_file(path)
    return str(caught.value)


@given(st.data(), st.sampled_from(["JPEG", "PNG", "BMP of 24 bits", "GIF"]))
def test_damaged_header_is_read_or_refused_with_words(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str
) -> None:
    content = bytearray(files.READ[kind])
    for place in data.draw(st.lists(st.integers(3, 60), max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        check_image_file(path)
    except RefusedImageError as error:
        assert str(error) and error.advice
