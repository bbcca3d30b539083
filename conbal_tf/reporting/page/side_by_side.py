"""Which runs may stand side by side: those with the same classes and the same test images."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conbal_tf.reporting.page.run_files import PageRun, read_page_run

MAX_RUNS = 6
"""There are so many colours that everybody tells apart."""


def read_runs(paths: Sequence[Path]) -> list[PageRun]:
    """Returns the runs of a page, each with a title of its own.

    Args:
        paths: run folders.

    Raises:
        FileNotFoundError: A run is not finished.
        ValueError: There is no run or too many of them, one stands twice, a file cannot be read, or the runs were not
            tested on the same images.
    """
    resolved = Counter(path.resolve() for path in paths)
    if not 1 <= len(paths) <= MAX_RUNS or max(resolved.values()) > 1:
        raise ValueError(
            f"These runs cannot share a page: received {[str(path) for path in paths]}. Allowed are 1 to {MAX_RUNS} "
            "run folders, each once; give those that you want to compare."
        )
    runs = [read_page_run(path) for path in paths]
    for other in runs[1:]:
        _refuse_other_test(runs[0], other)
    return _with_own_titles(runs)


def _refuse_other_test(first: PageRun, other: PageRun) -> None:
    """Refuses scores that say nothing of each other, as of two folds or two data sets."""
    if first.class_names != other.class_names:
        difference = f"the classes {first.class_names} and {other.class_names}"
    elif _tested(first) != _tested(other) if first.answers and other.answers else _supports(first) != _supports(other):
        difference = f"{sum(_supports(first))} and {sum(_supports(other))} test images that are not the same ones"
    else:
        return
    raise ValueError(
        f"The runs {first.path} and {other.path} were not tested on the same images: received {difference}. Scores "
        "stand side by side only where classes and test images are the same; make a page of each."
    )


def _tested(run: PageRun) -> dict[str, int]:
    """Returns test image -> its class."""
    return dict(zip(run.ids, run.answers.labels, strict=True)) if run.answers else {}


def _supports(run: PageRun) -> list[int]:
    return [run.metrics["per_class"][name].get("support", 0) for name in run.class_names]


def _with_own_titles(runs: Sequence[PageRun]) -> list[PageRun]:
    """Returns the runs, told apart by their seeds or, where these are the same too, by their folders."""
    for longer in (lambda run: f"{run.title}, seed {run.finished.settings.get('seed')}", lambda run: run.path.name):
        titles = Counter(run.title for run in runs)
        if max(titles.values()) == 1:
            break
        runs = [replace(run, title=longer(run)) for run in runs]
    titles = Counter(run.title for run in runs)
    own = [str(run.path) if titles[run.title] > 1 else run.title for run in runs]
    return [replace(run, title=title, series=series) for series, (run, title) in enumerate(zip(runs, own, strict=True))]
