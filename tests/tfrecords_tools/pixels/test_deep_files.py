"""Own images in 16-bit files: refused or stretched, in conversion, audit and the graph that is served alike."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.tfrecords_tools.pixels import kinds_of_images as kinds
from tfrecords_tools import audit, build
from tfrecords_tools.pixels import images
from tfrecords_tools.pixels.bit_depth import to_grey_levels
from tfrecords_tools.pixels.deep_files import look_at, read_values
from tfrecords_tools.pixels.file_heads import read_heads
from tfrecords_tools.pixels.opening import open_image

MODES = {"grey": 1, "grey with alpha": 2, "colour": 3, "colour with alpha": 4}


def values(seed: int, bits: int, channels: int) -> np.ndarray:
    """Returns noise with the least and the greatest value of so many bits, and an alpha of 16 bits."""
    made = np.random.default_rng(seed).integers(0, 2**bits, (24, 32, channels)).astype(np.uint16)
    made[0, 0], made[0, 1] = 0, 2**bits - 1
    if channels in (2, 4):
        made[:, :, -1] = 65535
    return made


def png(pixels: np.ndarray) -> bytes:
    return tf.io.encode_png(pixels).numpy()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve grey X-rays of 12 bits in two classes."""
    for number in range(12):
        place = tmp_path / "photos" / "ab"[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png(values(number, 12, 1)))
    return tmp_path / "photos"


def made(photos: Path, *flags: str) -> int:
    place = ["--records", str(photos.parent / "records"), "--image_size", "16"]
    return build.main(["--dataset", "folder", "--images", str(photos), *place, *flags])


@pytest.mark.parametrize("bits", [None, 8, 10, 12, 14, 15, 16])
@pytest.mark.parametrize("mode", MODES)
def test_pixels_are_the_same_in_tensorflow_pillow_and_numpy(mode: str, bits: int | None, tmp_path: Path) -> None:
    raw = values(0, bits or 16, MODES[mode])
    colours = raw[:, :, : 3 if MODES[mode] > 2 else 1]
    expected = np.broadcast_to(to_grey_levels(colours, bits), (24, 32, 3))
    path = tmp_path / "a.png"
    path.write_bytes(png(raw))
    np.testing.assert_array_equal(images.decode_for(path.read_bytes(), 16, "none", bits)[0], expected)
    if bits == 12:
        graph = tf.function(lambda content: images.decode_for(content, 16, "none", bits)[0])
        np.testing.assert_array_equal(graph(tf.constant(path.read_bytes())), expected)
    np.testing.assert_array_equal(open_image(path, bits), expected)
    np.testing.assert_array_equal(read_values(path), colours)
    if MODES[mode] == 1:  # the one kind that Pillow reads whole
        np.testing.assert_array_equal(read_values(path)[:, :, 0], np.asarray(Image.open(path)))


@pytest.mark.parametrize("kind", kinds.READ)
def test_bits_change_nothing_but_16_bit_files(kind: str) -> None:
    if "16 bits" not in kind:
        whole, stretched = (images.decode_for(kinds.READ[kind], 16, "none", bits)[0] for bits in (None, 12))
        np.testing.assert_array_equal(whole, stretched)


def test_16_bit_files_are_known_by_their_content_and_alpha_is_not_looked_at(tmp_path: Path) -> None:
    contents = {
        "deep.jpg": png(values(0, 12, 4)),
        "flat.png": png(np.full((4, 4, 1), 4095, np.uint16)),
        "shallow.png": kinds.READ["PNG"],
        "photo.png": kinds.READ["JPEG"],
        "cut.png": png(values(0, 16, 1))[:600],
        "short.png": b"\x89PNG\r\n\x1a\n",
        "empty.png": b"",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    files = [tmp_path / name for name in [*contents, "missing.png"]]
    found = {file.path.name: file for file in look_at(files, read_heads(files))}
    assert list(found) == ["deep.jpg", "flat.png"]
    assert (found["deep.jpg"].greatest, found["deep.jpg"].shades) == (4095, 16)
    assert (found["flat.png"].greatest, found["flat.png"].shades) == (4095, 1)


def test_low_bits_are_refused_before_anything_is_made(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert made(photos) == 2
    told = capsys.readouterr().err
    assert "None of 12 files of 16 bits has a value above 4095" in told and "--bits 12 stretches" in told
    assert not (photos.parent / "records").exists()


def test_said_bits_are_stretched_kept_with_the_records_and_asked_for_again(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made(photos, "--bits", "12") == 0
    folder = photos.parent / "records" / "photos" / "px16" / "3.0.0"
    assert json.loads((folder / "metadata.json").read_text())["bits"] == 12
    assert made(photos, "--bits", "12") == 0
    capsys.readouterr()
    assert made(photos) == 2
    assert "made with --bits 12, and this is without --bits" in capsys.readouterr().err
    assert made(photos, "--bits", "10") == 2
    assert "To use them, say --bits 12; to make them anew: python -m tfrecords_tools.build" in capsys.readouterr().err
    assert made(photos, "--bits", "11", "--overwrite") == 2
    assert "12 of 12 files of 16 bits hold values above 2047" in capsys.readouterr().err
    assert json.loads((folder / "metadata.json").read_text())["bits"] == 12


@pytest.mark.parametrize("bits", ["7", "17", "0", "-12", "12.0", "twelve"])
def test_number_that_is_none_of_bits_is_refused(bits: str, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        made(photos, f"--bits={bits}")
    assert f"'{bits}' is no whole number from 8 to 16" in capsys.readouterr().err


def test_bits_are_no_word_on_a_data_set_that_is_built_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--dataset", "digits", "--records", str(tmp_path / "records"), "--bits", "12"]) == 2
    assert "takes no --bits" in capsys.readouterr().err


def test_audit_says_what_conversion_would_and_measures_what_it_is_told(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(photos.parent / "audit")]
    assert audit.main([str(photos), *out, "--strict"]) == 1
    assert "ERROR    None of 12 files of 16 bits has a value above 4095" in capsys.readouterr().out
    assert audit.main([str(photos), *out, "--strict", "--bits", "12"]) == 0
    assert "No file of 16 bits has its values in the low ones" in capsys.readouterr().out
    assert audit.main([str(photos), *out, "--bits", "10"]) == 2
    assert "12 of 12 files of 16 bits hold values above 1023" in capsys.readouterr().err


def test_served_graph_refuses_a_value_of_more_bits_than_it_was_made_for() -> None:
    graph = tf.function(lambda content: images.decode_for(content, 16, "none", 12)[0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="holds the value 16383, above the 4095 of 12 bits"):
        graph(tf.constant(png(values(0, 14, 1))))
