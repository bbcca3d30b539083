"""`python -m conbal_tf.export`: a finished run once more as a SavedModel, as it is and calibrated."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from conbal_tf.export import main
from conbal_tf.settings.schema import Data, Settings
from tests.reporting.run_folders import metrics, write_run
from tests.scores.made_predictions import write_predictions

ROOT = Path(__file__).parents[1]
NAMES = ("nevus", "melanoma", "NA")
ELSEWHERE = (0.2, 0.5, 0.3)
IMAGES = 24


@pytest.fixture(scope="module")
def image_bytes() -> list[bytes]:
    """Returns encoded images of several sizes, lossless, so that nothing lies between them and the network."""
    from PIL import Image

    random, encoded = np.random.default_rng(0), []
    for number in range(IMAGES):
        pixels = random.integers(0, 256, (4, 4, 3)).astype(np.uint8).repeat(5 + number % 3, 0).repeat(6, 1)
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        encoded.append(stream.getvalue())
    return encoded


@pytest.fixture(scope="module")
def finished(image_bytes: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of a run whose classifier is random, with its answers to the images in both parts."""
    import keras
    import tensorflow as tf

    from conbal_tf.data.pipeline import TestView, prepare_test_image
    from conbal_tf.networks.heads import classifier, classifier_head
    from tfrecords_tools.pixels import images

    keras.utils.set_random_seed(0)
    shown_images = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(8, 3, activation="relu")(shown_images)
    backbone = keras.Model(shown_images, keras.layers.GlobalAveragePooling2D()(maps))
    head = classifier_head(8, len(NAMES))
    head.get_layer("logits").kernel.assign(8 * head.get_layer("logits").kernel)  # as sure as a network that learnt
    model = classifier(backbone, head)
    settings, scores = Settings(data=Data(record_size=16, test_size=12)), dict.fromkeys(NAMES, 0.5)
    run = write_run(
        tmp_path_factory.mktemp("finished") / "run", settings, metrics(scores, dict.fromkeys(NAMES, IMAGES))
    )
    model.save(run / "classifier.keras")
    shown = [
        prepare_test_image(images.as_stored(*images.decode_for(encoded, 16, "none"), 16, "none"), TestView(12))
        for encoded in image_bytes
    ]
    p = model(tf.stack(shown)).numpy()
    table = pd.DataFrame(p, columns=[f"p_{name}" for name in NAMES])
    labels = np.array(NAMES)[np.random.default_rng(1).choice(3, IMAGES, p=[0.8, 0.1, 0.1])]
    table = table.assign(group="", label=labels, predicted=np.array(NAMES)[p.argmax(axis=1)])
    parts = [table.assign(part=part, id=[f"{part}{i}" for i in range(IMAGES)]) for part in ("validation", "test")]
    write_predictions(run, pd.concat(parts))
    return run


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """Returns a copy of that run."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def served(model: Path, image_bytes: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Returns probabilities and labels that an exported model answers."""
    import tensorflow as tf

    answers = tf.saved_model.load(str(model)).signatures["serving_default"](image_bytes=tf.constant(image_bytes))
    return answers["probabilities"].numpy(), answers["label"].numpy()


def predicted(run: Path) -> np.ndarray:
    table = pd.read_csv(run / "predictions.csv", keep_default_na=False)
    return table[table["part"] == "test"][[f"p_{name}" for name in NAMES]].to_numpy()


def test_model_answers_as_in_predictions_csv_and_takes_the_next_version(run: Path, image_bytes: list[bytes]) -> None:
    for name in ("1", "9", ".unfinished_10_x", "notes"):
        (run / "export" / name).mkdir(parents=True)
        (run / "export" / name / "old").touch()
    main([str(run)])
    assert sorted(path.name for path in (run / "export").iterdir()) == ["1", "10", "9", "notes"]
    assert (run / "export" / "1" / "old").exists() and (run / "export" / "9" / "old").exists()
    assert not (run / "export" / "10" / "old").exists()  # what an interrupted export left is no part of the model
    probabilities, labels = served(run / "export" / "10", image_bytes)
    np.testing.assert_allclose(probabilities, predicted(run), atol=1e-5)
    np.testing.assert_array_equal(labels, predicted(run).argmax(axis=1))
    assert not (run / "calibration.json").exists()


