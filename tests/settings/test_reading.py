"""Settings that a function reads: those that the command would train with."""

from pathlib import Path

import pytest

from conbal_tf.settings.load import load
from conbal_tf.settings.reading import read_settings
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.shipped import CONFIGS

OWN = {"csv", "folder"}  # which want images before they are valid


@pytest.mark.parametrize("name", sorted({file.stem for file in CONFIGS.glob("*.toml")} - OWN))
def test_every_file_of_the_package_means_what_it_means_to_the_command(name: str) -> None:
    commanded, _ = load(["--config", name], "train")
    assert read_settings(name) == read_settings(CONFIGS / f"{name}.toml") == commanded
    assert name == "digits" or commanded != Settings()


def test_file_of_ones_own_comes_over_that_of_its_data_set(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('dataset = "isic2018"\n[training]\nviews = 1\n')
    settings = read_settings(str(tmp_path / "mine.toml"))
    assert (settings.training.views, settings.network.backbone) == (1, "resnet50")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[training]\nbatch_siz = 3",
            r"--training.batch_siz, 3 Perhaps you meant: --training.batch_size .* file",
        ),
        ("seed = 1.5", r"Error parsing --seed.*in the file .*mine.toml\.$"),
        ('dataset = "aptoss"', "invalid choice 'aptoss'"),
        ("seed = ", "is no TOML file"),
    ],
)
def test_mistake_is_an_error_that_a_program_can_catch(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_settings(tmp_path / "mine.toml")
    assert capsys.readouterr() == ("", "")


def test_file_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(FileNotFoundError, match="did you mean isic2018_small"):
        read_settings("isic2018_smal")
