"""Two classifiers, or two methods of several seeds each, compared on the same test images. No TensorFlow."""

from collections.abc import Callable, Container, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from conbal_tf.comparison.measures import COMPARED, COMPARED_PER_CLASS, measure_compared
from conbal_tf.comparison.seeds import difference_of_methods
from conbal_tf.comparison.swaps import SWAPS, mcnemar, swap_test
from conbal_tf.comparison.verdicts import Entry, judge
from conbal_tf.metrics.answers import Answers
from conbal_tf.metrics.bootstrap import LEVEL, RESAMPLES, Distribution, Measures, bootstrap, resampled
from conbal_tf.metrics.resampling import FIXED, numbered, strata_of
from conbal_tf.scores.metrics_file import json_number

# A metric, and the number of a class where it is one of classes.
Place = tuple[str, int | None]

# Variances need fewer than the ends of intervals, and there are many runs.
RESAMPLES_OF_METHODS = 1000


def compare_models(
    a: Answers, b: Answers, *, class_mix: str = FIXED, resamples: int = RESAMPLES, swaps: int = SWAPS
) -> dict[str, Any]:
    """Returns the differences B - A of two trained classifiers, with intervals and tests over the test images.

    A claim asks for both: intervals are too short where a class has fewer than about 15 groups, and the test, exact for
    exchangeable answers, says nothing of size.

    Args:
        a: answers of one.
        b: answers of the other to the same images, in the same order.
        class_mix: whether resamples hold the mix of classes `fixed`, or let it be `varied`.
        resamples: of the bootstrap, the same for both.
        swaps: of the test.

    Returns:
        Ready for JSON: `question` ("models"), `overall` (metric to an entry), `per_class` (class to `support` and
        metric to an entry) and `mcnemar`. An entry has `a`, `b`, `difference`, `interval`, `p`, `p_holm` (over its
        block) and `verdict`.
    """
    found = bootstrap(_together([a, b]), a.groups, strata_of(a.labels, class_mix), resamples=resamples)
    p_values = swap_test(a, b, swaps=swaps)
    # Of the difference on each resample: what both answer alike does not widen it.
    ends = {name: (_of_run(both, 1) - _of_run(both, 0)).bca() for name, both in found.items()}

    def entry(name: str, number: int | None) -> Entry:
        value_a, value_b = (_at(value, number) for value in found[name].point)
        interval = [_at(end, number) for end in ends[name]]
        return _entry(value_a, value_b, value_b - value_a, interval, _at(p_values[name], number))

    how = {
        "interval": "paired bootstrap over groups, BCa",
        "class_mix": class_mix,
        "resamples": resamples,
        "test": "group-wise swaps",
        "swaps": swaps,
    }
    return {"question": "models", "level": LEVEL, **how, **_blocks(a, entry, found), "mcnemar": _mcnemar(a, b)}


