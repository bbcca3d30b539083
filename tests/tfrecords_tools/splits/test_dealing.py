"""Groups that hold several classes: dealt out where there is a way, refused with the reason where there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tfrecords_tools.splits.every_division import can_be_dealt, can_be_folded
from tfrecords_tools.records import Labels
from tfrecords_tools.splits.assignment import assign
from tfrecords_tools.splits.covering import NoCoveringError
from tfrecords_tools.splits.dealing import deal, tally
from tfrecords_tools.splits.folds import TEST, TRAIN, VALIDATION, deal_fold
from tfrecords_tools.splits.kinds import PARTS, SHARES, split_fold, split_grouped
from tfrecords_tools.splits.refusals import Demand, refusal

TWO = (0.9, 0.1)


@st.composite
def held(draw: st.DrawFn, most_groups: int, most_classes: int) -> np.ndarray:
    """Returns the number of images of each class in each group [(G, C) int]; every group has one, most have several."""
    classes = draw(st.integers(1, most_classes))
    some = st.lists(st.integers(0, 3), min_size=classes, max_size=classes).filter(any)
    return np.array(draw(st.lists(some, min_size=2, max_size=most_groups)))


def images_of(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the group and the class of each image."""
    group, label = np.nonzero(counts)
    times = counts[group, label]
    return np.repeat(np.array([f"g{number}" for number in group]), times), np.repeat(label, times)


def begun_with(counts: np.ndarray, parts: int, in_train: set[int]) -> np.ndarray:
    begun = np.zeros((parts, counts.shape[1]), int)
    begun[0, sorted(in_train & set(range(counts.shape[1])))] = 2
    return begun


@settings(max_examples=150, deadline=None)
@given(held(8, 4), st.sets(st.integers(0, 3), max_size=2), st.integers(0, 3))
def test_division_is_found_exactly_where_there_is_one(counts: np.ndarray, in_train: set[int], seed: int) -> None:
    groups, labels = images_of(counts)
    begun = begun_with(counts, 3, in_train)
    greedy = assign(groups, labels, SHARES, seed, begun)
    try:
        parts = deal(groups, labels, SHARES, seed, begun)
    except NoCoveringError as error:
        assert error.is_proved
        assert not can_be_dealt(counts > 0, 3, begun > 0)
        return
    assert all(len(set(parts[groups == group])) == 1 for group in set(groups))
    assert (begun + tally(parts, labels, begun.shape) > 0).all()
    if (begun + tally(greedy, labels, begun.shape) > 0).all():
        assert (parts == greedy).all()


@settings(max_examples=150, deadline=None)
@given(held(7, 4), st.sets(st.integers(0, 3), max_size=2))
def test_classes_that_are_named_bind_each_other_and_none_of_them_does_without_the_others(
    counts: np.ndarray, in_train: set[int]
) -> None:
    groups, labels = images_of(counts)
    begun = begun_with(counts, 3, in_train)
    try:
        deal(groups, labels, SHARES, 0, begun)
    except NoCoveringError as error:
        named = list(error.classes)
        assert not can_be_dealt(counts[:, named] > 0, 3, begun[:, named] > 0)
        for one in named:
            others = [label for label in named if label != one]
            assert can_be_dealt(counts[:, others] > 0, 3, begun[:, others] > 0)


@settings(max_examples=60, deadline=None)
@given(held(5, 3), st.sets(st.integers(0, 2), max_size=1), st.integers(2, 3))
def test_folds_are_found_exactly_where_there_are_such(counts: np.ndarray, in_train: set[int], folds: int) -> None:
    groups, labels = images_of(counts)
    begun = begun_with(counts, 2, in_train)
    there_are = can_be_folded(counts > 0, folds, begun > 0)
    tested = np.zeros(len(labels), int)
    for number in range(1, folds + 1):
        try:
            parts = deal_fold(groups, labels, (number, folds), 0, begun, shares=TWO)
        except NoCoveringError as error:
            assert error.is_proved and not there_are
            continue
        assert all(len(set(parts[groups == group])) == 1 for group in set(groups))
        filled = tally(parts, labels, (3, counts.shape[1]))
        assert (filled[[VALIDATION, TEST]] > 0).all() and (filled[TRAIN] + begun[0] > 0).all()
        tested += parts == TEST
    assert not there_are or (tested == 1).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**16), st.integers(0, 2))
