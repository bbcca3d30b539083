"""calibration.json, from predictions.csv and settings.toml."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from conbal_tf.scores.calibration import DIAL, calibrate, calibration_of
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Data, Settings
from tests.scores.made_predictions import write_predictions

NAMES = ("nevus", "melanoma", "NA")
PRIOR = np.array([0.8, 0.15, 0.05])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Returns a run whose classifier answers as if classes were equally frequent, and is twice as sure as it may be."""
    random, tables = np.random.default_rng(0), []
    for part, n in (("validation", 400), ("test", 1500)):
        labels = random.choice(3, n, p=PRIOR)
        logits = random.normal(1.5 * np.eye(3)[labels], 1.0) * 1.5 * 2
        p = pd.DataFrame(softmax(logits, axis=1).astype(np.float32), columns=[f"p_{name}" for name in NAMES])
        names = np.array(NAMES)
        facts = {"id": [f"{part}{i}" for i in range(n)], "part": part, "group": "", "label": names[labels]}
        tables.append(pd.concat([pd.DataFrame(facts).assign(predicted=names[p.to_numpy().argmax(axis=1)]), p], axis=1))
    write_predictions(tmp_path, pd.concat(tables))
    (tmp_path / "settings.toml").write_text(to_toml(Settings()))
    return tmp_path


def test_temperature_and_prior_are_found_and_help_on_images_that_they_were_not_fitted_on(run: Path) -> None:
    found = calibrate(run)
    assert found["temperature"] == pytest.approx(2.0, rel=0.15)
    assert found["prior_strength"] == pytest.approx(1.0, abs=0.2)
    for part in ("validation", "test"):
        before, temperature, after = (found[part][state] for state in ("before", "temperature", "after"))
        assert after["log_loss"] < temperature["log_loss"] < before["log_loss"]
        assert after["classwise_ece"] < before["classwise_ece"]
        assert after["accuracy"] > before["accuracy"]
        for name in ("accuracy", "balanced_accuracy", "macro_f1"):
            assert temperature[name] == before[name]


def test_file_holds_what_is_returned_and_formula_gives_its_figures(run: Path) -> None:
    found = calibrate(run)
    assert json.loads((run / "calibration.json").read_text()) == found
    assert not list(run.glob("unfinished*"))
    table = pd.read_csv(run / "predictions.csv", keep_default_na=False)
    validation, test = (table[table["part"] == part] for part in ("validation", "test"))
    prior = np.array([(validation["label"] == name).mean() for name in NAMES])
    assert list(found["class_prior"]) == list(NAMES)
    np.testing.assert_allclose(list(found["class_prior"].values()), prior)
    p = test[[f"p_{name}" for name in NAMES]].to_numpy()
    changed = softmax(np.log(p) / found["temperature"] + found["prior_strength"] * np.log(prior * 3), axis=1)
    truth = np.array([NAMES.index(label) for label in test["label"]])
    assert found["test"]["after"]["log_loss"] == pytest.approx(-np.log(changed[range(len(p)), truth]).mean())
    assert found["test"]["after"]["accuracy"] == pytest.approx((changed.argmax(axis=1) == truth).mean())
    assert found["test"]["before"]["log_loss"] == pytest.approx(-np.log(p[range(len(p)), truth]).mean())


def test_reliability_counts_every_image_and_gives_the_calibration_error(run: Path) -> None:
    found = calibrate(run)
    for state in ("before", "after"):
        bins = {name: np.array(values) for name, values in found["reliability"]["test"][state].items()}
        assert bins["count"].sum() == 1500 and bins["count"].min() > 0
        gaps = np.abs(bins["confidence"] - bins["accuracy"])
        assert np.average(gaps, weights=bins["count"]) == pytest.approx(found["test"][state]["ece"])


