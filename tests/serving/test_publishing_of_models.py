"""A model appears when it is whole; a disk that takes no more leaves nothing of it."""

import os
from pathlib import Path

import keras
import pytest
import tensorflow as tf

from conbal_tf.data.pipeline import TestView
from conbal_tf.networks.heads import classifier, classifier_head
from conbal_tf.serving.export import export
from conbal_tf.settings.paths import check_model_place
from tests.small_files import small_files
from tests.small_network import small_network

NAMES = ("nevus", "melanoma")


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return classifier(small_network(), classifier_head(8, len(NAMES)))


def test_place_that_takes_no_more_leaves_nothing_and_what_was_there(model: keras.Model, tmp_path: Path) -> None:
    (tmp_path / "export" / "1").mkdir(parents=True)
    (tmp_path / "export" / "1" / "old").touch()
    larger = r"Cannot write an export into .*: a file would be larger .*--out\.$"
    with small_files(4000), pytest.raises(ValueError, match=larger):
        export(model, NAMES, TestView(16), 16, tmp_path / "export" / "1")
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["export", "export/1", "export/1/old"]


def test_model_has_the_rights_that_the_umask_leaves(model: keras.Model, tmp_path: Path) -> None:
    before = os.umask(0o007)
    try:
        export(model, NAMES, TestView(16), 16, tmp_path / "export" / "1")
    finally:
        os.umask(before)
    rights = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "export").rglob("*")}
    assert rights == {True: 0o770, False: 0o660}
    assert [path.name for path in (tmp_path / "export").iterdir()] == ["1"]


@pytest.mark.parametrize("name", ["lr=0.1, {b} (c) #%'é", "[0.1]", "back\\slash"])
def test_names_that_are_refused_are_those_that_tensorflow_cannot_load(
    name: str, model: keras.Model, tmp_path: Path
) -> None:
    place = tmp_path / name / "1"
    export(model, NAMES, TestView(16), 16, place)
    try:
        check_model_place(place, "--run")
    except ValueError:
        with pytest.raises(Exception, match="Failed to find any matching files"):
            tf.saved_model.load(str(place))
    else:
        assert "serving_default" in tf.saved_model.load(str(place)).signatures
