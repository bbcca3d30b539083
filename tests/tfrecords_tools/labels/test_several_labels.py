"""Cells that hold several labels, and names that hold a separator."""

from collections import Counter

import pytest

from tfrecords_tools.labels.several_labels import refuse_several


@pytest.mark.parametrize(
    "labels",
    [
        ("Atelectasis", "Infiltration", "Atelectasis|Infiltration"),
        ("Atelectasis|Effusion", "Mass|Nodule"),
        ("a", "b", "a;b"),
        ("a;b", "b;c", "a;c"),
        ("a", "b", "c", "a, c"),
        ("a", "b", "b/a"),
        ("a", "b", "a & b"),
        ("['a']", "['b']", "['a', 'b']"),
        ("['a', 'b']", "['c']"),
    ],
)
def test_several_labels_in_a_cell_are_one_sentence(labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"^Column 'x' has several labels in one cell: \d .*not for this classifier"):
        refuse_several(Counter(labels), "Column 'x'")


@pytest.mark.parametrize(
    "labels",
    [
        ("BCC, nodular", "BCC, superficial", "SCC, nodular"),
        ("3+4", "4+3", "3", "4"),
        ("benign", "malignant/unclear"),
        ("1,5", "1", "5"),
        ("a;", "b;"),
        ("and/or", "x"),
    ],
)
def test_name_with_a_separator_is_a_name(labels: tuple[str, ...]) -> None:
    refuse_several(Counter(labels), "Column 'x'")
