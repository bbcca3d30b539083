"""`python -m conbal_tf.compare`: two runs, two methods, and what is said of them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.compare import main
from tests.reporting.run_folders import environment
from tests.tables.made_runs import made_answers, write_answers

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with three seeds each of a method, of the same under another name, and of a better one."""
    folder = tmp_path_factory.mktemp("runs")
    kinds = (("cross_entropy", "plain", 2.0), ("cross_entropy", "again", 2.0), ("focal", "better", 6.0))
    for start, (method, name, skill) in enumerate(kinds):
        answers = made_answers(100, 3, start=5 * start, images_of_a_group=2, skill=skill, seed_noise=0.1)
        for seed, its in enumerate(answers):
            write_answers(folder / f"{name}-seed{seed}", its, seed=seed, method=method, sampling="original")
    (lucky,) = made_answers(100, 1, start=10, images_of_a_group=2, skill=6.0)
    write_answers(folder / "lucky-seed9", lucky, seed=9, method="cross_entropy", sampling="original")
    write_answers(
        folder / "lonely-seed0", made_answers(100, 1, images_of_a_group=2)[0], method="ohem", sampling="original"
    )
    return folder


def printed(capsys: pytest.CaptureFixture[str], *flags: str | Path) -> str:
    """Returns what the command prints, its paragraphs as one line each."""
    main(list(map(str, flags)))
    out = capsys.readouterr().out
    assert all(len(line) <= 100 for line in out.splitlines() if not line.startswith(("A: ", "B: ", "Written: ")))
    return "\n".join(paragraph.replace("\n", " ") for paragraph in out.split("\n\n"))


def test_two_runs_that_differ_are_told_apart_as_models_and_written(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.json"
    said = printed(capsys, runs / "plain-seed0", runs / "better-seed0", "--out", out)
    assert "the same 100 test images, 50 groups" in said and "method (cross_entropy, focal)" in said
    assert "These two trained models, on images like these: B is better in accuracy (by" in said
    assert "Whether the methods differ can't be told from one seed each" in said
    found = json.loads(out.read_text())
    assert found["overall"]["accuracy"]["verdict"] == "B better"
    assert (found["question"], found["a"]["seeds"]) == ("models", [0])
    assert all(sentence in said for sentence in found["sentences"])
    assert [file.name for file in tmp_path.iterdir()] == ["found.json"]


@pytest.mark.parametrize(
    ("dataset", "facts", "ordered"),
    [("aptos", {}, True), ("folder", {}, False), ("folder", {"ordered": True}, True), ("isic2018", {}, False)],
)
def test_kappa_is_compared_where_the_order_of_classes_is_known(
    dataset: str, facts: dict, ordered: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for method, answers in zip(("cross_entropy", "focal"), made_answers(40, 2), strict=True):
        run = write_answers(tmp_path / method, answers, method=method, sampling="original", dataset=dataset)
        (run / "environment.json").write_text(json.dumps(environment(dataset={"fingerprint": "f", **facts})))
    said = printed(capsys, tmp_path / "cross_entropy", tmp_path / "focal")
    assert ("quadratic weighted kappa" in said) == ordered and "macro F1" in said


def test_mix_of_classes_may_vary_and_is_said_to(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "found.json"
    said = printed(capsys, runs / "plain-seed0", runs / "better-seed0", "--class_mix", "varied", "--out", out)
    assert "Intervals let the mix of classes vary" in said and json.loads(out.read_text())["class_mix"] == "varied"


@pytest.mark.parametrize("other", ["plain-seed1", "lucky-seed9"])
def test_runs_that_differ_by_seed_alone_claim_nothing(
    runs: Path, other: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.json"
    said = printed(capsys, runs / "plain-seed0", runs / other, "--out", out)
    found = json.loads(out.read_text())
    assert (found["overall"]["accuracy"]["p"] < 0.01) == (other == "lucky-seed9")
    entries = [*found["overall"].values(), *(its["f1"] for its in found["per_class"].values())]
    assert {entry["verdict"] for entry in entries} == {"one method"}
    assert "All their settings are equal but for the seed" in said
    assert "A and B are one method trained twice: no difference is claimed" in said and "is better" not in said
    assert not re.search(r"(<|\d\.\d{3}) +[AB]$", said, re.MULTILINE)


def test_methods_that_differ_are_told_apart_over_seeds(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, runs / "plain-seed0", runs / "better-seed2", "--seeds")
    assert "better-seed2, seeds 2, 0, 1" in said and " ±0." in said
    assert "averaged over seeds (3 of A and 3 of B), on images like these: B is better in accuracy (by" in said
    assert "It holds for this split" in said and "one seed" not in said


def test_method_is_not_told_from_itself_over_seeds(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, runs / "plain-seed0", runs / "again-seed0", "--seeds")
    assert "A and B are one method trained twice: no difference is claimed" in said


def test_methods_of_one_seed_are_compared_as_models_and_said_to_be(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = printed(capsys, runs / "plain-seed0", runs / "lonely-seed0", "--seeds")
    assert "A has 3 finished seeds (0, 1, 2) and B has 1 finished seed (0); 2 of each are the least" in said
    assert "These two trained models" in said


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["plain-seed0", "nowhere"], "No finished.json in"),
        (["plain-seed0", "plain-seed0"], "A and B are the same"),
        (["plain-seed0", "better-seed0", "--out", "nowhere/found.json"], "Cannot write nowhere/found.json: it is a"),
        (["plain-seed0", "better-seed0", "--out", "plain-seed0"], "Cannot write plain-seed0: it is a folder"),
    ],
)
def test_mistake_is_one_line(
    runs: Path, flags: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(runs)
    with pytest.raises(SystemExit) as stopped:
        main(flags)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"python -m conbal_tf.compare: {message}") and error.count("\n") == 1


def test_it_needs_no_tensorflow(runs: Path) -> None:
    script = (
        "import sys; from conbal_tf.compare import main; main(sys.argv[1:]); "
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script, str(runs / "plain-seed0"), str(runs / "better-seed0"), "--seeds"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
