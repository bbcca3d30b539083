"""`python -m conbal_tf.evaluate RUN --pictures`: what the page shows of a run's images, from its records."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conbal_tf.evaluate import main
from conbal_tf.evaluation import explanations
from conbal_tf.run.explaining import make_pictures
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings

ROOT = Path(__file__).parents[1]


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
