"""What a comparison of two models or two methods allows to say, and what it does not, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from conbal_tf.comparison.measures import CLAIMED_BELOW, COMPARED_PER_CLASS
from conbal_tf.comparison.table import p_value
from conbal_tf.metrics.measures import OVERALL, PER_CLASS

NO_PROOF = "Not told apart is no proof of being equal: the interval says how far apart they may still be."
MORE_SEEDS = "Train 3 or more seeds of each (--seed 0, 1, 2) in folders beside each other and compare with --seeds."
SETTINGS_SHOWN = 6


def sentences(found: Mapping[str, Any]) -> list[str]:
    """Returns paragraphs: what was compared, what can be said of it, by which rule, and what can not be said.

    Args:
        found: what `comparison.paired` returns, and beside it `a` and `b` (`seeds`, `unfinished`), `asked` ("models" or
            "methods") and `settings_that_differ` (name to both values, the seed among them).
    """
    of_methods = found["question"] == "methods"
    said = [_compared(found), *_left_out(found), *([] if of_methods else [_right_or_wrong(found)])]
    if is_one_method(found):
        return [*said, *_too_few_seeds(found), _of_one_method(found)]
    said.append(_verdict(found))
    # At once after the verdict, which is easily taken for more than it is.
    said += _about_methods(found) if of_methods else _not_about_methods(found)
    return [*said, _classes(found), _rule(found), *_class_mix(found)]


def is_one_method(found: Mapping[str, Any]) -> bool:
    """Returns whether both sides have the same settings, but for the seed."""
    return not set(found["settings_that_differ"]) - {"seed"}


def _compared(found: Mapping[str, Any]) -> str:
    groups = (
        "" if found["groups"] == found["images"] else f", {found['groups']:,} groups of images that belong together"
    )
    others = {name: values for name, values in found["settings_that_differ"].items() if name != "seed"}
    shown = [f"{name} ({_plain(old)}, {_plain(new)})" for name, (old, new) in list(others.items())[:SETTINGS_SHOWN]]
    shown += [f"{len(others) - len(shown)} more"] if len(others) > len(shown) else []
    settings = f"Of their common settings these differ: {_listed(shown)}." if shown else "All their settings are equal"
    settings += "" if shown else (" but for the seed." if "seed" in found["settings_that_differ"] else ".")
    return f"A and B answered the same {found['images']:,} test images{groups}. {settings}"


def _left_out(found: Mapping[str, Any]) -> list[str]:
    names = [name for side in ("a", "b") for name in found[side]["unfinished"]]
    return [f"Left out, not finished or without predictions.csv: {_listed(names)}."] if names else []


def _right_or_wrong(found: Mapping[str, Any]) -> str:
    counts, together = found["mcnemar"], found["mcnemar"]["images_that_share_a_group"]
    p, by_groups = p_value(counts["p"]), p_value(found["overall"]["accuracy"]["p"])
    ground = (
        f"That takes images for independent, and {together:,} of them share a group with others: what counts is the "
        f"test by groups, p {by_groups}, in the line of accuracy."
        if together
        else f"No two images share a group, as it asks; the test by swaps, in the line of accuracy, has p {by_groups}."
    )
    return (
        f"On {counts['only_b']:,} images B alone is right, on {counts['only_a']:,} A alone; on {counts['both']:,} both "
        f"are, on {counts['neither']:,} neither: p {p} by McNemar's exact test. {ground}"
    )


def _verdict(found: Mapping[str, Any]) -> str:
    if found["question"] == "models":
        subject = "These two trained models, on images like these"
    else:
        seeds = " and ".join(f"{len(found[side]['seeds'])} of {side.upper()}" for side in ("a", "b"))
        subject = f"The methods as they are trained here, averaged over seeds ({seeds}), on images like these"
    entries = {OVERALL[name].title: entry for name, entry in found["overall"].items()}
    clauses = []
    for side in ("A", "B"):
        its = [_advantage(title, entry) for title, entry in entries.items() if entry["verdict"] == f"{side} better"]
        clauses += [f"{side} is better in {_listed(its)}"] if its else []
    open_ones = [title for title, entry in entries.items() if entry["verdict"] == "not told apart"]
    if not clauses:
        return f"{subject}: not told apart in any of {len(entries)} metrics. {NO_PROOF}"
    ending = f" Not told apart in {_listed(open_ones)}. {NO_PROOF}" if open_ones else ""
    both = " Which of these matters more is a question of use." if len(clauses) == 2 else ""
    return f"{subject}: {'; '.join(clauses)}.{both}{ending}"


def _advantage(title: str, entry: Mapping[str, Any]) -> str:
    """Returns a metric with how much better one is, whatever the metric's direction."""
    low, high = sorted(map(abs, entry["interval"]))
    return f"{title} (by {abs(entry['difference']):.3f}, 95 % interval {low:.3f} to {high:.3f})"


