"""The settings files of the package: found by name, valid, and the same as those of the checkout."""

from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.settings import choices
from conbal_tf.settings.load import load
from conbal_tf.settings.shipped import CONFIGS
from tests.settings.own import told_flags

ROOT = Path(__file__).resolve().parents[2]
PROG = "python -m conbal_tf.train"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the working folder, which is not the checkout."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_file_of_the_package_is_found_by_its_bare_name_from_anywhere() -> None:
    settings, _ = load(["--config", "isic2018_small"], PROG)
    assert (settings.dataset, settings.data.image_size) == ("isic2018", 32)


def test_ones_own_file_comes_before_that_of_the_package(elsewhere: Path) -> None:
    (elsewhere / "isic2018_small").write_text("seed = 7")
    assert load(["--config", "isic2018_small"], PROG)[0].seed == 7


def test_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(FileNotFoundError, match=r"No settings file 'isic2018_smal'; did you mean isic2018_small\?"):
        load(["--config", "isic2018_smal"], PROG)


@pytest.mark.parametrize("path", ["configs/isic2018_small.toml", "isic2018_small.toml", "elsewhere/isic2018_small"])
def test_path_is_never_taken_for_a_name_but_answered_with_it(path: str) -> None:
    with pytest.raises(FileNotFoundError, match=rf"No settings file '{path}'; did you mean isic2018_small\?"):
        load(["--config", path], PROG)


def test_path_that_is_like_no_name_is_answered_with_what_lies_there(elsewhere: Path) -> None:
    (elsewhere / "moles.toml").touch()
    with pytest.raises(FileNotFoundError, match=r"No settings file 'x/isic2018_smal.toml'; files there: none\."):
        load(["--config", "x/isic2018_smal.toml"], PROG)
    with pytest.raises(FileNotFoundError, match=r"No settings file 'mole.toml'; did you mean moles\.toml\?"):
        load(["--config", "mole.toml"], PROG)


def test_configurations_of_the_checkout_are_those_of_the_package() -> None:
    assert (ROOT / "configs").samefile(CONFIGS)


@pytest.mark.parametrize("dataset", choices.names(choices.Dataset))
def test_every_dataset_has_a_valid_configuration(dataset: str) -> None:
    assert load(["--dataset", dataset, *told_flags(dataset)], PROG)[0].dataset == dataset


def test_defaults_of_ones_own_images_are_the_same_for_both_ways_to_label_them() -> None:
    folder, table = (load(["--dataset", dataset, *told_flags(dataset)], PROG)[0] for dataset in ("folder", "csv"))
    assert replace(table, dataset="folder", labels=None, image_column=None, label_column=None) == folder


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_configuration_is_valid_and_says_what_it_is(path: Path) -> None:
    load(["--config", str(path), *told_flags(path.stem)], PROG)
    opening = path.read_text(encoding="utf-8").partition("\ndataset")[0]
    for words in ("# Reproduces:", "# Command:", "# Time:", "# Expected:"):
        assert words in opening
