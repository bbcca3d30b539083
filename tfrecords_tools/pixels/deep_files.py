"""The 16-bit PNGs among the files of a data set: found by their heads, looked at before anything is made of them."""

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from tfrecords_tools.pixels.bit_depth import DeepFile, remarks
from tfrecords_tools.pixels.file_heads import is_deep_png
from tfrecords_tools.pixels.image_checks import check_image_file
from tfrecords_tools.surroundings.progress import progress

WORTH_TELLING = 200
"""Files from which on it is said how far their reading has come; of fewer, what is said is what is wrong with them."""
AT_ONCE = 4
"""Files that are decoded side by side; each may take 6 bytes for each of its pixels."""


def check_depth(files: Sequence[Path], heads: Sequence[bytes], bits: int | None) -> None:
    """Refuses 16-bit files whose values would be lost; says on stderr what else is to be known of them.

    Args:
        files: all image files of a data set.
        heads: their first bytes (`file_heads.read_heads`).
        bits: how many of the 16 bits are said to be used; None where nothing is said.

    Raises:
        ValueError: Their values lie in fewer bits than are kept, or need more than are said.
    """
    for remark in remarks(look_at(files, heads), len(files), bits):
        if remark.is_error:
            raise ValueError(f"{remark.what}. {remark.advice}")
        print(f"Note: {remark.what}. {remark.advice}", file=sys.stderr)


def look_at(files: Sequence[Path], heads: Sequence[bytes]) -> list[DeepFile]:
    """Returns what is known of the 16-bit PNGs among files; what cannot be decoded is left to who decodes it."""
    deep = [path for path, head in zip(files, heads, strict=True) if is_deep_png(head)]
    if not deep:
        return []
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found: Iterable[DeepFile | None] = pool.map(_look, deep)
        if len(deep) >= WORTH_TELLING:
            found = progress(found, len(deep), "files of 16 bits")
        return [file for file in found if file is not None]


def read_values(path: Path) -> np.ndarray:
    """Returns the values of a 16-bit PNG without its alpha [(height, width, 1 or 3) uint16].

    Pillow would take the upper 8 bits where there is colour or alpha.

    Raises:
        OSError: It is damaged.
    """
    import tensorflow as tf

    try:
        with tf.device("CPU:0"):
            values = tf.io.decode_png(tf.io.read_file(str(path)), dtype=tf.uint16).numpy()
    except tf.errors.OpError as error:
        raise OSError(f"a damaged PNG: {error.message.split('}} ')[-1].split(' [Op:')[0]}") from error
    return values[:, :, : 3 if values.shape[2] > 2 else 1]


def _look(path: Path) -> DeepFile | None:
    try:
        check_image_file(path)
        values = read_values(path)
    except (ValueError, OSError):
        return None
    return DeepFile(path, int(values.max()), len(np.unique((values >> 8).astype(np.uint8))))
