"""Reduced copies: thumbnails, and originals beside what was made of them for a table or a web page.

A copy of 40 pixels has lost what most of a perceptual hash tells of. It still has the coarse shape: of a sketch, the 63
lowest frequencies of 16x16 grey cells, the copy's is nearer to its original's than to any other picture's. How near is
near hangs on the data set, for retinas are all alike and lesions are not. So the measure is the picture's own
neighbourhood: a copy is at most `NEARER` times as far from its original as from the eighth nearest of all larger
pictures. What a hash has left must agree, too, and colour, contrast and shape.

The limits are measured (docs/results.md, "Reduced copies").
"""

import numpy as np
from PIL import Image
from scipy.fft import dctn

CELLS, FREQUENCIES = 16, 8
LARGER = 1.2
"""How many times the side of a picture another's must be, for it to be a reduced copy of that."""
NEARER, NEIGHBOUR = 0.25, 8
ALIKE = 0.8
"""The least correlation of two sketches."""
HASH_BITS = 96
"""Of 256 bits, the most that may differ; of strangers about 120 do."""
COLOUR, CONTRAST, SHAPE = 12.0, 1.25, 0.15
"""The largest differences: of a mean colour, 0-255; of contrast, as a ratio; of the logarithm of width over height."""
BLOCK = 512


def sketch(image: Image.Image) -> np.ndarray:
    """Returns the coarse shape of an image [(63,) float32]; its length is the image's contrast."""
    # Of a small image, cells of the box filter would be uneven.
    filter_ = Image.Resampling.BOX if min(image.size) >= CELLS else Image.Resampling.BICUBIC
    cells = np.asarray(image.convert("L").resize((CELLS, CELLS), filter_), np.float32)
    low = dctn(cells, norm="ortho")[:FREQUENCIES, :FREQUENCIES]
    frequencies = np.arange(FREQUENCIES)
    # Pictures have less of higher frequencies, where they differ more: a root of it evens that out.
    return (low * np.sqrt(np.hypot(*np.ix_(frequencies, frequencies)))).ravel()[1:].astype(np.float32)


def find_reduced(sketches: np.ndarray, hashes: np.ndarray, sizes: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Returns which images are reduced copies of which.

    Args:
        sketches: of each image [(N, 63) float32].
        hashes: its perceptual hash [(N, 32) uint8].
        sizes: height and width of its original, in pixels [(N, 2) int].
        colours: its mean colour, 0-255 [(N, 3) float].

    Returns:
        Positions, the smaller image first, in order [(M, 2) int64].
    """
    sides, shapes = np.sqrt(sizes.prod(axis=1, dtype=np.float64)), np.log(sizes[:, 1] / sizes[:, 0])
    contrasts = np.linalg.norm(sketches, axis=1)
    units = sketches / np.maximum(contrasts, 1e-6)[:, None]
    found = [np.empty((0, 2), np.int64)]
    small = np.flatnonzero(sides * LARGER <= sides.max(initial=0))
    for start in range(0, len(small), BLOCK):
        block = small[start : start + BLOCK]
        is_larger = sides >= LARGER * sides[block, None]
        is_larger &= np.abs(shapes - shapes[block, None]) <= SHAPE
        alike = np.where(is_larger, units[block] @ units.T, -1)
        near = (alike >= ALIKE) & (1 - alike <= NEARER * (1 - _usual(alike, is_larger.sum(axis=1)))[:, None])
        first, second = np.nonzero(near)
        found.append(np.stack([block[first], second], axis=1))
    pairs = np.concatenate(found)
    first, second = pairs.T
    agree = np.bitwise_count(hashes[first] ^ hashes[second]).sum(axis=1, dtype=np.int64) <= HASH_BITS
    agree &= np.abs(colours[first] - colours[second]).max(axis=1, initial=0) <= COLOUR
    agree &= np.abs(np.log(contrasts[first] / contrasts[second])) <= np.log(CONTRAST)
    return pairs[agree]


def _usual(alike: np.ndarray, larger: np.ndarray) -> np.ndarray:
    """Returns how alike an image is to one of the nearest that is no relative of it, of each row [(B,) float].

    That is the eighth, as an image may lie there in several sizes; of few, one behind the middle; of one, nobody knows.

    Args:
        alike: correlation with every image [(B, N) float].
        larger: how many of these are larger ones [(B,) int].
    """
    highest = min(NEIGHBOUR, alike.shape[1])
    top = -np.sort(-np.partition(alike, -highest, axis=1)[:, -highest:], axis=1)
    place = np.minimum(highest, larger // 2 + 1) - 1
    return np.where(larger > 1, np.take_along_axis(top, place[:, None], axis=1)[:, 0], 0)
