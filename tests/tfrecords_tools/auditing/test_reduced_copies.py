"""Reduced copies of textured pictures, among strangers and in the splits of an audit."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from tests.tfrecords_tools.auditing.made_facts import ids_of, made_facts
from tfrecords_tools.audit import main
from tfrecords_tools.auditing.checks import find_crossing_groups
from tfrecords_tools.auditing.copies import find_near_duplicates
from tfrecords_tools.auditing.measuring import measure
from tfrecords_tools.auditing.reduced_copies import find_reduced

SIZE = (192, 144)


def picture(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Returns a texture with as much at every scale as photographs have, over one of three colours."""
    random = np.random.default_rng(seed)
    width, height = size
    scales = np.hypot(*np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width), indexing="ij"))
    scales[0, 0] = 1
    texture = np.fft.ifft2(np.fft.fft2(random.normal(size=(height, width))) / scales).real
    pixels = (
        np.array([[150, 80, 80], [80, 130, 80], [90, 90, 150]])[seed % 3] + 30 * (texture / texture.std())[..., None]
    )
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def reduced(image: Image.Image, factor: float, way: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
    """Returns a copy with sides divided by the factor, saved as a JPEG of quality 60."""
    content = io.BytesIO()
    image.resize((round(image.width / factor), round(image.height / factor)), way).save(content, "JPEG", quality=60)
    return Image.open(content).convert("RGB")


def found(images: Sequence[Image.Image]) -> list[tuple[int, int]]:
    measured = [measure(image) for image in images]
    sizes = np.array([(image.height, image.width) for image in images])
    columns = [np.stack([getattr(one, name) for one in measured]) for name in ("sketch", "perceptual_hash", "colour")]
    return [(small, large) for small, large in find_reduced(columns[0], columns[1], sizes, columns[2]).tolist()]


@pytest.mark.parametrize("factor", [1.3, 2, 3, 4, 6, 8])
@pytest.mark.parametrize("way", [Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.NEAREST])
def test_reduced_copies_are_found_and_no_stranger_is(factor: float, way: Image.Resampling) -> None:
    images = [picture(seed) for seed in range(20)]
    pairs = found([*images, *(reduced(image, factor, way) for image in images)])
    assert set(pairs) <= {(seed + 20, seed) for seed in range(20)}
    # Of 24 x 18 single pixels, the texture is as much chance as copy.
    assert len(pairs) >= (8 if factor == 8 and way is Image.Resampling.NEAREST else 19)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_few_images_are_enough(count: int) -> None:
    images = [picture(seed) for seed in range(count)]
    assert found([*images, *(reduced(image, 3) for image in images)]) == [(seed + count, seed) for seed in range(count)]


def test_each_of_several_sizes_is_a_copy_of_all_larger_ones() -> None:
    images = [picture(seed) for seed in range(12)]
    pairs = found([image if factor == 1 else reduced(image, factor) for factor in (1, 2, 4) for image in images])
    expected = {(seed + 12, seed) for seed in range(12)} | {
        (seed + 24, seed + above) for seed in range(12) for above in (0, 12)
    }
    assert set(pairs) == expected


def test_images_of_one_size_have_no_reduced_copies() -> None:
    assert found([picture(0), reduced(picture(0), 1.1), picture(1)]) == []
    assert found([picture(0)]) == []


def test_copy_of_another_shape_colour_or_contrast_is_no_reduced_one() -> None:
    images = [picture(seed) for seed in range(12)]
    small = reduced(images[0], 2)
    for other in (
        small.resize((small.width, small.width)),
        small.point(lambda value: value + 16),
        ImageEnhance.Contrast(small).enhance(2),
        small.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    ):
        assert found([*images, other]) == []
    assert found([*images, small]) == [(12, 0)]


def test_reduced_copy_is_a_look_alike_and_a_likely_leak_where_it_crosses() -> None:
    splits = {"drawn": np.array(["train", "test", "test", "validation"])}
    facts = made_facts([0, 0, 1, 0], reduced_pairs=[[1, 0], [2, 3]], near_pairs=[[0, 1]], splits=splits)
    (alike,) = find_near_duplicates(facts)
    assert (alike.severity, ids_of(alike)) == ("warning", [["c", "d"], ["a", "b"]])
    assert "; 2 images are reduced copies of others." in alike.title
    (leak,) = find_crossing_groups(facts)
    assert (leak.severity, leak.details["reduced_copies"]) == ("warning", ["b", "c"])
    assert leak.details["near_duplicate_pairs"] == [["b", "a"], ["c", "d"]]
    likely = "2 of 2 test images look like images of train or validation, 2 of them as reduced copies: likely leaks."
    assert leak.title == f"drawn: {likely} None shares its group with one of those."
    assert leak.examples == ("b (test) looks like a (train)", "c (test) looks like d (validation)")
    known = {"groups": ["a", "b", "d", "d"], "near_pairs": [[0, 1]]}
    (leak,) = find_crossing_groups(made_facts([0, 0, 1, 0], splits=splits, **known))
    assert leak.severity == "error" and leak.title.startswith("drawn: 1 of 2 test images (50 %) share their group")
    assert leak.title.endswith("rare 1 of 1 (100 %). 1 others look like one of those: likely leaks.")
    (alike,) = find_near_duplicates(made_facts([0, 0], reduced_pairs=[[1, 0]], near_pairs=None))
    assert ids_of(alike) == [["a", "b"]]


@pytest.mark.parametrize("large_part", ["train", "test"])
def test_audit_counts_thumbnails_in_another_part(
    tmp_path: Path, large_part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    small_part = "test" if large_part == "train" else "train"
    for seed in range(12):
        label = "ab"[seed % 2]
        for part, image in ((large_part, picture(seed)), (small_part, picture(seed + 50))):
            path = tmp_path / "photos" / part / label / f"{part}{seed}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            image.save(path)
        if seed < 5:
            reduced(picture(seed), 4).save(tmp_path / "photos" / small_part / label / f"thumb{seed}.jpg", quality=60)
    assert main([str(tmp_path / "photos"), "--out", str(tmp_path / "out")]) == 0
    listed = json.loads((tmp_path / "out" / "audit.json").read_text())["findings"]
    (leak,) = [one for one in listed if one["check"] == "leaks"]
    assert leak["severity"] == "warning"
    assert len(leak["details"]["near_duplicates"]) == len(leak["details"]["reduced_copies"]) == 5
    assert "look like images of train or validation, 5 of them as reduced copies: likely leaks." in " ".join(
        capsys.readouterr().out.split()
    )
