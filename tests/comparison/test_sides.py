"""The two sides of a comparison, from run folders."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conbal_tf.comparison.sides import read_sides
from tests.scores.made_predictions import write_predictions
from tests.tables.made_runs import made_answers, write_answers


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Returns a folder with seeds 0, 1 and 10 of one method, and 0 and 2 of another."""
    for method, seeds in (("cross_entropy", (0, 1, 10)), ("focal", (0, 2))):
        its = made_answers(40, len(seeds), start=len(seeds))
        for seed, answers in zip(seeds, its, strict=True):
            write_answers(
                tmp_path / f"paper-{method}-seed{seed}", answers, seed=seed, method=method, sampling="original"
            )
    return tmp_path


def change(run: Path, edit: Callable[[pd.DataFrame], object]) -> None:
    """Rewrites the predictions of a run, and its protocol with them."""
    table = pd.read_csv(run / "predictions.csv", dtype={"id": str})
    edited = edit(table)
    write_predictions(run, table if edited is None else edited)  # type: ignore[arg-type]


def both(
    runs: Path, a: str = "paper-cross_entropy-seed0", b: str = "paper-focal-seed0", all_seeds: bool = False
) -> tuple:
    return read_sides(runs / a, runs / b, all_seeds=all_seeds)


def test_images_are_paired_by_their_names_and_not_by_their_place(runs: Path) -> None:
    plain = both(runs)
    assert (len(plain[0].answers), len(plain[0].answers[0])) == (1, 40)
    change(runs / "paper-focal-seed0", lambda table: table.sample(frac=1, random_state=0))
    change(runs / "paper-focal-seed0", lambda table: table[[*table.columns[:5], *table.columns[:4:-1]]])
    again = both(runs)
    for one, other in zip(plain, again, strict=True):
        assert one.answers[0].class_names == other.answers[0].class_names
        assert (one.answers[0].labels == other.answers[0].labels).all()
        assert np.array_equal(one.answers[0].probabilities, other.answers[0].probabilities)


def test_run_stands_for_all_its_seeds_the_named_one_first(runs: Path) -> None:
    write_answers(runs / "paper-cross_entropy-balanced-seed0", made_answers(40, 1)[0], method="cross_entropy")
    (runs / "paper-cross_entropy-seed0.log").touch()
    (runs / "paper-cross_entropy-seed4").mkdir()
    (runs / "paper-cross_entropy-seed10" / "finished.json").rename(runs / "kept")
    a, b = both(runs, "paper-cross_entropy-seed1", all_seeds=True)
    assert ([run.name for run in a.runs], a.seeds) == (
        ["paper-cross_entropy-seed1", "paper-cross_entropy-seed0"],
        (1, 0),
    )
    assert sorted(a.unfinished) == ["paper-cross_entropy-seed10", "paper-cross_entropy-seed4"]
    assert b.seeds == (0, 2) and not b.unfinished
    (runs / "kept").rename(runs / "paper-cross_entropy-seed10" / "finished.json")
    assert both(runs, all_seeds=True)[0].seeds == (0, 1, 10)


def test_seeds_are_found_from_inside_the_folder_and_past_a_slash(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(runs / "paper-focal-seed2")
    a, _ = read_sides(Path(), Path("../paper-cross_entropy-seed0/"), all_seeds=True)
    assert a.seeds == (2, 0)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda table: table[table["id"] != "i0003"],
            r"of 40 and 39, 1 in the first alone\. Comparisons need one protocol",
        ),
        (lambda table: table.replace({"id": {"i0003": "new"}}), r"of 40 and 40, 1 in the first alone, 1 in the second"),
        (lambda table: table.assign(label="a"), r"of 40 and 40, \d+ with another label\."),
        (lambda table: table.assign(group="g0"), r"39 in another group\..*train both with the same --protocol and"),
    ],
)
def test_other_images_are_counted_and_refused(runs: Path, edit: Callable, message: str) -> None:
    change(runs / "paper-focal-seed0", edit)
    with pytest.raises(ValueError, match=message):
        both(runs)


def test_images_of_every_seed_are_checked(runs: Path) -> None:
    change(runs / "paper-focal-seed2", lambda table: table.assign(label="a"))
    both(runs)
    with pytest.raises(ValueError, match=r"paper-focal-seed2 were not tested on the same images"):
        both(runs, all_seeds=True)


def test_other_classes_are_refused(runs: Path) -> None:
    metrics = runs / "paper-focal-seed0" / "metrics.json"
    metrics.write_text(metrics.read_text().replace('"d"', '"e"'))
    with pytest.raises(ValueError, match=r"have other classes: received a, b, c, d and a, b, c, e\. Comparisons need"):
        both(runs)


def test_same_run_twice_is_refused_and_two_seeds_of_one_method_only_as_methods(runs: Path) -> None:
    seed0, seed1 = "paper-cross_entropy-seed0", "paper-cross_entropy-seed1"
    with pytest.raises(ValueError, match=r"A and B are the same: received .*name another"):
        both(runs, seed0, f"../{runs.name}/{seed0}")
    with pytest.raises(ValueError, match=r"A and B are the same: .*with --seeds two methods"):
        both(runs, seed0, seed1, all_seeds=True)
    assert both(runs, seed0, seed1)[1].seeds == (1,)


def test_name_without_seed_stands_for_nothing(runs: Path) -> None:
    (runs / "paper-focal-seed0").rename(runs / "mine")
    with pytest.raises(ValueError, match=r"mine has no seed in its name: .*-seedN at the end\..*leave --seeds out"):
        both(runs, b="mine", all_seeds=True)
    both(runs, b="mine")


@pytest.mark.parametrize(("name", "all_seeds"), [("finished.json", False), ("predictions.csv", True)])
def test_named_run_must_be_finished(runs: Path, name: str, all_seeds: bool) -> None:
    (runs / "paper-focal-seed0" / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"No {name} in .*paper-focal-seed0"):
        both(runs, all_seeds=all_seeds)


def test_settings_without_a_section_of_their_method_are_named(runs: Path) -> None:
    settings = runs / "paper-focal-seed0" / "settings.toml"
    settings.write_text(settings.read_text().split("[focal]")[0])
    with pytest.raises(ValueError, match=rf"^{settings} cannot be read: received no section focal\."):
        both(runs)


def test_seeds_that_differ_by_more_are_refused(runs: Path) -> None:
    settings = runs / "paper-focal-seed2" / "settings.toml"
    settings.write_text(settings.read_text().replace("batch_size", "batch_size = 7 #", 1))
    with pytest.raises(
        ValueError, match=r"differ by more than their seed: training.batch_size \d+ and 7\. With --seeds"
    ):
        both(runs, all_seeds=True)


def test_one_training_twice_is_no_two_seeds(runs: Path) -> None:
    settings = runs / "paper-focal-seed2" / "settings.toml"
    settings.write_text(settings.read_text().replace("seed = 2", "seed = 0", 1))
    with pytest.raises(ValueError, match=r"were trained with the same seed: received 0, 0\. Each has its own"):
        both(runs, all_seeds=True)
    same = (runs / "paper-focal-seed0" / "predictions.csv").read_text()
    (runs / "paper-focal-seed2" / "predictions.csv").write_text(same)
    with pytest.raises(ValueError, match=r"give equal answers: they are one training twice, not two seeds"):
        both(runs, all_seeds=True)
