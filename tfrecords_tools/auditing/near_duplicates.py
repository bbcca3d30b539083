"""Images that look alike without being equal: encoded anew, rescaled, brightened, or the next shot of a series.

A perceptual hash keeps, of the image at 64x64 in grey, which of its 256 lowest frequencies are stronger than their
median (`imagehash.phash`, hash_size 16). Two images are near duplicates where at most `THRESHOLD` bits differ.

The threshold is measured. Of 6.7 million pairs of different APTOS images, 14 differ in at most 4 bits and show one
photograph; the next is at 16, alike but another eye. Of 50 million pairs of different lesions in HAM10000, one is
within 16, which shows one lesion under two names; the next is at 32. So at 16 one pair in 57 million is a false alarm,
and random pairs lie around 120. Found are 98 % or more of images saved as JPEG of quality 50, halved, or brightened by
a fifth, and about half of those cropped by 1 % at each side; mirrored, turned or further cropped ones are not. The
usual 64 bits flood: of APTOS, 332 pairs are within 2 of 64 bits, for all retinas look alike. Copies that were reduced
to less than some 60 pixels are for `reduced_copies` to find.
"""

import imagehash
import numpy as np
from PIL import Image

from tfrecords_tools.splits.groups import joined_groups

HASH_SIZE = 16
THRESHOLD = 16
SMALLEST_SIDE = 32
"""Images with a shorter side below have not the detail that 256 bits tell of."""
BLOCK = 512


def perceptual_hash(image: Image.Image) -> np.ndarray:
    """Returns the 256 bits of an image [(32,) uint8]; few differ between images that look alike."""
    return np.packbits(imagehash.phash(image, hash_size=HASH_SIZE).hash)


def find_pairs(hashes: np.ndarray, threshold: int = THRESHOLD) -> np.ndarray:
    """Returns all pairs whose hashes differ in at most `threshold` bits.

    Every pair is looked at, in blocks. Few are alike in their first 64 bits; the others are compared for those alone.

    Args:
        hashes: packed bits [(N, 8 * k) uint8].
        threshold: the largest number of bits that may differ.

    Returns:
        Positions, the smaller first, in order [(M, 2) int64].
    """
    words = np.ascontiguousarray(hashes).view(np.uint64)
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, len(words), BLOCK):
        block = words[start : start + BLOCK]
        first, second = np.nonzero(np.bitwise_count(block[:, None, 0] ^ words[None, start:, 0]) <= threshold)
        apart = first < second
        first, second = first[apart], second[apart] + start
        alike = np.bitwise_count(block[first] ^ words[second]).sum(axis=1, dtype=np.int64) <= threshold
        found.append(np.stack([first[alike] + start, second[alike]], axis=1))
    return np.concatenate(found)


def chains(pairs: np.ndarray) -> list[tuple[int, ...]]:
    """Returns the positions that pairs [(M, 2) int] link, directly or over others, each chain sorted.

    >>> chains(np.array([[0, 2], [2, 3], [5, 7]]))
    [(0, 2, 3), (5, 7)]
    """
    # A pair is what its two positions share, as groups may share an image.
    shared = np.repeat(np.arange(len(pairs)), 2).astype(str)
    chain_of = joined_groups(pairs.ravel().astype(str), shared)
    members: dict[str, set[int]] = {}
    for position, chain in zip(pairs.ravel().tolist(), chain_of.tolist(), strict=True):
        members.setdefault(chain, set()).add(position)
    return sorted(tuple(sorted(chain)) for chain in members.values())
