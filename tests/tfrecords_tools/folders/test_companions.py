"""Habits of naming second files: those that people have, and names that only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfrecords_tools.folders.companions import find_companions

TWELVE = range(1, 13)


def named(*patterns: str, count: int = 12) -> list[str]:
    return [pattern.format(n=n) for pattern in patterns for n in range(1, count + 1)]


def found(ids: list[str], labels: list[int] | None = None) -> list[tuple[str, int, int]]:
    """Returns the habits, each with its number of images and of second files."""
    return [(one.habit, one.images, len(one.seconds)) for one in find_companions(ids, labels or [0] * len(ids))]


@pytest.mark.parametrize(
    ("image", "second", "habit"),
    [
        ("benign ({n})", "benign ({n})_mask", "the suffix '_mask'"),
        ("benign ({n}).png", "benign ({n})_mask.png", "the suffix '_mask'"),
        ("a/IMD00{n}", "a/IMD00{n}_lesion", "the suffix '_lesion'"),
        ("x{n}", "x{n}_GT", "the suffix '_gt'"),
        ("x{n}", "X{n}-label", "the suffix '-label'"),
        ("x{n}", "x{n}.mask", "the suffix '.mask'"),
        ("x{n}", "x{n} (segmentation)", "the suffix ' (segmentation)'"),
        ("x{n}", "x{n}mask", "the suffix 'mask'"),
        ("x{n}a", "x{n}aMask", "the suffix 'mask'"),
        ("x{n}", "x{n}_mask_1", "the suffix '_mask'"),
        ("x{n}", "x{n}_flip", "the suffix '_flip'"),
        ("TCGA_CS_4941_19960909_{n}", "TCGA_CS_4941_19960909_{n}_mask", "the suffix '_mask'"),
        ("{n}", "mask_{n}", "the prefix 'mask_'"),
        ("a/{n}.png", "a/seg-{n}.png", "the prefix 'seg-'"),
        ("a/images/{n}", "a/masks/{n}", "the folder 'masks'"),
        ("a/{n}", "a/GT/{n}", "the folder 'GT'"),
        ("a/images/x{n}", "a/masks/x{n}_mask", "the suffix '_mask'"),
        ("a\\x{n}.png", "a\\x{n}_mask.png", "the suffix '_mask'"),
    ],
)
def test_second_file_is_found(image: str, second: str, habit: str) -> None:
    assert found(named(image, second)) == [(habit, 12, 12)]
    assert found(named(second, image)) == [(habit, 12, 12)]


@pytest.mark.parametrize(
    "ids",
    [
        named("img_{n}", "img_{n}_2"),
        named("p{n}", "p{n} (2)"),
        named("{n}_left", "{n}_right"),
        named("a/{n}", "a/1{n}"),
        named("p1/{n}", "p2/{n}"),
        named("p1/{n}", "p2/{n}", "p3/{n}_left"),
        named("images/{n}"),
        [*named("img_{n}", count=39), "img_1_b", "img_2_b", "img_3_b"],
        [*named("img_{n}", count=5), "img_1_b", "img_2_b"],
        ["a", "a_b", "b", "b_c", "c", "c_d", "d"],
        [],
    ],
)
def test_names_of_other_images_are_no_second_files(ids: list[str]) -> None:
    assert found(ids) == []


def test_images_of_another_class_have_no_second_file_in_it() -> None:
    assert found(named("a/{n}", "b/b_{n}"), [0] * 12 + [1] * 12) == []


def test_several_second_files_of_an_image_are_of_one_habit_or_told_one_by_one() -> None:
    assert found([*named("x{n}", "x{n}_mask"), "x3_mask_1", "x3_mask_2", "x5_mask_1"]) == [
        ("the suffix '_mask'", 12, 15)
    ]
    habits = found(named("x{n}", "x{n}_superpixels", "x{n}_segmentation", "x{n}_segmentation_edge"))
    assert sorted(habits) == [
        ("the suffix '_segmentation'", 12, 12),
        ("the suffix '_segmentation_edge'", 12, 12),
        ("the suffix '_superpixels'", 12, 12),
    ]


@given(st.permutations(named("x{n}", "x{n}_mask")), st.integers(3, 12))
def test_order_is_all_one_and_a_tenth_of_the_images_is_a_habit(ids: list[str], masks: int) -> None:
    left = [name for name in ids if not name.endswith("_mask") or int(name[1:-5]) <= masks]
    assert found(left) == [("the suffix '_mask'", masks, masks)]
    (companions,) = find_companions(left, [0] * len(left))
    assert {f"{left[image]}_mask" == left[second] for image, second in companions.pairs} == {True}


def test_twenty_second_files_are_a_habit_among_any_number() -> None:
    images = named("x{n}", count=2000)
    assert found([*images, *named("x{n}_mask", count=20)]) == [("the suffix '_mask'", 20, 20)]
    assert found([*images, *named("x{n}_mask", count=19)]) == []


def test_sentence_counts_and_gives_an_example() -> None:
    ids = named("x{n}", "x{n}_mask")
    assert find_companions(ids, [0] * 24)[0].told(ids) == (
        "Of 12 among 24 images there is a second file, of the same name but for the suffix '_mask', such as x1_mask "
        "beside x1."
    )
