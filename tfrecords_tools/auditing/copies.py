"""Checks of images that belong together: equal ones, those that look alike, those of one group."""

import numpy as np

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding
from tfrecords_tools.auditing.near_duplicates import SMALLEST_SIDE, THRESHOLD, chains
from tfrecords_tools.splits.groups import conflicting

EXAMPLES = 3
Groups = list[tuple[int, ...]]


def find_copies(facts: Facts) -> list[Finding]:
    """Returns the sets of images whose pixels are equal: with different labels, of several groups, of one group."""
    groups = _members(facts.pixel_hashes)
    # Of equal images all have a copy with another label, or none has: the first tells of its set.
    differ = set(np.flatnonzero(conflicting(facts.labels, facts.pixel_hashes)).tolist())
    conflicts = [group for group in groups if group[0] in differ]
    agreeing = [group for group in groups if group[0] not in differ]
    across = [group for group in agreeing if len(set(facts.groups[list(group)])) > 1]
    inside = [group for group in agreeing if len(set(facts.groups[list(group)])) == 1]
    total = f"of {len(groups)} sets of equal images"
    kinds = [
        (
            conflicts,
            "error",
            f"{len(conflicts)} {total} have different labels ({_images(conflicts)}).",
            "At least one label of each is wrong, and no method can get both right: ask whoever labelled them, or "
            "leave all of them out of the label table.",
        ),
        (
            across,
            "warning",
            f"{len(across)} {total} have one label but several groups ({_images(across)}).",
            "Keep one image of each, or give all one group, so that no split puts copies on both sides.",
        ),
        (
            inside,
            "note",
            f"{len(inside)} {total} have one label and one group ({_images(inside)}).",
            "They count twice; a split by group keeps them together.",
        ),
    ]
    found = [_finding(facts, chosen, severity, title, advice) for chosen, severity, title, advice in kinds if chosen]
    return found or [Finding("note", "No two images have equal pixels.")]


def find_near_duplicates(facts: Facts) -> list[Finding]:
    """Returns the sets of images that look alike though their pixels differ; inside a group a number must do."""
    if facts.near_pairs is None and not len(facts.reduced_pairs):
        return [
            Finding(
                "note",
                f"Near duplicates were not looked for: the images' shorter sides are below {SMALLEST_SIDE} pixels.",
                f"Audit the original images, or records of at least {SMALLEST_SIDE} pixels.",
            )
        ]
    pairs = facts.alike_pairs[
        (facts.pixel_hashes[facts.alike_pairs[:, 0]] != facts.pixel_hashes[facts.alike_pairs[:, 1]])
    ]
    is_related = facts.joined[pairs[:, 0]] == facts.joined[pairs[:, 1]]
    rule = f"(at most {THRESHOLD} of 256 bits of their perceptual hashes differ, or one is a reduced copy)"
    reduced = facts.reduced_pairs[facts.joined[facts.reduced_pairs[:, 0]] != facts.joined[facts.reduced_pairs[:, 1]]]
    inside = {"pairs_inside_groups": int(is_related.sum())}
    related = f" Inside groups {is_related.sum()} pairs do, as is to be expected." if is_related.any() else ""
    if is_related.all():
        title = f"No images of different groups look alike {rule}.{related}"
        return [Finding("note", title, details=inside)]
    # Sets with different labels first: examples and pictures are of the first few.
    groups = sorted(chains(pairs[~is_related]), key=lambda group: (not _differ(facts, group), group))
    conflicts = sum(_differ(facts, group) for group in groups)
    sets = "1 set" if len(groups) == 1 else f"{len(groups)} sets"
    title = f"Images of different groups look alike ({_images(groups)} in {sets}; {rule[1:]}"
    title += f"; labels differ in {conflicts}" if conflicts else ""
    title += f"; {len(np.unique(reduced[:, 0]))} images are reduced copies of others." if len(reduced) else "."
    advice = (
        "Look at them on the page, give those that show one lesion or eye one group, and remove reduced copies. Of 57 "
        "million pairs of different APTOS and HAM10000 images, one false pair came this close by its hash; of reduced "
        "copies a few in a thousand may be false. Copies that were mirrored, turned or cropped by more than 1 % are "
        "not found."
    )
    copies = facts.ids[reduced].tolist()
    return [_finding(facts, groups, "warning", f"{title}{related}", advice, **inside, reduced_copies=copies)]


def find_group_conflicts(facts: Facts) -> list[Finding]:
    """Returns the groups (lesions, patients) whose images have different labels."""
    sizes = [len(group) for group in _members(facts.groups)]
    count = len(np.unique(facts.groups))
    known = f"{count} groups, {len(sizes)} of them with several images (up to {max(sizes, default=1)})"
    if not sizes:
        known = "Every image is its own group: nothing tells which ones belong together"
    note = Finding("note", f"{known}.", details={"groups": count, "groups_of_several": len(sizes)})
    groups = [group for group in _members(facts.groups) if _differ(facts, group)]
    if not groups:
        return [note]
    title = f"{len(groups)} groups have images with different labels ({sum(map(len, groups))} images)."
    advice = (
        "Where a group is a lesion, one of its labels is wrong: correct it or leave the lesion out. Where it is a "
        "patient, this may be right."
    )
    return [_finding(facts, groups, "error", title, advice), note]


def _members(names: np.ndarray) -> Groups:
    """Returns the positions of images with equal names, where there are several, by their first position."""
    _, number = np.unique(names, return_inverse=True)
    order = np.argsort(number, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(number))[:-1])
    return sorted(tuple(group.tolist()) for group in groups if len(group) > 1)


def _differ(facts: Facts, group: tuple[int, ...]) -> bool:
    return len(set(facts.labels[list(group)])) > 1


def _images(groups: Groups) -> str:
    return f"{sum(map(len, groups))} images"


def _finding(facts: Facts, groups: Groups, severity: str, title: str, advice: str, **details: object) -> Finding:
    """Returns a finding that names all images of its groups."""
    listed = [
        [{"id": str(facts.ids[one]), "label": facts.class_of(one), "group": str(facts.groups[one])} for one in group]
        for group in groups
    ]
    examples = [" = ".join(f"{image['id']} ({image['label']})" for image in group) for group in listed[:EXAMPLES]]
    return Finding(severity, title, advice, tuple(examples), {**details, "groups": listed}, tuple(groups))