def _classes(found: Mapping[str, Any]) -> str:
    clauses = []
    for side in ("A", "B"):
        its = []
        for key in COMPARED_PER_CLASS:
            names = [name for name, of in found["per_class"].items() if of[key]["verdict"] == f"{side} better"]
            its += [f"{PER_CLASS[key].title} of {_listed(names)}"] if names else []
        clauses += [f"{side} is better in {_listed(its)}"] if its else []
    rarest = min(found["per_class"], key=lambda name: found["per_class"][name]["support"])
    few = f"of {rarest} there are {found['per_class'][rarest]['support']:,} images, which show large differences alone"
    if not clauses:
        return f"Single classes: none is told apart; {few}."
    verdicts = [of[key]["verdict"] for of in found["per_class"].values() for key in COMPARED_PER_CLASS]
    others = f" The others are not told apart; {few}." if "not told apart" in verdicts else ""
    return f"Single classes: {'; '.join(clauses)}.{others}"


def _rule(found: Mapping[str, Any]) -> str:
    of_classes = len(found["per_class"]) * len(COMPARED_PER_CLASS)
    return (
        f"A claim asks for a p below {CLAIMED_BELOW:g} after Holm's correction, for the {len(found['overall'])} "
        f"metrics together and for the {of_classes} figures of classes together, and for an interval without 0: in "
        "each block the chance of any false claim is then about 5 % or less. The plain p is for one metric chosen "
        "before looking."
    )


def _class_mix(found: Mapping[str, Any]) -> list[str]:
    if found.get("class_mix") != "varied":
        return []
    return ["Intervals let the mix of classes vary, as it does where images come as they come."]


def _of_one_method(found: Mapping[str, Any]) -> str:
    entries = [
        *found["overall"].values(),
        *(of[key] for of in found["per_class"].values() for key in COMPARED_PER_CLASS),
    ]
    apart = sum(entry["p_holm"] is not None and entry["p_holm"] < CLAIMED_BELOW for entry in entries)
    return (
        "A and B are one method trained twice: no difference is claimed, whatever the figures. What sets them apart is "
        "the noise of training, or a difference in code, versions or hardware; "
        f"{apart} of {len(entries)} figures have a p below {CLAIMED_BELOW:g} after Holm's correction. It shows how far "
        "two such runs may differ for no other reason."
    )


def _too_few_seeds(found: Mapping[str, Any]) -> list[str]:
    if found["asked"] == found["question"]:
        return []
    seeds = " and ".join(f"{side.upper()} has {_counted(found[side]['seeds'])}" for side in ("a", "b"))
    return [f"--seeds asks about methods, and {seeds}; 2 of each are the least. So two models are compared."]


def _not_about_methods(found: Mapping[str, Any]) -> list[str]:
    return [
        *_too_few_seeds(found),
        "Whether the methods differ can't be told from one seed each: trained again with another seed, either would "
        f"come out somewhat better or worse, and by how much is in none of these figures. {MORE_SEEDS}",
    ]


def _about_methods(found: Mapping[str, Any]) -> list[str]:
    fewest = min(len(found[side]["seeds"]) for side in ("a", "b"))
    return [
        "Intervals and p carry both the test images and the seeds, as studies of several readers and many cases do "
        "(Obuchowski and Rockette). They take seeds for independent and their scatter for about normal, which "
        f"{fewest} seeds cannot show; with few seeds only large differences are told.",
        "It holds for this split of this data set and these settings. Other training images, another data set and "
        "other tuning vary it as well, and that is not in these figures.",
    ]


def _counted(seeds: Sequence[int]) -> str:
    return f"{len(seeds)} finished seed{'s' if len(seeds) > 1 else ''} ({', '.join(map(str, seeds))})"


def _plain(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if names[1:] else names)
