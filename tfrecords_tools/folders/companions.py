"""Second files beside images: masks and changed copies, told by a name that is the image's and something more."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tfrecords_tools.folders.image_files import UNREAD_SUFFIXES
from tfrecords_tools.folders.label_files import IMAGE_SUFFIXES

FEWEST = 3
MANY = 20
SHARE = 0.1
"""Of the other images: so many have a second file, or `MANY` have, before it is called a habit and not chance."""
# What sets a word off from the image's name: a separator, or a capital or a word after a number.
_SEPARATORS = r"[\s_.,;+~#(\[\-]+"
_COUNTER = re.compile(r"[\s_.\-]*[(\[]?\d+[)\]]?$")
_FOLDER = re.compile(r"mask|seg|label|annot|truth|contour|outline|roi|\bgts?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Companions:
    """Images of which there is a second file, all of one habit of naming."""

    habit: str
    """What tells the second file's name from the image's, in words, such as "the suffix '_mask'"."""
    pairs: tuple[tuple[int, int], ...]
    """Positions of an image and its second file."""

    @property
    def images(self) -> int:
        """The number of images that have a second file, or several."""
        return len({image for image, _ in self.pairs})

    def told(self, ids: Sequence[str]) -> str:
        """Returns a sentence, with one pair of the images [N str] as example."""
        image, second = self.pairs[0]
        return (
            f"Of {self.images} among {len(ids)} images there is a second file, of the same name but for {self.habit}, "
            f"such as {ids[second]} beside {ids[image]}."
        )

    @property
    def seconds(self) -> list[int]:
        """Positions of the second files, sorted."""
        return sorted({second for _, second in self.pairs})


def find_companions(ids: Sequence[str], labels: Sequence[int]) -> list[Companions]:
    """Returns the second files, the most frequent habit first.

    The second file lies in the image's folder, or it is of the same class and the image the only one of its name there.
    What follows the name has a letter: `img_1` and `img_1_2` are two images. A number behind is none of the habit:
    `_mask`, `_mask_1` and `_mask_2` are one.

    Args:
        ids: of the images, their paths or names, with or without suffix.
        labels: their classes.
    """
    paths = [_without_suffix(name) for name in ids]
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for habit, image, second in _candidates(paths, labels):
        found[habit].append((image, second))
    seconds: set[int] = set()
    chosen = []
    # The most frequent habit decides: what is a second file by it is no image to another habit.
    for habit, pairs in sorted(found.items(), key=lambda item: -len(item[1])):
        kept = tuple(pair for pair in pairs if pair[0] not in seconds and pair[1] not in seconds)
        companions = Companions(habit, kept)
        others = len(ids) - len(seconds) - len(companions.seconds)
        if companions.images >= FEWEST and companions.images >= min(MANY, SHARE * others):
            chosen.append(companions)
            seconds.update(companions.seconds)
    return chosen


def _candidates(paths: Sequence[PurePosixPath], labels: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """Yields each habit with the positions of an image and a file that may be its second one."""
    beside: dict[tuple[PurePosixPath, str], list[int]] = defaultdict(list)
    of_class: dict[tuple[int, str], list[int]] = defaultdict(list)
    for position, (path, label) in enumerate(zip(paths, labels, strict=True)):
        beside[path.parent, path.name.casefold()].append(position)
        of_class[label, path.name.casefold()].append(position)
    for second, (path, label) in enumerate(zip(paths, labels, strict=True)):
        for habit, name in _readings(path.name):
            images = beside.get((path.parent, name)) or of_class.get((label, name), [])
            if len(images) == 1:
                yield habit, images[0], second
        same = of_class[label, path.name.casefold()]
        if len(same) == 2 and _FOLDER.search(path.parent.name):
            (image,) = set(same) - {second}
            if not _FOLDER.search(paths[image].parent.name):
                yield f"the folder {path.parent.name!r}", image, second


def _readings(name: str) -> Iterator[tuple[str, str]]:
    """Yields each way to read a name as an image's with something before or behind: the habit, and the image's name.

    >>> list(_readings("7_mask_2"))
    [("the suffix '_mask'", '7'), ("the prefix '7_mask_'", '2')]
    """
    for place in range(1, len(name)):
        before, behind = name[:place], name[place:]
        word = _COUNTER.sub("", behind.casefold())
        if re.search(r"[^\W\d_]", word) and (re.match(_SEPARATORS, behind) or _is_new_word(before, behind)):
            yield f"the suffix {word!r}", before.casefold()
        if re.search(r"[^\W\d_]", before) and re.search(rf"{_SEPARATORS}$", before) and re.match(r"[^\W_]", behind):
            yield f"the prefix {before.casefold()!r}", behind.casefold()


def _is_new_word(before: str, behind: str) -> bool:
    return (before[-1] in "0123456789)]" and len(behind) > 1 and behind[:2].isalpha()) or (
        before[-1].islower() and behind[0].isupper()
    )


def _without_suffix(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.with_suffix("") if path.suffix.lower() in (*IMAGE_SUFFIXES, *UNREAD_SUFFIXES) else path
