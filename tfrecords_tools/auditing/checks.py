"""The checks of an audit, each from facts to findings, and their table."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tfrecords_tools.auditing.copies import find_copies, find_group_conflicts, find_near_duplicates
from tfrecords_tools.auditing.depth import find_lost_depth
from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import SEVERITIES, Finding
from tfrecords_tools.auditing.masks import find_second_files, find_two_coloured
from tfrecords_tools.auditing.pictures import find_black_borders, find_odd_sizes, find_unreadable
from tfrecords_tools.auditing.shortcuts import find_shortcuts
from tfrecords_tools.splits.leaks import DEVELOPMENT, Leaks, find_leaks, is_leaking, leak_report

EXAMPLES = 3
IMBALANCED = 10
# The labelled images as their owners published them, those of an official validation or test part left out.
PUBLISHED_COUNTS = {
    "aptos": {"no_dr": 1805, "mild": 370, "moderate": 999, "severe": 193, "proliferative": 295},
    "isic2018": {"MEL": 1113, "NV": 6705, "BCC": 514, "AKIEC": 327, "BKL": 1099, "DF": 115, "VASC": 142},
}


def run_checks(facts: Facts) -> list[Finding]:
    """Returns what all checks find, the severest first, each with the name of its check."""
    found = [replace(finding, check=name) for name, check in CHECKS.items() for finding in check(facts)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def find_counts(facts: Facts) -> list[Finding]:
    """Returns the class counts, and how they differ from the published ones."""
    counts = facts.count_by_class(np.ones(len(facts.ids), bool))
    ratio = max(counts.values()) / max(1, min(counts.values()))
    largest = max(counts, key=lambda name: counts[name])
    advice = (
        f"A model that always says {largest!r} is right for {100 * counts[largest] / len(facts.ids):.0f} % of the "
        "images: judge by macro F1, and class by class."
    )
    found = [
        Finding(
            "note",
            f"{len(facts.ids)} images in {len(counts)} classes: {_listed(counts)}. "
            f"Largest to smallest class {ratio:.1f} : 1.",
            advice if ratio >= IMBALANCED else "",
            details={"class_counts": counts, "imbalance_ratio": ratio},
        )
    ]
    published = PUBLISHED_COUNTS.get(facts.name, {})
    own = facts.count_by_class(np.isin(facts.official_parts, ("", "train")))
    lacking = {name: published[name] - own.get(name, 0) for name in published}
    lacking = {name: difference for name, difference in lacking.items() if difference}
    if lacking:
        listed = ", ".join(f"{name} {own.get(name, 0)} instead of {published[name]}" for name in lacking)
        advice = "Is the download or the label table incomplete, or were images left out on purpose?"
        details = {"published": published, "found": own}
        found.append(Finding("warning", f"Counts are not those published: {listed}.", advice, details=details))
    return found


def find_crossing_groups(facts: Facts) -> list[Finding]:
    """Returns, for each split, the test images whose group or copy is in train or validation, by class."""
    if not facts.splits:
        advice = "Give a split with --protocol FILE, a CSV with the columns id and part."
        return [Finding("note", "Leaks were not looked for: there is no split.", advice)]
    return [_crossing(facts, name, parts) for name, parts in facts.splits.items()]


def _crossing(facts: Facts, name: str, parts: np.ndarray) -> Finding:
    leaks = find_leaks(parts, facts.joined, facts.labels, facts.class_names)
    leaking = is_leaking(parts, facts.joined)
    # Likely leaks are told of images that do not leak for sure.
    alike, reduced = (_crossing_pairs(pairs, parts, ~leaking) for pairs in (facts.alike_pairs, facts.reduced_pairs))
    count = len(np.unique(alike[:, 0]))
    title = f"{name}: {_leaks_in_words(leaks, count, len(np.unique(reduced[:, 0])))}"
    details = {
        "split": name,
        **leaks.as_dict(),
        "ids": facts.ids[leaking].tolist(),
        "near_duplicates": facts.ids[np.unique(alike[:, 0])].tolist(),
        "near_duplicate_pairs": facts.ids[alike].tolist(),
        "reduced_copies": facts.ids[np.unique(reduced[:, 0])].tolist(),
    }
    if not count and not leaking.any():
        return Finding("note", title, details=details)
    advice = (
        "Scores on this test part flatter, most of all in the classes named first. Split by group, so that all images "
        "of a lesion or patient, and all copies of an image, are in one part, and remove copies that were reduced."
    )
    examples = []
    for position in np.flatnonzero(leaking)[:EXAMPLES].tolist():
        relatives = (facts.joined == facts.joined[position]) & np.isin(parts, DEVELOPMENT)
        examples.append(f"{facts.ids[position]} (test) and {facts.ids[relatives][0]} ({parts[relatives][0]})")
    examples += [
        f"{facts.ids[tested]} (test) looks like {facts.ids[other]} ({parts[other]})"
        for tested, other in alike[:EXAMPLES]
    ]
    return Finding("error" if leaking.any() else "warning", title, advice, tuple(examples), details)


def _leaks_in_words(leaks: Leaks, alike: int, reduced: int) -> str:
    """Returns the sure leaks and the likely ones: test images that look like others, some as their reduced copies."""
    copies = f", {reduced} of them as reduced copies" if reduced else ""
    if alike and not leaks.share:
        return (
            f"{alike} of {sum(leaks.tested.values())} test images look like images of train or validation{copies}: "
            "likely leaks. None shares its group with one of those."
        )
    return leak_report(leaks) + (f" {alike} others look like one of those{copies}: likely leaks." if alike else "")


def _crossing_pairs(pairs: np.ndarray, parts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Returns the pairs of a chosen test image and one of train or validation, in that order, sorted [(M, 2) int64]."""
    first, second = both = np.concatenate([pairs, pairs[:, ::-1]]).T
    crossing = chosen[first] & (parts[first] == "test") & np.isin(parts[second], DEVELOPMENT)
    return np.unique(both.T[crossing], axis=0)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))


# A new check: a function from facts to findings, and one line here.
CHECKS: dict[str, Callable[[Facts], list[Finding]]] = {
    "depth": find_lost_depth,
    "copies": find_copies,
    "group_conflicts": find_group_conflicts,
    "leaks": find_crossing_groups,
    "near_duplicates": find_near_duplicates,
    "second_files": find_second_files,
    "two_colours": find_two_coloured,
    "unreadable": find_unreadable,
    "shortcuts": find_shortcuts,
    "sizes": find_odd_sizes,
    "black_borders": find_black_borders,
    "counts": find_counts,
}
