"""Which paths are refused, and that those which are not can be used."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.settings.load import load, parse
from conbal_tf.settings.paths import check_model_place, check_paths
from conbal_tf.settings.reporting import Reporting
from conbal_tf.settings.schema import Settings
from tests.settings.own import told_flags

PATTERN = "[]*?\\"
NAMES = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=f"/\0{PATTERN}"), min_size=1)


@given(NAMES.filter(lambda name: not name.startswith("~")))
def test_printable_name_without_a_pattern_is_taken(name: str) -> None:
    check_model_place(Path("runs") / name, "--run")


@given(st.sampled_from(PATTERN), NAMES, NAMES)
def test_pattern_is_refused_wherever_it_stands(character: str, before: str, after: str) -> None:
    for name in (f"{before}{character}{after}", f"{before}{character}", f"{character}{after}"):
        with pytest.raises(ValueError, match=r"TensorFlow takes .* for a pattern"):
            check_model_place(Path("runs") / name / "a", "--run")


@pytest.mark.parametrize("character", ["\n", "\t", "\x1b", "\x7f", "\u200b", "\u202e"])
def test_character_that_cannot_be_seen_is_refused_and_shown(character: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen") as refused:
        check_paths(Settings(run=Path(f"runs/a{character}b")))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(run=Path("runs/a ")), "--run is 'runs/a '; allowed are names without .* blanks at either end"),
        (Settings(run=Path("gs://bucket/a")), "--run is 'gs:/bucket/a'; allowed are folders of this machine"),
        (Settings(records=Path("s3://bucket")), "--records is 's3:/bucket'; allowed are folders of this machine"),
        (Settings(run=Path("runs/n\udce4vus")), "--run is .*; allowed are names in UTF-8"),
        (Settings(images=Path("n\udce4vus")), "--images is .*; allowed are names in UTF-8"),
        (Settings(records=Path("n\udce4vus")), "--records is .*; allowed are names in UTF-8"),
    ],
)
def test_place_that_cannot_be_used_is_refused(settings: Settings, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_paths(settings)


def test_images_and_records_may_be_called_anything() -> None:
    check_paths(Settings(images=Path(r"C (1) [old]*? \x"), records=Path("records [0.1]*?"), labels=Path("a\tb")))


def test_home_is_expanded_in_flags_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.toml").write_text('images = "~/photos"\nrecords = "~nobody_of_this_name/records"\n')
    flags = ["--config=~/mine.toml", "--run=~/runs/a", "--dataset", "csv", *told_flags("csv"), "--labels=~/t.csv"]
    settings, options = load([flag for flag in flags if not flag.startswith("--images")], "train")
    assert (settings.run, settings.labels) == (tmp_path / "runs" / "a", tmp_path / "t.csv")
    assert settings.records == Path("~nobody_of_this_name/records")
    assert options.config == tmp_path / "mine.toml"
    assert parse(Reporting, ["~/a", "b"], "report").runs == (tmp_path / "a", Path("b"))
