"""Each check, on facts in which something is wrong, and on facts in which nothing is."""

import json

import numpy as np
import pytest

from tests.tfrecords_tools.auditing.made_facts import ids_of, made_facts
from tfrecords_tools.auditing.checks import CHECKS, PUBLISHED_COUNTS, find_counts, find_crossing_groups, run_checks
from tfrecords_tools.auditing.copies import find_copies, find_group_conflicts, find_near_duplicates
from tfrecords_tools.auditing.pictures import find_black_borders, find_odd_sizes, find_unreadable


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_check_has_notes_alone_where_nothing_is_wrong(check) -> None:  # type: ignore[no-untyped-def]
    findings = check(made_facts([0, 0, 0, 1, 1, 1]))
    assert {finding.severity for finding in findings} == {"note"}
    json.dumps([dict(finding.details) for finding in findings])


def test_findings_come_severest_first_with_the_names_of_their_checks() -> None:
    findings = run_checks(made_facts([0, 1, 0, 1], pixel_hashes=["1", "1", "2", "2"], contrasts=[30, 30, 30, 0]))
    severities = [finding.severity for finding in findings]
    assert severities[:2] == ["error", "warning"] and set(severities[2:]) == {"note"}
    assert [finding.check for finding in findings[:2]] == ["copies", "unreadable"]
    assert {finding.check for finding in findings} == set(CHECKS)


def test_copies_are_told_apart_by_labels_and_groups() -> None:
    facts = made_facts(
        [0, 1, 0, 0, 1, 1, 0],
        pixel_hashes=["1", "1", "2", "2", "3", "3", "4"],
        groups=["a", "b", "c", "d", "lesion", "lesion", "e"],
    )
    conflicts, across, inside = find_copies(facts)
    assert (conflicts.severity, ids_of(conflicts), conflicts.groups) == ("error", [["a", "b"]], ((0, 1),))
    assert "1 of 3 sets" in conflicts.title and conflicts.examples == ("a (common) = b (rare)",)
    assert (across.severity, ids_of(across)) == ("warning", [["c", "d"]])
    assert (inside.severity, ids_of(inside)) == ("note", [["e", "f"]])
    assert inside.details["groups"][0][0] == {"id": "e", "label": "rare", "group": "lesion"}


def test_near_duplicates_are_told_across_groups_and_counted_inside() -> None:
    facts = made_facts(
        [0, 0, 1, 0, 0, 1, 0, 0],
        groups=["a", "b", "c", "lesion", "lesion", "f", "g", "h"],
        pixel_hashes=["1", "2", "3", "4", "5", "same", "same", "8"],
        near_pairs=[[0, 1], [1, 2], [3, 4], [5, 6], [5, 7], [6, 7]],
    )
    (found,) = find_near_duplicates(facts)
    assert (found.severity, ids_of(found)) == ("warning", [["a", "b", "c"], ["f", "g", "h"]])
    assert "6 images in 2 sets" in found.title and "labels differ in 2" in found.title
    assert found.details["pairs_inside_groups"] == 1 and "Inside groups 1 pairs" in found.title


def test_near_duplicate_of_a_copy_is_of_its_group() -> None:
    facts = made_facts([0, 0, 0], groups=["x", "y", "y"], pixel_hashes=["1", "1", "3"], near_pairs=[[0, 2], [1, 2]])
    (found,) = find_near_duplicates(facts)
    assert (found.severity, found.details["pairs_inside_groups"]) == ("note", 2)


def test_equal_images_are_no_near_duplicates() -> None:
    (found,) = find_near_duplicates(made_facts([0, 0], pixel_hashes=["1", "1"], near_pairs=[[0, 1]]))
    assert found.severity == "note" and found.details == {"pairs_inside_groups": 0}


def test_near_duplicates_of_tiny_images_are_not_looked_for() -> None:
    (found,) = find_near_duplicates(made_facts([0, 1], near_pairs=None))
    assert "not looked for" in found.title


def test_group_with_two_labels_is_an_error() -> None:
    conflict, note = find_group_conflicts(made_facts([0, 1, 0, 0], groups=["x", "x", "y", "y"]))
    assert (conflict.severity, ids_of(conflict)) == ("error", [["a", "b"]])
    assert note.details == {"groups": 2, "groups_of_several": 2}


