"""Groups that share an image are one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tfrecords_tools.splits.groups import conflicting, joined_groups

letters = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(letters, letters), min_size=1, max_size=12))
def test_joined_groups_are_the_connected_ones(pairs: list[tuple[str, str]]) -> None:
    groups, hashes = (np.array(column) for column in zip(*pairs, strict=True))
    # Slow and plain: whoever can be reached over equal groups and equal pixels.
    reached = [{place} for place in range(len(pairs))]
    for _ in pairs:
        for place, others in enumerate(reached):
            near = [
                n for n in range(len(pairs)) if any(groups[n] == groups[o] or hashes[n] == hashes[o] for o in others)
            ]
            reached[place] = others | set(near)
    joined = joined_groups(groups, hashes)
    assert joined.tolist() == [min(groups[list(others)]) for others in reached]


def test_images_without_copies_keep_their_groups() -> None:
    groups = np.array(["b", "a", "b"])
    assert (joined_groups(groups, np.array(["1", "2", "3"])) == groups).all()


@given(st.lists(st.tuples(st.integers(0, 2), letters), max_size=20))
def test_conflicting_images_have_a_copy_of_another_class(pairs: list[tuple[int, str]]) -> None:
    labels = np.array([label for label, _ in pairs], dtype=int)
    hashes = np.array([pixels for _, pixels in pairs], dtype=str)
    expected = [any(p == q and a != b for b, q in pairs) for a, p in pairs]
    assert conflicting(labels, hashes).tolist() == expected
