"""Splits by image, by group and in folds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.tfrecords_tools.made_labels import APTOS, ISIC, counts_of, labels_of
from tfrecords_tools.records import Labels
from tfrecords_tools.splits.conflicts import CONFLICTS
from tfrecords_tools.splits.groups import conflicting, joined_groups
from tfrecords_tools.splits.kinds import PARTS, SHARES, split_fold, split_grouped, split_paper


@pytest.mark.parametrize(
    ("counts", "developed"),
    [(ISIC, [779, 4694, 360, 229, 769, 81, 99]), (APTOS, [1264, 259, 699, 135, 207])],
)
def test_paper_split_develops_on_the_papers_counts(counts: dict[str, int], developed: list[int]) -> None:
    labels = labels_of(counts)
    parts = split_paper(labels, seed=0)
    assert counts_of(labels, parts, "train", "validation") == developed
    assert counts_of(labels, parts, "test") == [count - n for count, n in zip(counts.values(), developed, strict=True)]
    validation = counts_of(labels, parts, "validation")
    assert all(abs(part - n / 10) <= 0.5 for part, n in zip(validation, developed, strict=True))


def test_split_does_not_depend_on_the_order_of_the_records() -> None:
    labels = labels_of({"a": 40, "b": 20})
    order = np.random.default_rng(1).permutation(60)
    columns = (labels.ids, labels.labels, labels.groups, labels.pixel_hashes, labels.official_parts)
    shuffled = Labels(labels.class_names, *(column[order] for column in columns))
    assert (split_paper(shuffled, seed=3) == split_paper(labels, seed=3)[order]).all()


def test_split_depends_on_the_seed_alone() -> None:
    labels = labels_of({"a": 40, "b": 20})
    assert (split_paper(labels, seed=0) == split_paper(labels, seed=0)).all()
    assert (split_paper(labels, seed=0) != split_paper(labels, seed=1)).any()


def test_three_images_are_one_for_each_part_and_two_are_refused() -> None:
    assert sorted(split_paper(labels_of({"rare": 3}), seed=0)) == sorted(PARTS)
    with pytest.raises(ValueError, match=r"Class 'rare' has 2 images, too few for protocol 'paper'"):
        split_paper(labels_of({"common": 9, "rare": 2}), seed=0)


@st.composite
def grouped_labels(draw: st.DrawFn) -> Labels:
    """Returns labels with groups of 1 to 6 images of one class, some groups with images of two, and some copies."""
    classes = draw(st.integers(2, 4))
    sizes = [draw(st.lists(st.integers(1, 6), min_size=25, max_size=60)) for _ in range(classes)]
    numbers = np.concatenate([np.repeat(label, sum(of_class)) for label, of_class in enumerate(sizes)])
    names = [[f"g{label}_{place}" for place in range(len(of_class))] for label, of_class in enumerate(sizes)]
    groups = np.concatenate([np.repeat(of_class, times) for of_class, times in zip(names, sizes, strict=True)])
    ids = np.array([f"image_{position:04d}" for position in range(len(numbers))])
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    patients = random.permutation(len(ids))[: draw(st.integers(0, 4))]
    groups[patients] = groups[random.permutation(len(ids))[: len(patients)]]
    hashes = ids.copy()
    copies = random.permutation(len(ids))[: draw(st.integers(0, 6))]
    hashes[copies] = hashes[random.permutation(len(ids))[: len(copies)]]
    order = random.permutation(len(ids))
    return Labels(
        tuple("abcd"[:classes]), ids[order], numbers[order], groups[order], hashes[order], np.full(len(ids), "")
    )


@settings(max_examples=60)
@given(grouped_labels(), st.integers(0, 5), st.sampled_from(sorted(CONFLICTS)))
def test_grouped_split_tears_no_group_and_gives_every_part_its_share(labels: Labels, seed: int, conflicts: str) -> None:
    parts, groups = split_grouped(labels, seed, conflicts), joined_groups(labels.groups, labels.pixel_hashes)
    left = parts != ""
    assert all(len(set(parts[left & (groups == group)])) == 1 for group in set(groups[left]))
    largest = np.unique(groups, return_counts=True)[1].max()
    for label in range(len(labels.class_names)):
        of_class = left & (labels.labels == label)
        for part, share in zip(PARTS, SHARES, strict=True):
            count = (of_class & (parts == part)).sum()
            assert count >= 1
            # A joined group can hold many images of a class; without such, the counts are off by less than 2.
            assert abs(count - share * of_class.sum()) <= max(2, largest)


@pytest.mark.parametrize("counts", [ISIC, APTOS])
def test_without_groups_every_part_has_its_share_to_the_image(counts: dict[str, int]) -> None:
    labels = labels_of(counts)
    parts = split_grouped(labels, 0, "train")
    for part, share in zip(PARTS, SHARES, strict=True):
        found = counts_of(labels, parts, part)
        assert all(abs(n - share * total) <= 1 for n, total in zip(found, counts.values(), strict=True)), found


def test_grouped_split_hangs_on_neither_order_nor_anything_but_the_seed() -> None:
    labels = labels_of({"a": 40, "b": 20})
    labels = replace(labels, groups=np.array([f"g{place // 2}" for place in range(60)]))
    order = np.random.default_rng(1).permutation(60)
    columns = (labels.ids, labels.labels, labels.groups, labels.pixel_hashes, labels.official_parts)
    shuffled = Labels(labels.class_names, *(column[order] for column in columns))
    first = split_grouped(labels, 3, "train")
    assert (split_grouped(shuffled, 3, "train") == first[order]).all()
    assert (split_grouped(labels, 4, "train") != first).any()


def test_large_groups_are_in_every_part() -> None:
    labels = labels_of({"a": 400, "b": 400})
    sizes = np.resize([8, 1, 1, 1, 1, 1, 1, 1, 1, 4], 400)
    groups = np.repeat([f"g{place}" for place in range(400)], sizes)[:800]
    parts = split_grouped(replace(labels, groups=groups), 0, "train")
    sizes_of = dict(zip(*np.unique(groups, return_counts=True), strict=True))
    means = [np.mean([sizes_of[group] for group in groups[parts == part]]) for part in PARTS]
    assert max(means) < 1.4 * min(means)


def copies(labels: list[int]) -> Labels:
    """Returns 40 images of each of two classes; the first ones are copies of one image, with the given labels."""
    made = labels_of({"a": 40, "b": 40})
    numbers, hashes = made.labels.copy(), made.pixel_hashes.copy()
    numbers[: len(labels)], hashes[: len(labels)] = labels, "same"
    return replace(made, labels=numbers, pixel_hashes=hashes)


@pytest.mark.parametrize(
    ("conflicts", "given", "kept"),
    [
        ("train", [0, 1], [True, True]),
        ("leave_out", [0, 1], [False, False]),
        ("leave_out", [0, 0], [True, True]),
        ("majority", [0, 1], [False, False]),
        ("majority", [0, 1, 1], [False, True, True]),
        ("majority", [0, 0], [True, True]),
    ],
)
def test_copies_with_different_labels_are_settled_as_asked(conflicts: str, given: list[int], kept: list[bool]) -> None:
    labels = copies(given)
    for seed in range(6):
        parts = split_grouped(labels, seed, conflicts)
        assert (parts[: len(given)] != "").tolist() == kept
        assert (parts[len(given) :] != "").all()
        disputed = (parts != "") & conflicting(labels.labels, labels.pixel_hashes)
        assert conflicts != "train" or set(parts[disputed]) == {"train"}


def test_relatives_of_disputed_copies_stay_with_them_in_train() -> None:
    labels = copies([0, 1])
    groups = labels.groups.copy()
    groups[[0, 5, 6]] = "lesion"
    for seed in range(6):
        assert set(split_grouped(replace(labels, groups=groups), seed, "train")[[0, 1, 5, 6]]) == {"train"}


def test_class_that_copies_keep_in_train_is_told_apart_from_one_with_too_few_groups() -> None:
    labels = copies([0, 1])
    labels = replace(labels, groups=np.array(["x"] * 39 + ["y"] + [f"b{place}" for place in range(40)]))
    message = (
        r"Class 'a' has 39 images in 2 groups, too few for protocol 'grouped': a group of its own for each of "
        r"validation, test takes 2\. Of these groups 1 can be dealt out; the others are kept in train or "
    )
    with pytest.raises(ValueError, match=message):
        split_grouped(labels, 0, "train")


def test_class_with_fewer_groups_than_parts_is_refused() -> None:
    labels = labels_of({"common": 30, "rare": 5})
    groups = labels.groups.copy()
    groups[30:] = ["one", "one", "one", "one", "two"]
    with pytest.raises(ValueError, match=r"Class 'rare' has 5 images in 2 groups, too few for protocol 'grouped'"):
        split_grouped(replace(labels, groups=groups), 0, "train")
    groups[30] = "three"
    assert set(split_grouped(replace(labels, groups=groups), 0, "train")[30:]) == set(PARTS)


@settings(max_examples=30)
@given(grouped_labels(), st.integers(2, 6))
def test_test_parts_of_all_folds_are_the_data_set_and_no_fold_tears_a_group(labels: Labels, folds: int) -> None:
    groups = joined_groups(labels.groups, labels.pixel_hashes)
    disputed = np.isin(groups, groups[conflicting(labels.labels, labels.pixel_hashes)])
    tested = np.zeros(len(groups), int)
    for number in range(1, folds + 1):
        parts = split_fold(labels, 0, "train", (number, folds))
        assert all(len(set(parts[groups == group])) == 1 for group in set(groups))
        assert (parts != "").all()
        tested += parts == "test"
    assume(not disputed.all())
    assert (tested[~disputed] == 1).all()
    assert (tested[disputed] == 0).all()
