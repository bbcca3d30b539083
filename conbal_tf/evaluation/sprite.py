"""Images as the records hold them, made small: a batch of them, or all of them on one sheet."""

from collections.abc import Callable, Collection

import numpy as np
import tensorflow as tf

from conbal_tf.data.records import Records
from tfrecords_tools.pixels import images

LARGEST_TILE = 48
SMALLEST_TILE = 8
# Of 3,004 test images, a sheet of tiles of 48 has 7 million; a browser holds each in four bytes.
SHEET_PIXELS = 16_000_000
SHEET_QUALITY = 85
READ_TOGETHER = 256


def tile_side(count: int, stored_side: int) -> int:
    """Returns the side of a thumbnail in pixels, a multiple of JPEG's blocks of 8.

    Args:
        count: how many are to share a sheet.
        stored_side: short side of the images in the records.

    >>> tile_side(3004, 256), tile_side(3004, 40), tile_side(20_000, 256)
    (48, 40, 24)
    """
    room = int((SHEET_PIXELS / max(count, 1)) ** 0.5)
    return max(min(LARGEST_TILE, stored_side, room) // 8 * 8, SMALLEST_TILE)


def small_images(
    records: Records, ids: Collection[str], side: int, seen: Callable[[int], None] = lambda done: None
) -> dict[str, np.ndarray]:
    """Returns images as stored, squeezed to squares: id to [(side, side, 3) uint8].

    Args:
        records: where the images are.
        ids: which of them.
        side: in pixels.
        seen: is told the number of images done.
    """

    def small(record: dict[str, tf.Tensor]) -> tf.Tensor:
        return tf.cast(tf.round(images.resize(images.decode(record["image"]), (side, side))), tf.uint8)

    found: list[np.ndarray] = []
    if len(ids):
        for batch in records.in_order(ids).map(small, num_parallel_calls=tf.data.AUTOTUNE).batch(READ_TOGETHER):
            found.extend(batch.numpy())
            seen(len(found))
    return dict(zip(records.select(ids)["id"], found, strict=True))


def sheet(tiles: list[np.ndarray]) -> tuple[bytes, int]:
    """Returns one JPEG of all tiles in rows of equally many, and how many a row has.

    Args:
        tiles: at least one image [(side, side, 3) uint8].
    """
    side = tiles[0].shape[0]
    columns = int(np.ceil(len(tiles) ** 0.5))
    rows = -(-len(tiles) // columns)
    pixels = np.full((rows * side, columns * side, 3), 255, np.uint8)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        pixels[row * side : (row + 1) * side, column * side : (column + 1) * side] = tile
    # Colour at full resolution keeps a tile's colour out of its neighbours.
    return tf.io.encode_jpeg(pixels, quality=SHEET_QUALITY, chroma_downsampling=False).numpy(), columns
