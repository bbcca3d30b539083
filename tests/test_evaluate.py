"""`python -m conbal_tf.evaluate`: a run's score, and what is left of it without leaks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.evaluate import main

ROOT = Path(__file__).parents[1]


@pytest.fixture
def copied_run(finished_run: Path, tmp_path: Path) -> Path:
    """Returns a copy of a finished run."""
    run = tmp_path / "run"
    shutil.copytree(finished_run, run, ignore=shutil.ignore_patterns("export", "checkpoints", "logs"))
    return run


@pytest.fixture
def leaking_run(copied_run: Path) -> Path:
    """Returns a copy of a finished run, in whose protocol every third test image has a relative in train."""
    run = copied_run
    protocol = pd.read_csv(run / "protocol.csv", dtype=str)
    train = protocol.loc[protocol["part"] == "train", "group"].tolist()
    test = protocol.index[protocol["part"] == "test"][::3]
    protocol.loc[test, "group"] = train[: len(test)]
    protocol.to_csv(run / "protocol.csv", index=False)
    predictions = pd.read_csv(run / "predictions.csv", dtype=str)
    predictions["group"] = predictions["id"].map(protocol.set_index("id")["group"])
    predictions.to_csv(run / "predictions.csv", index=False)
    return run


def test_run_under_the_default_protocol_does_not_leak(finished_run: Path) -> None:
    leaks = json.loads((finished_run / "leaks.json").read_text())
    assert leaks["share"] == 0
    assert sum(leaks["tested"].values()) == 540


def test_scores_of_a_run_that_leaks_are_printed(leaking_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(leaking_run)])
    assert "balanced accuracy" in capsys.readouterr().out


def test_leaks_are_counted_and_what_they_flatter_is_written(
    leaking_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(leaking_run), "--without_leaks"])
    printed = capsys.readouterr().out
    assert "180 of 540 test images (33 %) share their group" in printed
    assert "leaks flatter by" in printed
    written = json.loads((leaking_run / "metrics_without_leaks.json").read_text())
    predictions = pd.read_csv(leaking_run / "predictions.csv", dtype=str)
    protocol = pd.read_csv(leaking_run / "protocol.csv", dtype=str)
    train = set(protocol.loc[protocol["part"] != "test", "group"])
    clean = set(protocol.loc[(protocol["part"] == "test") & ~protocol["group"].isin(train), "id"])
    kept = predictions[predictions["id"].isin(clean)]
    assert len(kept) == 360
    assert written["without_leaks"]["accuracy"] == pytest.approx((kept["label"] == kept["predicted"]).mean())
    assert written["all"]["accuracy"] == json.loads((leaking_run / "metrics.json").read_text())["accuracy"]


def test_scores_are_computed_anew_from_the_answers(copied_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained = json.loads((copied_run / "metrics.json").read_text())
    (copied_run / "calibration.json").unlink()
    main([str(copied_run)])
    assert (copied_run / "calibration.json").is_file()
    assert json.loads((copied_run / "metrics.json").read_text()) == trained
    main([str(copied_run), "--positive", "eight,nine", "--specificity", "0.8"])
    (point,) = json.loads((copied_run / "metrics.json").read_text())["operating_points"]
    assert (point["positive"], point["specificity"]) == (["eight", "nine"], 0.8)
    assert "eight or nine: " in capsys.readouterr().out
    predictions = pd.read_csv(copied_run / "predictions.csv", dtype={"id": str, "group": str})
    predictions.loc[predictions["part"] == "test", "label"] = "zero"
    predictions.to_csv(copied_run / "predictions.csv", index=False)
    main([str(copied_run)])
    assert json.loads((copied_run / "metrics.json").read_text())["accuracy"] < 0.5


def test_mix_of_classes_may_vary(copied_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(copied_run), "--class_mix", "varied"])
    varied = json.loads((copied_run / "metrics.json").read_text())["intervals"]
    main([str(copied_run)])
    fixed = json.loads((copied_run / "metrics.json").read_text())["intervals"]
    assert (varied["stratified"], fixed["stratified"]) == (False, True)
    assert varied["overall"]["accuracy"] != fixed["overall"]["accuracy"]


def test_broken_predictions_leave_the_scores_alone(leaking_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (leaking_run / "metrics.json").read_bytes()
    (leaking_run / "predictions.csv").write_text("id,part\n")
    with pytest.raises(SystemExit) as stopped:
        main([str(leaking_run)])
    assert stopped.value.code == 2
    assert "predictions.csv cannot be read: received no column group, label, predicted" in capsys.readouterr().err
    assert (leaking_run / "metrics.json").read_bytes() == before


def test_scores_without_the_training_images_of_a_class_are_one_line(
    leaking_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (leaking_run / "metrics.json").write_text('{"part": "test", "class_names": ["zero"]}')
    with pytest.raises(SystemExit) as stopped:
        main([str(leaking_run)])
    assert stopped.value.code == 2
    assert "metrics.json cannot be read: received no train_counts" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["nowhere"], ["--without_leaks", "nowhere"]])
def test_run_that_is_not_there_is_one_line(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(flags)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("python -m conbal_tf.evaluate: No finished.json in nowhere")


def test_it_needs_no_tensorflow(leaking_run: Path) -> None:
    script = (
        "import sys; from conbal_tf.evaluate import main; main(sys.argv[1:]); "
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script, str(leaking_run), "--without_leaks"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
