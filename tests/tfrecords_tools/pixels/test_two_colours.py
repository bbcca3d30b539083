"""Pictures of two colours, saved in whatever way, and pictures of more."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tfrecords_tools.pixels.two_colours import has_two_colours

SIZES = [(48, 48), (200, 150), (640, 480)]


def drawn(size: tuple[int, int], ground: object, figure: object) -> Image.Image:
    """Returns an ellipse on a ground."""
    image = Image.new("RGB", size, ground)  # type: ignore[arg-type]
    width, height = size
    ImageDraw.Draw(image).ellipse((0.2 * width, 0.3 * height, 0.7 * width, 0.8 * height), fill=figure)  # type: ignore[arg-type]
    return image


def saved(image: Image.Image, form: str, **options: int) -> np.ndarray:
    content = io.BytesIO()
    image.save(content, form, **options)
    return np.asarray(Image.open(content).convert("RGB"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("figure", ["white", (1, 1, 1), (255, 0, 0), (2, 2, 2)])
def test_mask_of_any_values_has_two_colours(size: tuple[int, int], figure: object) -> None:
    image = drawn(size, "black", figure)
    assert has_two_colours(saved(image, "PNG"))
    assert has_two_colours(saved(image.convert("L"), "PNG"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("quality", [50, 75, 95])
def test_mask_that_was_saved_as_jpeg_has_two_colours_nearly(size: tuple[int, int], quality: int) -> None:
    assert has_two_colours(saved(drawn(size, "black", "white"), "JPEG", quality=quality))


@pytest.mark.parametrize("size", SIZES)
def test_empty_mask_has_at_most_two_colours(size: tuple[int, int]) -> None:
    assert has_two_colours(saved(Image.new("L", size), "PNG"))


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_more_colours_are_none(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(60, 120, (*size[::-1], 3)).astype(np.uint8))
    blurred = noise.filter(ImageFilter.GaussianBlur(3))
    three = drawn(size, "black", "white")
    ImageDraw.Draw(three).rectangle((0, 0, size[0] // 2, size[1] // 6), fill="gray")
    soft = drawn(size, "black", "white").filter(ImageFilter.GaussianBlur(size[0] / 10))
    for image in (noise, blurred, three, soft):
        assert not has_two_colours(np.asarray(image))
        assert not has_two_colours(saved(image, "JPEG", quality=75))
