"""EXIF orientation against Pillow, in both byte orders, and against bytes that mean harm."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tfrecords_tools.pixels.orientation import read_orientation, upright

SMOOTH = np.stack(np.broadcast_arrays(np.arange(48)[:, None] * 5, np.arange(64) * 4, 90), axis=2).astype(np.uint8)
SHORT, LONG = 3, 4


def entry(order: str, tag: int, value: int, kind: int = SHORT, count: int = 1) -> bytes:
    return struct.pack(f"{order}HHI", tag, kind, count) + struct.pack(f"{order}{'I' if kind == LONG else 'Hxx'}", value)


def tiff(order: str, *entries: bytes, offset: int = 8) -> bytes:
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, offset)
    return head.ljust(offset, b"\0") + struct.pack(f"{order}H", len(entries)) + b"".join(entries) + b"\0" * 4


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg(*segments: bytes) -> bytes:
    """Returns a JPEG with these segments behind JFIF's."""
    stream = io.BytesIO()
    Image.fromarray(SMOOTH).save(stream, "JPEG")
    plain = stream.getvalue()
    return plain[:20] + b"".join(segments) + plain[20:]


def exif(content: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + content)


def turn(image_bytes: tf.Tensor) -> tf.Tensor:
    return upright(tf.io.decode_jpeg(image_bytes, channels=3), read_orientation(image_bytes))


turn_in_graph = tf.function(turn, input_signature=[tf.TensorSpec((), tf.string)])
WAYS: dict[str, Callable[[list[bytes]], list[tf.Tensor]]] = {
    "eagerly": lambda images: [turn(tf.constant(data)) for data in images],
    "in a graph": lambda images: [turn_in_graph(data) for data in images],
    "in tf.data": lambda images: list(tf.data.Dataset.from_tensor_slices(images).map(turn)),
}
read_in_graph = tf.function(read_orientation, input_signature=[tf.TensorSpec((), tf.string)])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_orientation_is_turned_as_pillow_does(order: str, way: str) -> None:
    tags = [(entry(order, 0x010F, 7), entry(order, 0x0112, orientation)) for orientation in range(1, 9)]
    images = [jpeg(exif(tiff(order, *both))) for both in tags]
    for orientation, (data, turned) in enumerate(zip(images, WAYS[way](images), strict=True), start=1):
        expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        assert turned.shape == expected.shape
        assert np.abs(np.asarray(turned, np.int32) - expected).max() <= 6, f"orientation {orientation}"


@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_is_found_behind_other_segments_and_anywhere_in_its_own(order: str) -> None:
    asked = entry(order, 0x0112, 6)
    others = [segment(0xE2, b"ICC_PROFILE\0" + b"\x01" * 3000), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")]
    for data in (
        jpeg(*others, exif(tiff(order, asked))),
        jpeg(b"\xff\xff", exif(tiff(order, asked))),  # filling bytes before a marker
        jpeg(exif(tiff(order, *[entry(order, 0x0100, 9)] * 40, asked, offset=3000))),
    ):
        assert read_orientation(data) == 6


@pytest.mark.parametrize("order", ["<", ">"])
def test_nonsense_is_as_stored(order: str) -> None:
    asked = entry(order, 0x0112, 6)
    whole = tiff(order, asked)
    for content in (
        b"", whole[:1], whole[:9], whole[:12], whole[:17],  # truncated
        b"XX" + whole[2:], whole[:2] + b"\0\0" + whole[4:],  # no TIFF
        tiff(order, entry(order, 0x0112, 0)), tiff(order, entry(order, 0x0112, 9)),
        tiff(order, entry(order, 0x0112, 6, kind=LONG)), tiff(order, entry(order, 0x0112, 6, count=2)),
        whole[:4] + struct.pack(f"{order}I", 2**32 - 1) + whole[8:],  # a directory outside
        whole[:8] + struct.pack(f"{order}H", 65535),  # more entries than bytes
    ):  # fmt: skip
        assert read_orientation(jpeg(exif(content))) == 1, content


def test_what_is_no_jpeg_is_as_stored() -> None:
    for data in (b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\0\0", b"\x89PNG\r\n\x1a\n", b"<html>"):
        assert read_orientation(data) == 1
    assert read_orientation(b"\xff\xd8" + segment(0xE0, b"x") * 1000 + exif(tiff("<", entry("<", 0x0112, 6)))) == 1


@given(st.binary(max_size=80), st.booleans(), st.sampled_from([b"", b"II*\0", b"MM\0*"]))
def test_any_bytes_give_an_orientation(noise: bytes, in_segment: bool, head: bytes) -> None:
    data = jpeg(exif(head + noise)) if in_segment else b"\xff\xd8\xff\xe1" + noise
    assert 1 <= int(read_in_graph(data)) <= 8


@given(st.data(), st.sampled_from(["<", ">"]), st.integers(1, 8))
def test_damaged_exif_gives_an_orientation(data: st.DataObject, order: str, orientation: int) -> None:
    content = bytearray(tiff(order, entry(order, 0x010F, 7), entry(order, 0x0112, orientation)))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[place] = data.draw(st.integers(0, 255))
    whole = jpeg(exif(bytes(content)))
    cut = data.draw(st.integers(2, 80))
    assert 1 <= int(read_in_graph(whole)) <= 8
    assert 1 <= int(read_in_graph(whole[:cut])) <= 8
