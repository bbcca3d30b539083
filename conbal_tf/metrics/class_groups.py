"""Major, middle and minor classes: the three groups in which the paper reports F1."""

from collections.abc import Mapping

MAJOR, MIDDLE, MINOR = "major", "middle", "minor"


def class_groups(counts: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Returns the classes of `major`, `middle` and `minor`, most frequent first; a group may be empty.

    A class is major with at least half of the largest class's images, minor with fewer than an eighth of them, and
    middle in between. For ISIC 2018 these are the paper's groups, of the whole data set as of any stratified part of
    it; for APTOS 2019 the paper names none, and they are ours.

    Args:
        counts: class name to its number of training images, before any resampling.

    Raises:
        ValueError: If there is no class, or none with an image.

    Reference:
        Marrakchi, Makansi, Brox (2021), Table 3: at least 6000 images, about 1100, at most 550.

    >>> class_groups({"MEL": 1113, "NV": 6705, "BCC": 514, "AKIEC": 327, "BKL": 1099, "DF": 115, "VASC": 142})
    {'major': ('NV',), 'middle': ('MEL', 'BKL'), 'minor': ('BCC', 'AKIEC', 'VASC', 'DF')}
    """
    # Relative to the largest class: the paper's limits are of all of ISIC 2018, of which a part has fewer images.
    largest = max(counts.values(), default=0)
    if largest <= 0:
        raise ValueError(
            f"No class has a training image: received {dict(counts)}. At least one class needs one; give the number of "
            "training images of each class."
        )
    groups: dict[str, list[str]] = {MAJOR: [], MIDDLE: [], MINOR: []}
    # Whole numbers throughout: exactly half is major, and exactly an eighth is middle.
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        groups[MAJOR if 2 * count >= largest else MINOR if 8 * count < largest else MIDDLE].append(name)
    return {group: tuple(names) for group, names in groups.items()}