def test_shares_are_kept_about_as_well_where_a_search_was_needed(number: int, seed: int) -> None:
    random = np.random.default_rng(number)
    # A common class that lies in groups of rarer ones alone, which one-by-one dealing may tear from a part.
    counts = np.zeros((60, 4), int)
    counts[:3] = [[6, 1, 0, 0], [6, 0, 1, 0], [6, 0, 0, 1]]
    counts[np.arange(3, 60), random.integers(1, 4, 57)] = random.integers(1, 4, 57)
    groups, labels = images_of(counts)
    parts = deal(groups, labels, SHARES, seed, np.zeros((3, 4), int))
    filled = tally(parts, labels, (3, 4))
    assert (filled > 0).all()
    assert (np.abs(filled - np.outer(SHARES, counts.sum(axis=0)))[:, 1:] <= 6).all()


def patients(*held: str) -> Labels:
    """Returns the images of patients, each told as in "nevus*5 mel"."""
    rows = [
        (f"p{number}", name)
        for number, images in enumerate(held)
        for word in images.split()
        for name, _, times in [word.partition("*")]
        for _ in range(int(times or 1))
    ]
    names = sorted({name for _, name in rows})
    ids = np.array([f"image_{number:03d}" for number in range(len(rows))])
    labels = np.array([names.index(name) for _, name in rows])
    return Labels(tuple(names), ids, labels, np.array([group for group, _ in rows]), ids, np.full(len(rows), ""))


NEVUS = ["nevus*5 mel", "nevus*5 bcc", "nevus*5 df", "mel", "mel", "bcc", "bcc", "df", "df"]


def test_frequent_class_in_groups_of_rarer_ones_is_in_every_part() -> None:
    labels = patients(*NEVUS)
    for seed in range(5):
        parts = split_grouped(labels, seed, "train")
        assert all(set(parts[labels.labels == label]) == set(PARTS) for label in range(4))
        tested = sum((split_fold(labels, seed, "train", (number, 3)) == "test").astype(int) for number in (1, 2, 3))
        assert (tested == 1).all()


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (
            ["a b", "a b", "a c", "b c", "c", "d", "d", "d"],
            r"^Classes 'a', 'b', 'c' bind each other: protocol 'grouped' deals out whole groups, and no way of doing "
            r"so gives each of train, validation, test an image of every one of them\. Of 5 groups that hold them "
            r"\('a' in 3, 'b' in 3, 'c' in 3\) these hold several: 4 \(p0 \('a', 'b'\), p1 \('a', 'b'\), p2 "
            r"\('a', 'c'\), p3 \('b', 'c'\)\)\. Add groups",
        ),
        (["a*7 b", "a*8 b", "b"], r"^Class 'a' has 15 images in 2 groups, too few .* takes 3\. Add"),
    ],
)
def test_classes_that_bind_each_other_are_named_with_their_groups(held: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split_grouped(patients(*held), 0, "train")


@pytest.mark.parametrize(
    ("fold", "held", "message"),
    [
        (
            (1, 2),
            ["a", "a", "a", "b", "b", "b", "b"],
            r"Class 'a' has 3 images in 3 groups, too few for protocol 'fold_1_of_2': a group of its own for each of "
            r"train, validation, test of either fold takes 4\.",
        ),
        (
            (4, 4),
            ["a", "a", "a", "b", "b", "b", "b"],
            r"too few for protocol 'fold_4_of_4': a group of its own for each of the test parts of 4 folds takes 4\.",
        ),
    ],
)
def test_folds_say_what_all_of_them_take(fold: tuple[int, int], held: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        for number in range(1, fold[1] + 1):
            split_fold(patients(*held), 0, "train", (number, fold[1]))


def test_search_that_comes_to_its_bound_claims_nothing() -> None:
    error = NoCoveringError(range(2), is_proved=False)
    labels = patients("a b", "a", "b")
    text = str(
        refusal(error, Demand("grouped", ["all", "all"], np.array([3, 3])), labels, labels.groups, labels.labels >= 0)
    )
    assert "leaves 3 groups whole" in text and "ended before it could tell whether there is one" in text


def test_same_data_has_the_same_division_in_whatever_order_it_comes() -> None:
    labels = patients(*NEVUS)
    order = np.random.default_rng(0).permutation(len(labels.ids))
    columns = (labels.ids, labels.labels, labels.groups, labels.pixel_hashes, labels.official_parts)
    shuffled = Labels(labels.class_names, *(column[order] for column in columns))
    assert (split_grouped(shuffled, 3, "train") == split_grouped(labels, 3, "train")[order]).all()
