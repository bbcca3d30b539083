"""Checks for masks among the images: second files of one name, pictures of two colours."""

import numpy as np

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding
from tfrecords_tools.folders.companions import Companions, find_companions

EXAMPLES = 3
ADVICE = (
    "Look at them: masks, drawings and changed copies are no images of their class. Move them out of the folder, or "
    "take their rows out of the table."
)


def find_second_files(facts: Facts) -> list[Finding]:
    """Returns of how many images there is a second file of the same name with something more."""
    ids = facts.ids.tolist()
    found = [_finding(facts, companions) for companions in find_companions(ids, facts.labels.tolist())]
    return found or [Finding("note", "No habit of naming tells second files of images, such as masks.")]


def find_two_coloured(facts: Facts) -> list[Finding]:
    """Returns how many pictures have two colours at most."""
    ids = facts.ids[facts.two_coloured].tolist()
    if not ids:
        return [Finding("note", "No picture has two colours only, as masks have.")]
    counts = facts.count_by_class(facts.two_coloured)
    listed = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    title = f"{len(ids)} of {len(facts.ids)} pictures have at most two colours, as masks have: {listed}."
    return [Finding("warning", title, ADVICE, tuple(ids[:EXAMPLES]), {"ids": ids})]


def _finding(facts: Facts, companions: Companions) -> Finding:
    ids, seconds = facts.ids.tolist(), np.array(companions.seconds)
    colours = f" {facts.two_coloured[seconds].sum()} of {len(seconds)} such pictures have at most two colours."
    pairs = [[ids[image], ids[second]] for image, second in companions.pairs]
    details = {"habit": companions.habit, "pairs": pairs}
    examples = tuple(f"{second} beside {image}" for image, second in pairs[:EXAMPLES])
    return Finding("warning", companions.told(ids) + colours, ADVICE, examples, details, companions.pairs)
