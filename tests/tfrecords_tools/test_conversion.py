"""Decoding, resizing and encoding on several threads."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfrecords_tools import images
from tfrecords_tools.conversion import StoredImage, UnreadableImageError, convert, hash_pixels
from tfrecords_tools.tables import Example


def picture(seed: int, height: int = 20, width: int = 30) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def example(name: str, source: Path | np.ndarray) -> Example:
    return Example(id=name, group=name, label=0, source=source)


def test_order_is_kept_on_several_threads() -> None:
    examples = [example(str(number), picture(number, height=10 + 90 * (number % 2))) for number in range(50)]
    results = list(convert(examples, 8, workers=4))
    assert [one.id for one, _ in results] == [one.id for one in examples]
    assert [result.height for _, result in results if isinstance(result, StoredImage)] == [10, 100] * 25


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_stored_image_is_what_the_shared_image_code_makes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(picture(0)).save(path)
    ((_, result),) = convert([example("a", path)], 10)
    pixels = images.decode(tf.constant(path.read_bytes()))
    expected = images.encode(images.resize_short_side(pixels, 10)).numpy()
    assert result == StoredImage(expected, height=20, width=30, pixel_hash=hash_pixels(pixels.numpy()))


def test_grey_image_gets_three_channels_and_the_long_side_follows(tmp_path: Path) -> None:
    Image.fromarray(picture(0)[:, :, 0]).save(tmp_path / "grey.png")
    ((_, result),) = convert([example("a", tmp_path / "grey.png")], 10)
    assert isinstance(result, StoredImage)
    assert tf.io.decode_jpeg(result.encoded).shape == (10, 15, 3)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_truncated_image_is_reported_with_its_file_and_the_others_go_on(
    tmp_path: Path, suffix: str, share: float
) -> None:
    whole, broken = tmp_path / f"whole{suffix}", tmp_path / f"broken{suffix}"
    Image.fromarray(picture(0, 200, 300)).save(whole)
    content = whole.read_bytes()
    broken.write_bytes(content[: int(share * len(content))])
    results = [result for _, result in convert([example("a", broken), example("b", whole)], 10)]
    assert isinstance(results[0], UnreadableImageError) and isinstance(results[1], StoredImage)
    message = str(results[0])
    assert f"Cannot read image {broken}: " in message and "--skip_unreadable" in message
    assert "Op:" not in message and "{{" not in message


def test_text_file_with_the_name_of_an_image_is_reported(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_text("<html>404</html>")
    ((_, result),) = convert([example("a", tmp_path / "page.jpg")], 10)
    assert isinstance(result, UnreadableImageError) and result.path == tmp_path / "page.jpg"


def test_examples_are_taken_as_they_are_needed() -> None:
    taken = []

    def examples() -> object:
        for number in range(1000):
            taken.append(number)
            yield example(str(number), picture(0))

    stream = convert(examples(), 8, workers=2)  # type: ignore[arg-type]
    next(stream)
    stream.close()
    assert len(taken) < 20


def test_real_images_are_reduced(real_data: Callable[[str], Path]) -> None:
    files = sorted((real_data("isic2018") / "ISIC2018_Task3_Training_Input").iterdir())[:5]
    for _, result in convert([example(path.stem, path) for path in files], 72):
        assert isinstance(result, StoredImage) and (result.height, result.width) == (150, 200)
        assert tf.io.decode_jpeg(result.encoded).shape == (72, 96, 3)
