"""classifier.keras that is damaged, or another network."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from conbal_tf.networks.heads import classifier, classifier_head, load_classifier
from tests.run_folder.damages import OF_BYTES
from tests.small_network import small_network


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the file of a classifier of three classes."""
    path = tmp_path_factory.mktemp("saved") / "classifier.keras"
    classifier(small_network(), classifier_head(8, 3)).save(path)
    return path


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(saved, tmp_path))


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Writes the archive anew, each member changed, or left out where the change is None."""
    with zipfile.ZipFile(path) as archive:
        members = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)


def without(member: str) -> Callable[[Path], None]:
    return lambda path: rewritten(path, lambda name, content: None if name == member else content)


def with_half(member: str) -> Callable[[Path], None]:
    return lambda path: rewritten(
        path, lambda name, content: content[: len(content) // 2] if name == member else content
    )


def as_other(model: Callable[[], keras.Model]) -> Callable[[Path], None]:
    return lambda path: model().save(path)


WITHIN: dict[str, Callable[[Path], None]] = {
    **{f"without {name}": without(name) for name in ("config.json", "model.weights.h5")},
    **{f"half of {name}": with_half(name) for name in ("config.json", "model.weights.h5")},
    "another config": lambda path: rewritten(path, lambda name, content: b"[]" if name == "config.json" else content),
    "a backbone": as_other(small_network),
    "a head": as_other(lambda: classifier_head(8, 3)),
    "other classes": as_other(lambda: classifier(small_network(), classifier_head(8, 4))),
}


def test_sound_classifier_is_loaded(saved: Path) -> None:
    assert load_classifier(saved).output_shape == load_classifier(saved, 3).output_shape == (None, 3)


# An archive is found behind bytes that stand before it.
@pytest.mark.parametrize("damage", [*(name for name in OF_BYTES if name != "not UTF-8"), *WITHIN])
def test_damaged_classifier_is_named(copied: Path, damage: str) -> None:
    if damage in WITHIN:
        WITHIN[damage](copied)
    else:
        copied.write_bytes(OF_BYTES[damage](copied.read_bytes()))
    with pytest.raises(
        ValueError, match=rf"^{copied} cannot be read: received .*remove {copied} and .*finished.json"
    ) as raised:
        load_classifier(copied, 3)
    sentence = str(raised.value).replace(str(copied.parent), "RUN")
    assert "\n" not in sentence and len(sentence) < 500


@pytest.mark.parametrize("share", np.linspace(0.02, 0.98, 9))
def test_classifier_with_flipped_bytes_is_the_same_or_named(copied: Path, saved: Path, share: float) -> None:
    content = bytearray(copied.read_bytes())
    place = int(share * len(content))
    content[place : place + 4] = bytes(255 - byte for byte in content[place : place + 4])
    copied.write_bytes(content)
    try:
        loaded = load_classifier(copied, 3)
    except ValueError as error:
        assert str(copied) in str(error)
    else:
        pairs = zip(loaded.get_weights(), load_classifier(saved).get_weights(), strict=True)
        assert all(np.array_equal(one, other) for one, other in pairs)


def test_missing_classifier_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No classifier.keras in .*what is missing is trained anew"):
        load_classifier(tmp_path / "classifier.keras")
