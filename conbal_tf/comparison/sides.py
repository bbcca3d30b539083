"""The two sides of a comparison, read from run folders: a run each, or all seeds of the method of a run."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from conbal_tf.metrics.answers import Answers
from conbal_tf.run_folder.damage import damaged
from conbal_tf.run_folder.finished_run import FinishedRun, read_run
from conbal_tf.scores.prediction_table import answers_of, read_predictions
from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.methods import unused_sections
from conbal_tf.settings.save import differing
from conbal_tf.settings.schema import Settings


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    runs: tuple[Path, ...]
    """The run that was named, then the others by seed."""
    settings: tuple[Settings, ...]
    answers: tuple[Answers, ...]
    """To the test images, in the order of the first run of A."""
    unfinished: tuple[str, ...]
    """Names of runs that belong here and are left out."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each run."""
        return tuple(settings.seed for settings in self.settings)


def read_sides(run_a: Path, run_b: Path, *, all_seeds: bool) -> tuple[Side, Side]:
    """Returns both sides, with answers to the same images in the same order.

    Args:
        run_a: a run folder.
        run_b: a run folder.
        all_seeds: each stands for all runs beside it that differ by the seed at the end of their name.

    Raises:
        FileNotFoundError: A run that is named is not finished, or has no predictions.csv.
        ValueError: Both are the same, their test images differ, or what a run stands for is no method with seeds.
    """
    found = [_runs_beside(run) if all_seeds else ((run,), ()) for run in (run_a, run_b)]
    twice = {run.resolve() for run in found[0][0]} & {run.resolve() for run in found[1][0]}
    if twice:
        raise ValueError(
            f"A and B are the same: received {run_a} and {run_b}. A comparison takes two runs, and with --seeds two "
            "methods; name another."
        )
    first = _test_part(run_a)
    sides = [Side(runs, *_read(runs, first, run_a), unfinished) for runs, unfinished in found]
    for side in sides:
        _check_seeds(side)
    return sides[0], sides[1]


def _runs_beside(run: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Returns the finished runs that a run stands for, itself first, and the names of those that are not finished."""
    name = re.fullmatch(r"(.+-seed)\d+", run.resolve().name)
    if not name:
        raise ValueError(
            f"{run} has no seed in its name: with --seeds, a run stands for all runs beside it whose names differ by "
            "-seedN at the end. Name such a run, or leave --seeds out to compare two runs."
        )
    # A run may be named from inside its folder, as `.`.
    folder = run.parent if run.name == name[0] else run.resolve().parent
    beside = [
        path
        for path in sorted(folder.iterdir())
        if re.fullmatch(re.escape(name[1]) + r"\d+", path.name) and path.is_dir() and path.name != name[0]
    ]
    # A run of which the small files alone were copied here has no predictions.
    files = ("finished.json", "predictions.csv")
    finished = [path for path in beside if all((path / file).is_file() for file in files)]
    finished.sort(key=lambda path: int(path.name.removeprefix(name[1])))
    return (run, *finished), tuple(path.name for path in beside if path not in finished)


def _test_part(run: Path) -> pd.DataFrame:
    """Returns the test rows of predictions.csv, by id."""
    read_run(run)
    table = read_predictions(run)
    return table[table["part"] == "test"].set_index("id", drop=False)


def _read(runs: Sequence[Path], first: pd.DataFrame, run_a: Path) -> tuple[tuple[Settings, ...], tuple[Answers, ...]]:
    names = tuple(read_run(run_a).train_counts)
    settings, answers = [], []
    for run in runs:
        rows, finished = _test_part(run), read_run(run)
        counts = finished.train_counts
        _check_images(first, rows, run_a, run)
        if set(counts) != set(names):
            raise ValueError(
                f"{run_a} and {run} have other classes: received {', '.join(names)} and "
                f"{', '.join(counts)}. Comparisons need the same; train both on the same records."
            )
        # Classes in another order are the same classes, and their order is not the one that is known.
        ordered, here = finished.is_ordered and tuple(counts) == names, {name: counts[name] for name in names}
        answers.append(answers_of(rows.loc[first.index], "test", here, ordered=ordered))
        settings.append(_settings_of(finished))
    return tuple(settings), tuple(answers)


def _settings_of(run: FinishedRun) -> Settings:
    """Returns the settings of a run, having found all their sections: one that is cut off would be read as defaults."""
    path = run.folder / "settings.toml"
    settings = read_settings_file(path)
    sections = {field.name for field in fields(settings) if is_dataclass(getattr(settings, field.name))}
    if lacking := sorted(sections - unused_sections(settings.method) - set(run.settings)):
        raise damaged(path, f"no section {', '.join(lacking)}", f"a file with all sections of {settings.method}")
    return settings


def _check_images(first: pd.DataFrame, rows: pd.DataFrame, run_a: Path, run: Path) -> None:
    both = first.index.intersection(rows.index)
    others = {"in the first alone": len(first) - len(both), "in the second alone": len(rows) - len(both)}
    for column, what in (("label", "with another label"), ("group", "in another group")):
        others[what] = int((first.loc[both, column] != rows.loc[both, column]).sum())
    if any(others.values()):
        found = ", ".join(f"{count:,} {what}" for what, count in others.items() if count)
        raise ValueError(
            f"{run_a} and {run} were not tested on the same images: of {len(first):,} and {len(rows):,}, {found}. "
            "Comparisons need one protocol, with the same images, labels and groups; train both with the same "
            "--protocol and --protocol_seed, on the same records."
        )


def _check_seeds(side: Side) -> None:
    """Refuses runs of one side that differ by more than their seed, or that are one training twice."""
    (first, *_), (settings, *_) = side.runs, side.settings
    for run, other in zip(side.runs[1:], side.settings[1:], strict=True):
        more = [f"{name} {old} and {new}" for name, (old, new) in differing(settings, other).items() if name != "seed"]
        if more:
            raise ValueError(
                f"{first} and {run} differ by more than their seed: {'; '.join(more)}. With --seeds, runs whose names "
                "differ by -seedN at the end are one method; give one of them another name."
            )
    for (run, one), (again, two) in itertools.combinations(zip(side.runs, side.answers, strict=True), 2):
        # A copy of a run's folder, under the name of another seed, has the same answers to the last digit.
        if np.array_equal(one.probabilities, two.probabilities):
            raise ValueError(
                f"{run} and {again} give equal answers: they are one training twice, not two seeds. Train one of them "
                "again with its own --seed, or move it away."
            )
    if len(set(side.seeds)) < len(side.seeds):
        raise ValueError(
            f"Runs beside {first} were trained with the same seed: received {', '.join(map(str, side.seeds))}. Each "
            "has its own; train one of them again with its own --seed, or move it away."
        )
