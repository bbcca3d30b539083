"""The digits that come with scikit-learn."""

from pathlib import Path

import numpy as np

from tfrecords_tools.datasets import digits


def test_all_digits_are_there_and_use_the_whole_range() -> None:
    table = digits.read_labels(Path("not used"))
    assert len(table.examples) == 1797 and min(table.class_counts.values()) == 174
    pixels = np.stack([np.asarray(example.source) for example in table.examples])
    assert pixels.shape == (1797, 8, 8, 3) and pixels.dtype == np.uint8
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert table.imbalance_ratio == 20