def compare_methods(
    of_a: Sequence[Answers],
    of_b: Sequence[Answers],
    *,
    class_mix: str = FIXED,
    resamples: int = RESAMPLES_OF_METHODS,
) -> dict[str, Any]:
    """Returns the differences B - A of two methods' means over seeds, with intervals and tests over seeds and images.

    Args:
        of_a: answers of each seed of one method, 2 or more.
        of_b: answers of each seed of the other to the same images, in the same order.
        class_mix: whether resamples hold the mix of classes `fixed`, or let it be `varied`.
        resamples: of the images.

    Returns:
        As `compare_models`, without `mcnemar`, and `question` is "methods". An entry has also `deviation_a` and
        `deviation_b` (over seeds), `of_seeds` (their share of the variance) and `degrees_of_freedom`.
    """
    first, n_a = of_a[0], len(of_a)
    # What a metric rests on: all groups, and of a class those with an image of it.
    units = dict.fromkeys(COMPARED, np.asarray(_n_groups(first)))
    units |= dict.fromkeys(COMPARED_PER_CLASS, _groups_of_classes(first))
    together = _together([*of_a, *of_b])
    values = {name: value[0] for name, value in together(np.ones((1, len(first)))).items()}
    varied = resampled(together, first.groups, strata_of(first.labels, class_mix), resamples=resamples)
    differences = {
        name: difference_of_methods(value[:n_a], value[n_a:], varied[name][:, :n_a], varied[name][:, n_a:], units[name])
        for name, value in values.items()
    }

    def entry(name: str, number: int | None) -> Entry:
        its = {key: value for key, value in vars(differences[name]).items() if key != "interval"}
        values = {key: _at(value, number) for key, value in its.items()}
        interval = [_at(end, number) for end in differences[name].interval]
        plain = _entry(values.pop("a"), values.pop("b"), values.pop("difference"), interval, values.pop("p"))
        return plain | {key: json_number(value) for key, value in values.items()}

    how = {
        "interval": "over seeds and groups, t",
        "class_mix": class_mix,
        "resamples": resamples,
        "test": "Obuchowski-Rockette, seeds as readers",
    }
    return {"question": "methods", "level": LEVEL, **how, **_blocks(first, entry, differences)}


def _together(runs: Sequence[Answers]) -> Measures:
    """Returns the measure that gives each metric of all runs, on the same weights [(resamples, runs, ...)]."""

    def measures(weights: np.ndarray) -> dict[str, np.ndarray]:
        of_runs = [measure_compared(answers, weights) for answers in runs]
        # A metric that needs an order is one of all runs or of none.
        common = [name for name in of_runs[0] if all(name in measured for measured in of_runs)]
        return {name: np.stack([measured[name] for measured in of_runs], axis=1) for name in common}

    return measures


def _of_run(both: Distribution, number: int) -> Distribution:
    """Returns a metric of one run out of that of all."""
    return replace(
        both, point=both.point[number], resampled=both.resampled[:, number], left_out=both.left_out[:, number]
    )


def _n_groups(answers: Answers) -> int:
    return len(numbered(answers.groups, answers.labels)[1])


def _groups_of_classes(answers: Answers) -> np.ndarray:
    """Returns how many groups have images of each class [(C,) int]."""
    group_of, _ = numbered(answers.groups, answers.labels)
    return np.array([len(np.unique(group_of[answers.labels == c])) for c in range(answers.n_classes)])


def _mcnemar(a: Answers, b: Answers) -> dict[str, Any]:
    counts = np.bincount(numbered(a.groups, a.labels)[0])
    return {**asdict(mcnemar(a, b)), "images_that_share_a_group": int(counts[counts > 1].sum())}


def _blocks(answers: Answers, entry: Callable[[str, int | None], Entry], found: Container[str]) -> dict[str, Any]:
    """Returns the entries over all classes and those of classes, each block judged as a whole."""
    overall = {name: entry(name, None) for name in COMPARED if name in found}
    support = np.bincount(answers.labels, minlength=answers.n_classes)
    per_class = {
        class_name: {name: entry(name, number) for name in COMPARED_PER_CLASS}
        for number, class_name in enumerate(answers.class_names)
        if support[number]
    }
    judge(overall)
    judge({(name, key): entries[key] for name, entries in per_class.items() for key in COMPARED_PER_CLASS})
    return {
        "images": len(answers),
        "groups": _n_groups(answers),
        "overall": overall,
        "per_class": {
            class_name: {"support": int(support[answers.class_names.index(class_name)]), **entries}
            for class_name, entries in per_class.items()
        },
    }


def _entry(a: np.ndarray, b: np.ndarray, difference: np.ndarray, interval: Sequence, p: np.ndarray) -> Entry:
    figures = {"a": a, "b": b, "difference": difference, "p": p}
    return {key: json_number(value) for key, value in figures.items()} | {
        "interval": [json_number(end) for end in interval]
    }


def _at(value: np.ndarray, number: int | None) -> np.ndarray:
    return value if number is None else value[number]
