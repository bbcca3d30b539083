"""The main command on one's own images, from the files to the served model."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from conbal_tf.train import main

SHORT = (
    "--data.record_size=16", "--data.image_size=16", "--data.test_size=16", "--network.width=4",
    "--training.batch_size=8", "--training.length=2 updates", "--training.warmup=0 epochs",
    "--classifier.batch_size=8", "--classifier.length=2 updates",
)  # fmt: skip
KEEP = "--keep_missing=True"
COUNTS = {"NA": 6, "benign": 12, "melanoma": 6}


@pytest.fixture
def moles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a working folder with images of 3 classes in moles/, and a table of them."""
    rows = []
    random = np.random.default_rng(0)
    for label, count in COUNTS.items():
        (tmp_path / "moles" / label).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 255, (20, 24, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "moles" / label / f"{label}{number}.png")
            rows.append(f"{label}{number};{label};p{number // 2}")
    (tmp_path / "labels.csv").write_text("\n".join(["file;label;patient", *rows]), encoding="utf-16")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(flags)
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    *notes, error = printed.err.splitlines()
    assert printed.out == "" and all(note.startswith("Note: ") for note in notes)
    return error


def test_folder_of_classes_is_trained_and_its_settings_file_repeats_the_command(
    moles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--dataset", "folder", "--images", "moles", "--method", "cross_entropy", KEEP, *SHORT[:7]])
    (run,) = (moles / "runs" / "moles").iterdir()
    table = pd.read_csv(run / "predictions.csv", keep_default_na=False)
    assert set(table["label"]) == set(COUNTS) and table["id"].str.match(r"(NA|benign|melanoma)/\w+").all()
    assert (run / "export" / "1" / "saved_model.pb").is_file()
    assert pd.read_csv(run / "history.csv")["stage"].unique().tolist() == ["cross_entropy"]
    assert (run / "backbone.keras").exists()
    assert "[contrastive]" not in (run / "settings.toml").read_text()
    assert "python -m conbal_tf.train --config records/moles/moles.toml" in capsys.readouterr().out
    main(["--config", "records/moles/moles.toml", "--method", "cross_entropy", *SHORT[:7]])
    assert "is finished" in capsys.readouterr().out
    (moles / "moles" / "benign" / "benign0.png").unlink()
    words = refused(capsys, "--config", "records/moles/moles.toml", *SHORT)
    assert "1 (benign/benign0) gone" in words
    assert (
        "--dataset folder --records records --image_size 16 --images moles --name moles --keep_missing True --overwrite"
        in words
    )


@pytest.mark.slow
def test_table_of_labels_is_trained_with_both_stages(moles: Path) -> None:
    columns = ["--image_column=file", "--label_column=label", "--group_column=patient"]
    main(["--dataset", "csv", "--images", "moles", "--labels", "labels.csv", *columns, "--name", "mine", KEEP, *SHORT])
    (run,) = (moles / "runs" / "mine").iterdir()
    assert json.loads((run / "environment.json").read_text())["dataset"]["class_counts"] == COUNTS
    assert set(pd.read_csv(run / "predictions.csv", keep_default_na=False)["group"]) <= {f"p{n}" for n in range(6)}
    assert 'group_column = "patient"' in (moles / "records" / "mine" / "mine.toml").read_text()


@pytest.mark.slow
def test_bits_of_16_bit_files_go_from_the_flag_to_records_settings_and_the_served_model(
    moles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, path in enumerate(sorted((moles / "moles").rglob("*.png"))):
        Image.fromarray(np.random.default_rng(number).integers(0, 4096, (20, 24), np.uint16)).save(path)
    flags = ["--dataset", "folder", "--images", "moles", "--method", "cross_entropy", KEEP, *SHORT[:7]]
    assert "--bits 12" in refused(capsys, *flags) and not (moles / "records").exists()
    main([*flags, "--bits", "12"])
    (run,) = (moles / "runs" / "moles").iterdir()
    assert "bits = 12" in (run / "settings.toml").read_text()
    assert "bits = 12" in (moles / "records" / "moles" / "moles.toml").read_text()
    table = pd.read_csv(run / "predictions.csv", keep_default_na=False).query("part == 'test'")
    serve = tf.saved_model.load(str(run / "export" / "1")).signatures["serving_default"]
    answers = serve(image_bytes=tf.constant([(moles / "moles" / f"{name}.png").read_bytes() for name in table["id"]]))
    np.testing.assert_allclose(answers["probabilities"], table[[f"p_{name}" for name in COUNTS]], atol=0.02)
    capsys.readouterr()
    assert "made with --bits 12, and this is without --bits" in refused(capsys, *flags, "--run", "other")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--dataset=folder", "--images=mole"], "There is no folder mole. Did you mean moles?"),
        (
            ["--dataset=csv", "--images=moles", "--labels=labels.csv", "--image_column=file", "--label_column=Labels"],
            "Did you mean 'label'?",
        ),
    ],
)
def test_mistake_in_the_data_is_one_line_and_nothing_is_written(
    moles: Path, capsys: pytest.CaptureFixture[str], flags: list[str], words: str
) -> None:
    assert words in refused(capsys, *flags)
    assert sorted(path.name for path in moles.iterdir()) == ["labels.csv", "moles"]


def test_data_set_smaller_than_a_batch_is_told_with_the_flag(moles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--dataset", "folder", "--images", "moles", KEEP, *SHORT, "--training.batch_size=64"])
    assert "--training.batch_size 21" in capsys.readouterr().err
