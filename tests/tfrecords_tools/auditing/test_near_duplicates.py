"""Perceptual hashes of generated pictures, and the search for pairs."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from tfrecords_tools.auditing.near_duplicates import BLOCK, THRESHOLD, chains, find_pairs, perceptual_hash


def picture(seed: int, size: int = 160) -> Image.Image:
    """Returns smooth random blobs: something to recognise at every scale, as photographs have."""
    noise = np.random.default_rng(seed).uniform(0, 255, (10, 10, 3)).astype(np.uint8)
    return Image.fromarray(noise).resize((size, size), Image.Resampling.BICUBIC)


def distance(one: Image.Image, other: Image.Image) -> int:
    return int(np.bitwise_count(perceptual_hash(one) ^ perceptual_hash(other)).sum())


def encoded(image: Image.Image, quality: int) -> Image.Image:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return Image.open(content)


@pytest.mark.parametrize("seed", range(5))
def test_copy_that_was_encoded_rescaled_or_brightened_is_within_the_threshold(seed: int) -> None:
    image = picture(seed)
    assert distance(image, encoded(image, 50)) <= THRESHOLD
    assert distance(image, image.resize((70, 70))) <= THRESHOLD
    assert distance(image, ImageEnhance.Brightness(image).enhance(0.8)) <= THRESHOLD


def test_other_pictures_and_mirrored_ones_are_far_beyond_the_threshold() -> None:
    image = picture(0)
    assert min(distance(image, picture(seed)) for seed in range(1, 20)) > 3 * THRESHOLD
    assert distance(image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) > 3 * THRESHOLD


@pytest.mark.parametrize("count", [1, 2, BLOCK + 30])
def test_pairs_are_those_of_a_double_loop(count: int) -> None:
    rng = np.random.default_rng(count)
    centres = rng.integers(0, 256, (max(1, count // 12), 32), dtype=np.uint8)
    flips = np.packbits(rng.random((count, 256)) < 0.04, axis=1)
    hashes = centres[rng.integers(len(centres), size=count)] ^ flips
    bits = np.unpackbits(hashes, axis=1).astype(bool)
    expected = [
        (one, other)
        for one in range(count)
        for other in range(one + 1, count)
        if (bits[one] != bits[other]).sum() <= THRESHOLD
    ]
    assert find_pairs(hashes).tolist() == [list(pair) for pair in expected]
    assert count <= 2 or len(expected) > 100


@pytest.mark.parametrize("places", [[0, 1], [0, 20], [20, 21]])
def test_threshold_itself_is_within_wherever_the_bits_differ(places: list[int]) -> None:
    hashes = np.zeros((2, 32), np.uint8)
    hashes[1, places] = 255
    assert len(find_pairs(hashes)) == 1
    hashes[1, 31] = 1
    assert len(find_pairs(hashes)) == 0


def test_no_pairs_make_no_chains() -> None:
    assert chains(np.empty((0, 2), np.int64)) == []


def test_chain_is_found_in_whatever_order_its_links_come() -> None:
    assert chains(np.array([[8, 9], [0, 10], [9, 10], [2, 3]])) == [(0, 8, 9, 10), (2, 3)]
