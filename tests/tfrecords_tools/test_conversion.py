"""Decoding, resizing and encoding on several threads."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from tests.tfrecords_tools.pixels.kinds_of_images import saved
from tfrecords_tools.conversion import StoredImage, UnreadableImageError, convert
from tfrecords_tools.pixels import images
from tfrecords_tools.pixels.pixel_hash import hash_pixels
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
    expected = images.encode(images.resize_short_side(pixels, 10)).numpy()  # 20 pixels are no more than twice 10
    assert result == StoredImage(
        expected, height=20, width=30, pixel_hash=hash_pixels(pixels.numpy()), has_two_colours=False
    )


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


def turned_jpeg(pixels: np.ndarray, orientation: int, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(pixels, "JPEG", exif=exif, **options)


def smooth(height: int, width: int) -> np.ndarray:
    """Returns an image whose halves in JPEG stay close to it."""
    return np.asarray(images.resize(picture(5, height // 16, width // 16), (height, width))).astype(np.uint8)


def converted(path: Path, content: bytes, short_side: int, crop: str = "none") -> StoredImage:
    path.write_bytes(content)
    ((_, result),) = convert([example("a", path)], short_side, crop=crop)
    assert isinstance(result, StoredImage)
    return result


def test_record_stands_upright_and_knows_the_upright_size(tmp_path: Path) -> None:
    content = turned_jpeg(smooth(320, 480), 6)
    stored = converted(tmp_path / "a.jpg", content, 64)
    assert (stored.height, stored.width) == (480, 320)
    small = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).resize((64, 96), Image.Resampling.BILINEAR)
    assert np.abs(np.asarray(images.decode(stored.encoded), np.int32) - np.asarray(small)).mean() < 4


def test_pixel_hash_is_one_for_equal_pixels_at_any_record_size(tmp_path: Path) -> None:
    pixels, path = smooth(1040, 1200), tmp_path / "a.jpg"
    first, repacked, other = (
        saved(pixels, "JPEG"), saved(pixels, "JPEG", progressive=True, comment="a"), saved(pixels, "JPEG", quality=60)
    )  # fmt: skip
    assert first != repacked
    hashes = {converted(path, content, size).pixel_hash for content in (first, repacked) for size in (8, 64, 256, 600)}
    hashes |= {converted(path, first, 64, "fundus").pixel_hash}
    assert len(hashes) == 1
    assert converted(path, other, 256).pixel_hash not in hashes
    half = np.asarray(images.decode_for(first, 256)[0])
    assert half.shape == (520, 600, 3)
    assert hashes == {hash_pixels(half, (1040, 1200))} != {hash_pixels(half)}


def test_pixel_hash_of_smaller_images_is_that_of_all_pixels(tmp_path: Path) -> None:
    jpeg, path = saved(smooth(400, 320), "JPEG"), tmp_path / "a.jpg"
    png = saved(np.asarray(images.decode(jpeg)), "PNG")
    assert {converted(path, content, 8).pixel_hash for content in (jpeg, png)} == {
        hash_pixels(images.decode(png).numpy())
    }


def test_copy_that_lies_turned_in_its_file_has_the_hash_of_the_upright_one(tmp_path: Path) -> None:
    upright = np.asarray(images.decode(saved(smooth(320, 480), "JPEG", subsampling=0)))
    # A PNG of what the turned file shows.
    content = turned_jpeg(smooth(320, 480), 8, subsampling=0)
    as_png = saved(np.ascontiguousarray(np.rot90(upright)), "PNG")
    assert converted(tmp_path / "a", content, 8).pixel_hash == converted(tmp_path / "a", as_png, 8).pixel_hash


def test_mistake_in_the_code_is_not_taken_for_an_unreadable_image(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(saved(picture(0), "PNG"))
    with pytest.raises(KeyError, match="retina"):
        list(convert([example("a", tmp_path / "a.png")], 8, crop="retina"))


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