def test_calibrated_model_answers_as_the_formula_says(
    run: Path, image_bytes: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(run), "--calibrate", "--out", str(run / "models" / "calibrated")])
    assert "Written: " in (printed := capsys.readouterr().out) and "strength of the class prior" in printed
    found = json.loads((run / "calibration.json").read_text())
    prior = np.array([found["class_prior"][name] for name in NAMES])
    offsets = found["prior_strength"] * np.log(prior * 3)
    expected = softmax(np.log(predicted(run)) / found["temperature"] + offsets, axis=1)
    assert np.abs(expected - predicted(run)).max() > 0.1
    probabilities, labels = served(run / "models" / "calibrated", image_bytes)
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)
    np.testing.assert_array_equal(labels, expected.argmax(axis=1))
    kept = json.loads((run / "models" / "calibrated" / "assets.extra" / "calibration.json").read_text())
    assert kept == {"temperature": found["temperature"], "offsets": pytest.approx(offsets.tolist())}


def test_prior_of_another_place_weights_the_calibrated_answers(run: Path, image_bytes: list[bytes]) -> None:
    shares = [f"{name}={share}" for name, share in zip(NAMES, ELSEWHERE, strict=True)]
    main([str(run), "--calibrate", "--prior", *shares])
    found = json.loads((run / "calibration.json").read_text())
    prior = np.array([found["class_prior"][name] for name in NAMES])
    here = softmax(np.log(predicted(run)) / found["temperature"] + found["prior_strength"] * np.log(prior * 3), axis=1)
    there = here * np.array(ELSEWHERE) / prior  # Bayes
    probabilities, _ = served(run / "export" / "1", image_bytes)
    np.testing.assert_allclose(probabilities, there / there.sum(axis=1, keepdims=True), atol=1e-5)


def test_model_that_is_not_to_be_replaced_stays(finished: Path, tmp_path: Path) -> None:
    import keras

    from conbal_tf.data.pipeline import TestView
    from conbal_tf.serving.export import export

    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "old").touch()
    model = keras.models.load_model(finished / "classifier.keras", compile=False)
    with pytest.raises(FileExistsError, match="not replaced"):
        export(model, NAMES, TestView(12), 16, tmp_path / "1", replace=False)
    assert [path.name for path in (tmp_path / "1").iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("flags", "gone", "message"),
    [
        (["nowhere"], None, "No finished.json in nowhere: received a path that is no folder"),
        (["RUN"], "finished.json", "No finished.json in RUN: received a folder with"),
        (["RUN"], "classifier.keras", "No classifier.keras in RUN"),
        (["RUN", "--calibrate"], "predictions.csv", "No predictions.csv in RUN"),
        (["RUN", "--out", "RUN/metrics.json"], None, "RUN/metrics.json exists already. A model is written to a new"),
        (["RUN", "--out", "RUN/a[0.1]"], None, "--out is 'RUN/a[0.1]'; TensorFlow takes '[' for a pattern"),
        (["RUN", "--prior", "nevus=.5"], None, "--prior is received without --calibrate"),
        (["RUN", "--calibrate", "--prior", "nevus=.5"], None, "--prior does not name each class once"),
    ],
)
def test_mistake_is_one_line_and_nothing_is_written(
    run: Path, flags: list[str], gone: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if gone:
        (run / gone).unlink()
    before = sorted(path.name for path in run.iterdir())
    with pytest.raises(SystemExit) as stopped:
        main([flag.replace("RUN", str(run)) for flag in flags])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"python -m conbal_tf.export: {message.replace('RUN', str(run))}")
    assert len(error.splitlines()) == 1
    assert sorted(path.name for path in run.iterdir()) == before


def test_mistake_is_found_without_tensorflow(run: Path) -> None:
    script = (
        "import sys; from conbal_tf.export import export; from pathlib import Path\n"
        "try: export(Path(sys.argv[1]), calibrate=True, prior=['x=1'])\n"
        "except ValueError as error: print(str(error)[:7], 'tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(run)], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "--prior False False\n", done.stderr
