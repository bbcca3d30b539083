"""The page as text: what stands on it, that names are text, and that it asks for nothing."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conbal_tf.reporting.page.document import SECTIONS, page
from conbal_tf.reporting.page.run_files import ADVICE
from conbal_tf.reporting.words import slug
from tests.reporting.page.outline import Outline
from tests.reporting.page.whole_runs import NASTY, write_whole_run

Runs = tuple[Path, Path]


@pytest.fixture(scope="module")
def one(whole_runs: Runs) -> str:
    return page(whole_runs[:1])


@pytest.fixture(scope="module")
def two(whole_runs: Runs) -> str:
    return page(whole_runs)


def test_every_section_is_there_and_in_the_contents(one: str, two: str) -> None:
    for text in (one, two):
        outline = Outline(text)
        assert not outline.open
        assert len(set(outline.ids)) == len(outline.ids)
        for name in SECTIONS:
            assert slug(name) in outline.ids
            assert f"#{slug(name)}" in outline.sources
        assert 'class="missing"' not in text


def test_names_of_classes_and_images_are_text(one: str, two: str) -> None:
    for text in (one, two):
        outline = Outline(text)
        assert NASTY in outline.text
        assert "image <i>0" in outline.text
        assert not re.search(r"<i>\d", text)
        assert '<b>"x"' not in text


def test_page_asks_for_nothing(one: str, two: str) -> None:
    for text in (one, two):
        assert all(source.startswith(("#", "data:image/")) for source in Outline(text).sources)
        assert "http:" not in text
        assert "https:" not in text
        assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket", text)
        assert "default-src &#39;none&#39;" in text


def test_images_of_ones_own_are_called_as_their_owner_calls_them(whole_run: Path) -> None:
    settings = (whole_run / "settings.toml").read_text()
    own = re.sub(r'^dataset = "\w+"$', 'dataset = "folder"\nname = "moles"\nimages = "photos"', settings, flags=re.M)
    (whole_run / "settings.toml").write_text(own)
    text = page([whole_run])
    assert " on moles" in text and " on folder" not in text


def test_page_is_the_same_each_time(whole_runs: Runs, one: str) -> None:
    assert page(whole_runs[:1]) == one


def test_page_of_3000_test_images_is_small(tmp_path: Path) -> None:
    assert len(page([write_whole_run(tmp_path / "run", images=3000)]).encode()) < 3e6


def test_thumbnails_of_the_same_test_images_are_there_once(one: str, two: str) -> None:
    assert two.count("data:image/jpeg;base64,") == one.count("data:image/jpeg;base64,") == 1
    assert two.count("data-map=") == 2


def test_sentences_count(one: str) -> None:
    text = Outline(one).text
    assert re.search(r"Rare classes: .* is found in \d+ of 30 and dermato fibroma in \d+ of 10 test images\.", text)
    assert "50 % (0.44–0.55) of MEL is flagged at a specificity of 0.88" in text.replace("\u202f", " ")
    assert "3 of 200 test images" in text
    assert "Audit of 1,200 images: 0 errors, 1 warning, 0 notes." in text


def test_runs_are_told_apart_and_differences_marked(two: str) -> None:
    text = Outline(two).text
    assert "contrastive (balanced)" in text
    assert "They differ in: method, sampling and folder." in text
    assert '<td class="differs">cross_entropy</td>' in two
    assert "has the highest macro F1" in text


@pytest.mark.parametrize(
    ("name", "what", "sections"),
    [
        ("history.csv", "history.csv", 1),
        ("predictions.csv", "predictions.csv", 1),
        ("calibration.json", "calibration.json", 2),
        ("leaks.json", "leaks.json", 1),
        ("explanations.npz", "explanations.npz", 2),
    ],
)
def test_missing_file_is_named_with_the_command_that_makes_it(
    whole_run: Path, name: str, what: str, sections: int
) -> None:
    (whole_run / name).unlink()
    text = Outline(page([whole_run])).text
    command = ADVICE[what].format(run=whole_run, records="")
    assert " ".join(command.split()) in text
    assert text.count(f": {name}. Make it with:") == sections


def test_old_metrics_leave_out_what_they_lack(whole_run: Path) -> None:
    path = whole_run / "metrics.json"
    metrics = json.loads(path.read_text())
    kept = {key: value for key, value in metrics.items() if key not in ("intervals", "operating_points", "validation")}
    for scores in kept["per_class"].values():
        for key in ("specificity", "auc", "average_precision"):
            del scores[key]
    path.write_text(json.dumps(kept))
    text = Outline(page([whole_run])).text
    assert f"python -m conbal_tf.evaluate {whole_run} --positive CLASS" in text
    assert "the intervals in metrics.json" in text


def test_run_with_nothing_but_its_scores_has_a_page(whole_run: Path) -> None:
    for name in ("history.csv", "predictions.csv", "calibration.json", "leaks.json", "explanations.npz"):
        (whole_run / name).unlink()
    outline = Outline(page([whole_run]))
    assert all(slug(name) in outline.ids for name in SECTIONS)


def test_calibration_that_was_fitted_on_training_says_so(whole_run: Path) -> None:
    path = whole_run / "calibration.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"fitted_on_training": True}))
    assert "a calibration fitted there means nothing" in page([whole_run])


def test_scores_without_leaks_are_told(whole_run: Path) -> None:
    leaks = {"leaking": {"MEL": 1}, "tested": {"MEL": 2}, "groups": 1}
    found = {"flattery": {"macro_f1": 0.1}, "same_class_mix": {"macro_f1": 0.4}, "leaks": leaks}
    (whole_run / "metrics_without_leaks.json").write_text(json.dumps(found))
    assert "macro F1 0.400 instead of 0.500" in page([whole_run])


def _other_thumbnails(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_ids"] = np.array([f"other {number}" for number in range(len(arrays["test_ids"]))])


def test_explanations_of_other_predictions_are_refused(whole_run: Path) -> None:
    _change(whole_run / "explanations.npz", _other_thumbnails)
    with pytest.raises(ValueError, match=r"is not of these predictions: received 200 .* --pictures"):
        page([whole_run])


def test_mistakes_without_neighbours_and_heat_are_shown(whole_run: Path) -> None:
    def without(arrays: dict[str, np.ndarray]) -> None:
        for name in [name for name in arrays if name.startswith(("neighbour", "heat"))]:
            del arrays[name]

    _change(whole_run / "explanations.npz", without)
    assert 'class="card"' in page([whole_run])


def _change(path: Path, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    with np.load(path) as loaded:
        arrays = {name: loaded[name] for name in loaded.files}
    change(arrays)
    np.savez(path, **arrays)  # type: ignore[arg-type]
