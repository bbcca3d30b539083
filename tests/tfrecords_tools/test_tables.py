"""The table of examples."""

import numpy as np
import pytest

from tfrecords_tools.tables import Example, LabelTable

PIXELS = np.zeros((2, 2, 3), np.uint8)


def example(name: str, label: int) -> Example:
    return Example(id=name, group=name, label=label, source=PIXELS)


def test_class_counts_keep_the_order_of_the_classes() -> None:
    table = LabelTable("toy", ("b", "a"), (example("1", 1), example("2", 0), example("3", 1)))
    assert list(table.class_counts.items()) == [("b", 1), ("a", 2)]


def test_class_without_an_image_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'toy' has no image of class rare; images found: .*'common': 1"):
        LabelTable("toy", ("common", "rare"), (example("1", 0),))


def test_repeated_id_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'toy' names images more than once: 1 \(twin\)"):
        LabelTable("toy", ("a",), (example("twin", 0), example("twin", 0), example("other", 0)))
