"""What is to be found among all images, and at how few false alarms: the operating points of metrics.json."""

from collections.abc import Sequence
from dataclasses import dataclass

# What is looked for in data sets that are known: melanoma; referable retinopathy, which is moderate and worse.
POSITIVE: dict[str, tuple[str, ...]] = {"isic2018": ("MEL",), "aptos": ("moderate", "severe", "proliferative")}
SPECIFICITY = 0.9


@dataclass(frozen=True)
class Aim:
    """What is to be found among all images, and how few others may be called so."""

    positive: tuple[str, ...]
    """Names of classes; an image's score is the sum of their probabilities."""
    specificity: float = SPECIFICITY
    """Share of the other images that are to be left alone, on the validation part."""
    trained_on_validation: bool = False
    """Whether that part was trained on: then the threshold promises too much."""


def aims_of(
    dataset: str,
    class_names: Sequence[str],
    train_parts: Sequence[str],
    positive: Sequence[str] = (),
    specificity: float = SPECIFICITY,
) -> list[Aim]:
    """Returns the operating points of a data set: what is asked for, or else what is known to be looked for.

    Args:
        dataset: its name.
        class_names: all classes.
        train_parts: parts that were trained on.
        positive: classes to be found, by themselves or with commas between; empty: those of `POSITIVE`.
        specificity: share of the other images that are to be left alone.

    Raises:
        ValueError: A positive is no class or all classes are, or the specificity is no share.
    """
    # The name of a class may hold a comma itself.
    named = [[given] if given in class_names else given.split(",") for given in positive]
    chosen = tuple(name for names in named for name in names) or POSITIVE.get(dataset, ())
    strangers = [name for name in chosen if name not in class_names]
    if strangers or (chosen and set(class_names) == set(chosen)):
        raise ValueError(
            f"--positive names {', '.join(map(repr, strangers)) or 'every class'}. Allowed are some of "
            f"{', '.join(class_names)}, but not all; name those that are to be found."
        )
    if not 0 < specificity <= 1:
        raise ValueError(f"--specificity is {specificity}. Allowed is a share above 0 and up to 1, such as 0.9.")
    return [Aim(chosen, specificity, "validation" in train_parts)] if chosen else []