def test_dial_passes_through_the_classifier_as_trained_and_ends_beyond_the_datas_prior(run: Path) -> None:
    found = calibrate(run)
    dial = found["prior_dial"]
    assert dial["strength"] == list(DIAL) and DIAL[0] == -1.5 and DIAL[-1] == 1.5
    at_0, at_1 = DIAL.index(0.0), DIAL.index(1.0)
    for name in ("accuracy", "balanced_accuracy", "macro_f1"):
        assert len(dial[name]) == len(DIAL)
        assert dial[name][at_0] == found["test"]["before"][name]
    assert dial["accuracy"][at_1] > dial["accuracy"][at_0]
    assert dial["balanced_accuracy"][at_1] < dial["balanced_accuracy"][at_0]


@pytest.mark.parametrize(("parts", "expected"), [(("train",), False), (("train", "validation"), True)])
def test_validation_that_was_trained_on_is_told(run: Path, parts: tuple, expected: bool) -> None:
    (run / "settings.toml").write_text(to_toml(Settings(data=Data(train_parts=parts))))
    assert calibrate(run)["fitted_on_training"] is expected


def test_class_without_a_validation_image_keeps_a_probability(run: Path) -> None:
    table = pd.read_csv(run / "predictions.csv", keep_default_na=False)
    table = table[(table["part"] == "test") | (table["label"] != "NA")]
    write_predictions(run, table)
    found = calibrate(run)
    assert 0 < found["class_prior"]["NA"] < 0.5 / 350
    assert all(np.isfinite(value) for value in found["test"]["after"].values())


@pytest.mark.parametrize(
    ("name", "spoil", "error", "message"),
    [
        ("predictions.csv", None, FileNotFoundError, r"No predictions.csv in .*python -m conbal_tf.train"),
        ("settings.toml", None, FileNotFoundError, r"No settings.toml in "),
        (
            "settings.toml",
            lambda text: "seed = 1",
            ValueError,
            r"settings.toml cannot be read: received a last line without",
        ),
        ("settings.toml", lambda text: "[[[", ValueError, r"settings.toml cannot be read: .*Allowed is TOML"),
        (
            "settings.toml",
            lambda text: text.replace("train_parts", "parts"),
            ValueError,
            r"received no data.train_parts",
        ),
        ("predictions.csv", lambda text: text.replace("validation,", "other,"), ValueError, r"400 in another part"),
        ("predictions.csv", lambda text: text.replace("p_NA", "p_DF"), ValueError, r"received 'NA' as label"),
    ],
)
def test_broken_run_is_one_clear_error_and_nothing_is_written(
    run: Path, name: str, spoil: Callable[[str], str] | None, error: type[Exception], message: str
) -> None:
    text = (run / name).read_text()
    (run / name).unlink()
    if spoil:
        (run / name).write_text(spoil(text))
    with pytest.raises(error, match=message):
        calibrate(run)
    assert not list(run.glob("*calibration*"))


def test_calibration_that_is_there_is_taken_as_it_is(run: Path) -> None:
    made = calibration_of(run, NAMES)
    (run / "calibration.json").write_text(json.dumps({**made, "temperature": 7.0}))
    assert calibration_of(run, NAMES)["temperature"] == 7.0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"temperature": 1, "prior_strength": 0, "test": {}}', "3"])
def test_calibration_that_is_none_is_refused(run: Path, text: str) -> None:
    (run / "calibration.json").write_text(text)
    with pytest.raises(ValueError, match=r"calibration.json cannot be read: received .*conbal_tf.evaluate"):
        calibration_of(run, NAMES)


def test_calibration_of_other_classes_is_refused(run: Path) -> None:
    calibrate(run)
    with pytest.raises(ValueError, match=r"calibration.json cannot be read: received 'DF' in class_prior"):
        calibration_of(run, (*NAMES, "DF"))


def test_it_needs_no_tensorflow(run: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from conbal_tf.scores.calibration import calibrate; "
        "calibrate(Path(sys.argv[1])); print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(run)], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "[]", done.stderr
