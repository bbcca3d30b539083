"""`python -m conbal_tf.evaluate`: a run's score, and what is left of it without leaks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conbal_tf.evaluate import main
from conbal_tf.evaluation import explanations
from conbal_tf.experiments.explaining import make_pictures
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings

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


def test_pictures_are_of_the_runs_classifier_records_and_protocol(
    finished_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list = []

    def explain(*arguments: object, **_: object) -> Path:
        given.extend(arguments)
        return finished_run / "file"

    monkeypatch.setattr(explanations, "explain", explain)
    make_pictures(finished_run)
    examined, run = given
    assert run == finished_run
    assert examined.data.protocol == finished_run / "protocol.csv"
    assert (examined.view.test_size, examined.view.test_resize, examined.train_parts) == (12, "square", ("train",))
    assert examined.classifier.output_shape == (None, 10)
    assert f"Written: {finished_run / 'file'}" in capsys.readouterr().out


@pytest.mark.slow
def test_pictures_of_a_finished_run_are_made_in_a_process_of_its_own(finished_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished_run, run, ignore=shutil.ignore_patterns("export", "checkpoints", "logs"))
    (run / "explanations.npz").unlink()
    command = [sys.executable, "-m", "conbal_tf.evaluate", str(run), "--pictures"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "explanations.npz, in " in done.stdout.splitlines()[-1]
    assert done.stderr == ""
    with np.load(finished_run / "explanations.npz") as first, np.load(run / "explanations.npz") as second:
        assert sorted(first) == sorted(second)
        assert all(np.array_equal(first[name], second[name]) for name in first if first[name].dtype.kind == "U")


def test_missing_records_are_one_line_that_says_how_to_make_them(
    finished_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(finished_run), "--pictures", "--records", str(tmp_path / "nowhere")])
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"No records in {tmp_path / 'nowhere'}/digits/px16/" in line
    assert "--records DIR, or make them: python -m tfrecords_tools.build --dataset digits --records" in line
    assert line.endswith("--image_size 16")


@pytest.fixture
def run_of_own_images(tmp_path: Path) -> Path:
    """Returns a folder that looks like a run on own images, as far as records are looked for."""
    of_csv = {"images": Path("my moles"), "labels": Path("moles.csv"), "label_column": "kind", "name": "moles"}
    (tmp_path / "settings.toml").write_text(to_toml(Settings(dataset="csv", **of_csv)))  # type: ignore[arg-type]
    for name in ("classifier.keras", "predictions.csv", "embeddings.npz", "protocol.csv"):
        (tmp_path / name).touch()
    return tmp_path


def test_command_that_makes_own_images_names_where_they_came_from(run_of_own_images: Path) -> None:
    expected = (
        r"No records in nowhere/moles/px16.* --dataset csv .* --images 'my moles' --labels moles.csv .*--name moles"
    )
    with pytest.raises(FileNotFoundError, match=expected):
        make_pictures(run_of_own_images, Path("nowhere"))


def test_records_of_an_older_version_or_of_other_bits_are_not_taken_for_the_runs(run_of_own_images: Path) -> None:
    records = run_of_own_images / "records"
    for version in ("2.0.0", "3.0.0"):
        folder = records / "moles" / "px16" / version
        folder.mkdir(parents=True)
        for name in ("dataset_info.json", "features.json"):
            (folder / name).touch()
        (folder / "metadata.json").write_text('{"bits": 12}')
        wrong = (
            "version 2.0.0 are not read any more" if version == "2.0.0" else "made with --bits 12, and this is without"
        )
        with pytest.raises((FileNotFoundError, ValueError), match=wrong):
            make_pictures(run_of_own_images, records)