def test_leaks_are_of_joined_groups_and_told_by_class() -> None:
    # d is a copy of c, so the lesions of both are one: f, of c's lesion, leaks over it.
    facts = made_facts(
        [0, 0, 0, 0, 1, 1],
        groups=["x", "x", "y", "z", "e", "y"],
        pixel_hashes=["1", "2", "same", "same", "5", "6"],
        splits={"drawn": np.array(["train", "test", "", "train", "test", "test"])},
    )
    (found,) = find_crossing_groups(facts)
    assert (found.severity, found.details["ids"]) == ("error", ["b", "f"])
    assert found.title.startswith("drawn: 2 of 3 test images") and "rare 1 of 2 (50 %)" in found.title
    assert found.examples == ("b (test) and a (train)", "f (test) and d (train)")


def test_near_duplicate_across_parts_is_a_warning() -> None:
    splits = {"drawn": np.array(["train", "test", "validation"])}
    (found,) = find_crossing_groups(made_facts([0, 0, 1], near_pairs=[[0, 1]], splits=splits))
    assert (found.severity, found.details["near_duplicates"]) == ("warning", ["b"])
    groups = ["x", "x", "y"]  # then b leaks, which is told already
    (found,) = find_crossing_groups(made_facts([0, 0, 1], groups=groups, near_pairs=[[0, 1]], splits=splits))
    assert (found.severity, found.details["ids"], found.details["near_duplicates"]) == ("error", ["b"], [])
    (found,) = find_crossing_groups(made_facts([0, 0, 1], near_pairs=[[0, 2]], splits=splits))
    assert found.severity == "note"


def test_unreadable_files_and_empty_pictures_are_named() -> None:
    broken, flat = find_unreadable(made_facts([0, 1], unreadable={"z": "z.png: truncated"}, contrasts=[0.5, 30]))
    assert (broken.severity, broken.examples) == ("warning", ("z.png: truncated",))
    assert (flat.severity, flat.details["ids"]) == ("warning", ["a"])


def test_odd_size_is_found_among_equal_ones_and_among_many() -> None:
    equal = [[100, 100]] * 9
    _, odd = find_odd_sizes(made_facts([0] * 10, sizes=[*equal, [20, 20]]))
    assert odd.details["images"] == {"j": "20x20"}
    various = [[400 + 40 * number, 500 + 50 * number] for number in range(9)]
    _, odd = find_odd_sizes(made_facts([0] * 10, sizes=[*various, [500, 2000]]))
    assert odd.details["images"] == {"j": "2000x500"}
    (several,) = find_odd_sizes(made_facts([0] * 9, sizes=various))
    assert several.details["sizes_by_class"]["common"]["500x400"] == 1


def test_black_borders_are_told_by_class() -> None:
    (found,) = find_black_borders(made_facts([0, 0, 1, 1], black_borders=[0.6, 0.4, 1.0, 0.5]))
    assert found.details["share_by_class"] == {"common": 0.5, "rare": 1.0}
    assert "common 50 %, rare 100 %" in found.title


@pytest.mark.parametrize("dataset", PUBLISHED_COUNTS)
def test_published_counts_are_no_finding_and_an_image_less_is(dataset: str) -> None:
    counts = PUBLISHED_COUNTS[dataset]
    labels = np.repeat(np.arange(len(counts)), list(counts.values())).tolist()
    (note,) = find_counts(made_facts(labels, name=dataset, class_names=tuple(counts)))
    assert note.details["class_counts"] == counts
    _, warning = find_counts(made_facts(labels[1:], name=dataset, class_names=tuple(counts)))
    first = next(iter(counts))
    assert f"{first} {counts[first] - 1} instead of {counts[first]}" in warning.title


def test_images_of_official_validation_and_test_are_beside_the_published_counts() -> None:
    counts = PUBLISHED_COUNTS["aptos"]
    labels = np.repeat(np.arange(len(counts)), list(counts.values())).tolist()
    parts = [*["train"] * len(labels), "test"]
    found = find_counts(made_facts([*labels, 0], name="aptos", class_names=tuple(counts), official_parts=parts))
    assert len(found) == 1
