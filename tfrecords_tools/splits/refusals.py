"""Why there is no split by groups, in words: which classes bind each other, and in which groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfrecords_tools.records import Labels
from tfrecords_tools.splits.covering import NoCoveringError
from tfrecords_tools.tables import some

GROUPS_SHOWN = 4
ASIDE = (
    "the others are kept in train or left out for the sake of copies with different labels, or are the owners' "
    "validation and test images"
)


@dataclass(frozen=True)
class Demand:
    """What a protocol asks of whole groups."""

    protocol: str
    places: Sequence[str]
    """For each class, what needs an image of it, such as "train, validation, test"."""
    needed: np.ndarray
    """For each class, how many groups that takes [(C,) int]."""

    @property
    def all_places(self) -> str:
        """What needs an image of a class of which train has none yet."""
        return self.places[int(np.argmax(self.needed))]


def refusal(
    error: NoCoveringError, demand: Demand, labels: Labels, groups: np.ndarray, is_free: np.ndarray
) -> ValueError:
    """Returns what to raise.

    Args:
        error: of the search.
        demand: of the protocol.
        labels: the records, N of them.
        groups: the group of each image, copies joined [(N,) str].
        is_free: which images were to be dealt out [(N,) bool].
    """
    if not error.is_proved:
        return _not_found(demand, labels, groups)
    if len(error.classes) == 1:
        return _too_few(error.classes[0], demand, labels, groups, is_free)
    return _bound(error.classes, demand, labels, groups, is_free)


def _too_few(label: int, demand: Demand, labels: Labels, groups: np.ndarray, is_free: np.ndarray) -> ValueError:
    of_class = labels.labels == label
    independent, free = (len(np.unique(groups[chosen])) for chosen in (of_class, of_class & is_free))
    aside = f" Of these groups {free} can be dealt out; {ASIDE}." if free < independent else ""
    return ValueError(
        f"Class {labels.class_names[label]!r} has {of_class.sum()} images in {independent} groups, too few for "
        f"protocol {demand.protocol!r}: a group of its own for each of {demand.places[label]} takes "
        f"{demand.needed[label]}.{aside} Add images of this class, leave the class out, or choose another protocol."
    )


def _bound(
    classes: Sequence[int], demand: Demand, labels: Labels, groups: np.ndarray, is_free: np.ndarray
) -> ValueError:
    names = [repr(labels.class_names[label]) for label in classes]
    of_class = [np.unique(groups[is_free & (labels.labels == label)]).tolist() for label in classes]
    held: dict[str, list[str]] = {}
    for name, its in zip(names, of_class, strict=True):
        for group in its:
            held.setdefault(group, []).append(name)
    shared = [f"{group} ({', '.join(its)})" for group, its in sorted(held.items()) if len(its) > 1]
    counted = ", ".join(f"{name} in {len(its)}" for name, its in zip(names, of_class, strict=True))
    return ValueError(
        f"Classes {', '.join(names)} bind each other: protocol {demand.protocol!r} deals out whole groups, and no way "
        f"of doing so gives each of {demand.all_places} an image of every one of them. Of {len(held)} groups that hold "
        f"them ({counted}) these hold several: {some(shared, GROUPS_SHOWN)}. Add groups (patients, lesions) that hold "
        "one of these classes alone, leave one of them out, or choose another protocol."
    )


def _not_found(demand: Demand, labels: Labels, groups: np.ndarray) -> ValueError:
    return ValueError(
        f"No split was found for protocol {demand.protocol!r} that leaves {len(np.unique(groups))} groups whole and "
        f"gives each of {demand.all_places} an image of every one of {len(labels.class_names)} classes; the search was "
        "ended before it could tell whether there is one. Leave out the rarest class, try another --protocol_seed, or "
        "choose another protocol."
    )
