"""What is gathered of a source before anything is checked."""

from pathlib import Path

import numpy as np
import pytest

from tfrecords_tools.auditing.facts import gather_facts
from tfrecords_tools.auditing.rows import Row
from tfrecords_tools.auditing.sources import Source


def source_of(parts: list[str]) -> Source:
    """Returns images of noise, one for each official part."""
    random = np.random.default_rng(0)
    rows = [
        Row(f"image{place}", f"image{place}", 0, part, random.integers(0, 255, (40, 40, 3)).astype(np.uint8))
        for place, part in enumerate(parts)
    ]
    return Source("made", Path("made"), ("only",), len(rows), lambda: rows, Path("out"))


@pytest.mark.parametrize(
    ("parts", "splits"),
    [
        (["train", "test", "validation"], ["official parts"]),
        (["train", "test", ""], ["official parts"]),
        (["train", "train", "train"], []),
        (["", "", ""], []),
    ],
)
def test_owners_parts_are_a_split_where_they_have_test_images(parts: list[str], splits: list[str]) -> None:
    assert list(gather_facts(source_of(parts)).splits) == splits
