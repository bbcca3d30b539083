"""explanations.npz of a run: the arrays of the map and of the mistakes, as long as one another."""

from pathlib import Path

import numpy as np

from conbal_tf.run_folder.arrays import read_arrays
from conbal_tf.run_folder.damage import damaged

OF_TEST_IMAGES = ("test_ids", "map")
OF_MISTAKES = (
    "mistake_ids", "mistake_images", "heat_predicted", "heat_true", "neighbour_ids", "neighbour_labels",
    "neighbour_similarity", "neighbour_images",
)  # fmt: skip
DIMENSIONS = {"test_ids": 1, "map": 2, "tile": 0, "columns": 0, "sprite": 1, "mistake_ids": 1, "mistake_images": 4,
              "heat_predicted": 3, "heat_true": 3, "neighbour_ids": 2, "neighbour_labels": 2,
              "neighbour_similarity": 2, "neighbour_images": 5}  # fmt: skip


def read_explanations(path: Path) -> dict[str, np.ndarray] | None:
    """Returns the arrays of explanations.npz, whose sections of the page do without those that are missing.

    Args:
        path: the file; None is returned where it is not there.

    Raises:
        ValueError: It cannot be read, or its arrays do not fit one another.
    """
    if not path.is_file():
        return None
    arrays = read_arrays(path)
    shapes = {name: arrays[name].shape for name in DIMENSIONS if name in arrays}
    wrong = [name for name, shape in shapes.items() if len(shape) != DIMENSIONS[name]]
    for names in (OF_TEST_IMAGES, OF_MISTAKES):
        lengths = {shapes[name][:1] for name in names if name in shapes}
        wrong += [name for name in names if name in shapes and len(lengths) > 1]
    if wrong:
        received = ", ".join(f"{name} {shapes[name]}" for name in wrong)
        raise damaged(path, received, "arrays of equal length for all test images, and for all mistakes")
    return arrays
