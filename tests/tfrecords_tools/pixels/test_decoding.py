"""JPEGs are decoded as other libraries decode them, to the last bit, wherever this project decodes one."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.tfrecords_tools.pixels.kinds_of_images import saved
from tfrecords_tools.pixels import images

ROOT = Path(__file__).parents[3]


def picture(seed: int, height: int, width: int, detail: int) -> Image.Image:
    """Returns noise, the smoother the larger `detail` is."""
    noise = np.random.default_rng(seed).integers(0, 256, (height // detail + 1, width // detail + 1, 3))
    return Image.fromarray(noise.astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)


@st.composite
def jpegs(draw: st.DrawFn, least: int = 1) -> bytes:
    """Draws a JPEG of any size, quality, subsampling of colour, mode and order of coefficients."""
    side = st.integers(least, least + 40)
    pixels = picture(draw(st.integers(0, 99)), draw(side), draw(side), draw(st.integers(1, 16)))
    options = {"subsampling": draw(st.sampled_from([0, 1, 2])), "progressive": draw(st.booleans())}
    mode = draw(st.sampled_from(["RGB", "L", "CMYK"]))
    return saved(pixels.convert(mode), "JPEG", quality=draw(st.integers(1, 100)), **options)


def assert_equal_but_for_black_ink(pixels: tf.Tensor, theirs: Image.Image) -> None:
    """Of CMYK, TensorFlow cuts off where Pillow rounds."""
    expected = np.asarray(theirs.convert("RGB"), np.int32)
    assert pixels.shape == expected.shape
    assert np.abs(np.asarray(pixels, np.int32) - expected).max() <= (1 if theirs.mode == "CMYK" else 0)


@given(jpegs())
@settings(max_examples=60)
def test_jpeg_is_decoded_as_pillow_decodes_it(content: bytes) -> None:
    for pixels in (images.decode(content), images.decode_for(content, 64)[0]):
        assert_equal_but_for_black_ink(pixels, Image.open(io.BytesIO(content)))


@given(jpegs(least=64), st.sampled_from([2, 4, 8]))
@settings(max_examples=30)
def test_reduced_jpeg_is_what_pillows_draft_mode_gives(content: bytes, ratio: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images, "LEAST_DECODED_FOR", 1)
        short_side = min(Image.open(io.BytesIO(content)).size) // ratio // images.LEFT_OVER
        pixels, size = images.decode_for(content, short_side)
        found = int(images.reduction(content, size, short_side))
    draft = Image.open(io.BytesIO(content))
    draft.draft(draft.mode, (draft.width // found, draft.height // found))
    assert found >= ratio
    assert_equal_but_for_black_ink(pixels, draft)


def test_image_is_decoded_in_one_module_alone() -> None:
    """Beside it, values of 16-bit PNGs are looked at, and a PNG of ours is handed to TensorBoard."""
    decoders = re.compile(r"decode_(jpeg|image|png|gif|bmp|and_crop)|io\.decode_|Image\(\)")
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("conbal_tf", "tfrecords_tools")
        for path in (ROOT / package).rglob("*.py")
        if decoders.search(re.sub(r"decode_raw", "", path.read_text("utf-8")))
    }
    others = {"tfrecords_tools/pixels/deep_files.py", "conbal_tf/evaluation/tensorboard.py"}
    assert found - others == {"tfrecords_tools/pixels/images.py"}


@pytest.mark.parametrize("side", [40, 256])
def test_record_is_as_bright_as_what_is_served_of_its_original(side: int, real_data: Callable[[str], Path]) -> None:
    """Records are encoded and decoded once more; the fast transform took 1.2 grey levels of red and blue with it."""
    differences = []
    for path in sorted((real_data("originals") / "isic2018").iterdir()):
        served = images.as_stored(*images.decode_for(path.read_bytes(), side), side)
        stored = np.asarray(images.decode(images.encode(served)), np.float64)
        differences.append((stored - np.asarray(served, np.float64)).mean(axis=(0, 1)))
    assert len(differences) == 6
    assert np.abs(differences).max() < 0.5 and np.abs(np.mean(differences, axis=0)).max() < 0.2


def test_record_of_a_made_up_picture_is_as_bright_as_its_pixels() -> None:
    pixels = np.asarray(picture(0, 256, 256, 8))
    stored = np.asarray(images.decode(images.encode(tf.constant(pixels))), np.float64)
    assert np.abs((stored - pixels).mean(axis=(0, 1))).max() < 0.2
