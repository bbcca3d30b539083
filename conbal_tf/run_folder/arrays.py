"""The NPZ files of a run, read back."""

import io
from collections.abc import Collection
from pathlib import Path

import numpy as np

from conbal_tf.run_folder.damage import damaged, shortened


def read_arrays(path: Path, needed: Collection[str] = ()) -> dict[str, np.ndarray]:
    """Returns the arrays that a file holds.

    Args:
        path: the file, in a run folder; it is there.
        needed: arrays that it must have.

    Raises:
        ValueError: It cannot be read, or lacks an array.
    """
    content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    # The file is read by now: what zipfile, zlib and NumPy raise of damaged content has a dozen types.
    except Exception as error:
        received = f"{len(content):,} bytes that are none ({type(error).__name__}: {shortened(error)})"
        raise damaged(path, received, "an archive of arrays, as NumPy's savez writes it") from error
    if lacking := [name for name in needed if name not in arrays]:
        raise damaged(path, f"no {lacking[0]} but {', '.join(arrays) or 'nothing'}", f"{', '.join(needed)}")
    return arrays
