"""Checks of the pictures themselves: files that cannot be read, odd sizes, empty pictures, black borders."""

from collections import Counter

import numpy as np

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding

EXAMPLES = 3
SIZES_SHOWN = 3
BORDERED = 0.5
"""Share of an image's outermost pixels that are black, from which on its border is called black."""
RARE = 0.01
FAR_OUT = 3.0
"""Quartile ranges beyond the quartiles (Tukey's "far out")."""


def find_unreadable(facts: Facts) -> list[Finding]:
    """Returns the files that cannot be decoded whole, and the pictures without any content."""
    found = []
    if facts.unreadable:
        files = tuple(facts.unreadable.values())
        advice = "Download them again. They are left out of everything else here."
        title = f"{len(files)} image files cannot be read, or only in part."
        found.append(Finding("warning", title, advice, files[:EXAMPLES], {"files": dict(facts.unreadable)}))
    if facts.is_flat.any():
        ids = facts.ids[facts.is_flat].tolist()
        advice = "Look at them, and remove their rows if they are failed exposures."
        title = f"{len(ids)} images show one colour and nothing else."
        found.append(Finding("warning", title, advice, tuple(ids[:EXAMPLES]), {"ids": ids}))
    return found or [Finding("note", "All images can be read.")]


def find_odd_sizes(facts: Facts) -> list[Finding]:
    """Returns which sizes the originals have, by class, and those far from the others."""
    sizes = Counter(map(tuple, facts.sizes.tolist()))
    by_class = {
        name: {_size(size): count for size, count in Counter(map(tuple, facts.sizes[chosen].tolist())).most_common()}
        for name, chosen in ((name, facts.labels == number) for number, name in enumerate(facts.class_names))
    }
    common = ", ".join(f"{_size(size)} ({count})" for size, count in sizes.most_common(SIZES_SHOWN))
    if len(sizes) == 1:
        return [Finding("note", f"All originals have one size, {_size(facts.sizes[0])}.")]
    # By logarithm: half the size is as far out as twice the size.
    odd = np.flatnonzero(_is_far_out(np.log(facts.sizes.min(axis=1))) | _is_far_out(_log_aspect(facts.sizes)))
    title = f"The originals have {len(sizes)} sizes (width x height), most often {common}."
    found = [Finding("note", title, details={"sizes_by_class": by_class})]
    if len(odd):
        names = [f"{facts.ids[one]} ({facts.class_of(one)}, {_size(facts.sizes[one])})" for one in odd.tolist()]
        advice = "Look at them: a thumbnail, a screenshot or a crop among photographs?"
        title = f"{len(odd)} images are far smaller, larger or of another shape than the others."
        listed = {str(facts.ids[one]): _size(facts.sizes[one]) for one in odd}
        found.append(Finding("warning", title, advice, tuple(names[:EXAMPLES]), {"images": listed}))
    return found


def find_black_borders(facts: Facts) -> list[Finding]:
    """Returns how many images of each class have a black border."""
    bordered = facts.black_borders >= BORDERED
    if not bordered.any():
        return [Finding("note", "No image has a black border.")]
    counts, totals = facts.count_by_class(bordered), facts.count_by_class(np.ones_like(bordered))
    shares = {name: counts[name] / max(1, totals[name]) for name in counts}
    title = f"{bordered.sum()} of {len(bordered)} images have a black border"
    details = {"share_by_class": shares, "ids": facts.ids[bordered].tolist()}
    if bordered.mean() < RARE:
        return [Finding("note", f"{title}.", details=details)]
    listed = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())
    advice = "Where the shares differ by class, a network can tell classes by the border: crop the images to the disc."
    return [Finding("note", f"{title}: {listed}.", advice, details=details)]


def _is_far_out(values: np.ndarray) -> np.ndarray:
    """Returns which values [(N,)] lie far outside the middle half; where it is one value, all that differ [(N,) bool].

    >>> _is_far_out(np.array([1.0, 1.0, 1.0, 1.0, 1.2])).tolist()
    [False, False, False, False, True]
    """
    low, high = np.quantile(values, [0.25, 0.75])
    reach = FAR_OUT * (high - low)
    # Where the middle half is one value, a rounding error is no other value.
    return (values < low - reach - 1e-9) | (values > high + reach + 1e-9)


def _log_aspect(sizes: np.ndarray) -> np.ndarray:
    return np.log(sizes[:, 1] / sizes[:, 0])


def _size(size: np.ndarray | tuple[int, ...]) -> str:
    height, width = size
    return f"{width}x{height}"
