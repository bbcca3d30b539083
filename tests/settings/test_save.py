"""Settings as text, their differences, and the default run folder."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conbal_tf.settings import choices
from conbal_tf.settings.load import load
from conbal_tf.settings.save import default_run_folder, differences, to_toml
from conbal_tf.settings.schema import Contrastive, Data, Network, Settings, Training
from tests.settings.own import TOLD, told_flags

CL = Settings()
CE = Settings(method="cross_entropy")

positive = st.floats(min_value=1e-12, max_value=1e12)
some_settings = st.builds(
    Settings,
    dataset=st.sampled_from([name for name in choices.names(choices.Dataset) if name not in choices.OWN_IMAGES]),
    sampling=st.sampled_from(choices.names(choices.Sampling)),
    seed=st.integers(0, 2**31),
    records=st.sampled_from([Path("records"), Path("my records/ä"), Path("-x"), Path('../é\'s "r"')]),
    run=st.sampled_from([None, Path("runs/mine")]),
    data=st.builds(
        Data, train_parts=st.sampled_from([("train",), ("validation", "train")]), image_size=st.integers(1, 999)
    ),
    network=st.builds(Network, synchronized_batch_norm=st.booleans()),
    training=st.builds(Training, learning_rate=positive, length=st.sampled_from(["25 epochs", "7 updates"])),
    contrastive=st.builds(Contrastive, temperature=positive),
)


@pytest.fixture(scope="module")
def settings_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "settings.toml"


@hypothesis_settings(max_examples=40)
@given(settings=some_settings)
def test_saved_settings_repeat_the_run(settings_file: Path, settings: Settings) -> None:
    settings_file.write_text(to_toml(settings), encoding="utf-8")
    # Sections that the method does not use may come from the data set's file.
    assert to_toml(load(["--config", str(settings_file)], "train")[0]) == to_toml(settings)


def test_saved_settings_of_one_method_leave_out_the_sections_of_others() -> None:
    assert "contrastive" in tomllib.loads(to_toml(CL))
    assert "contrastive" not in tomllib.loads(to_toml(CE))


def test_settings_without_value_are_left_out() -> None:
    assert "run" not in tomllib.loads(to_toml(CL))


def test_same_settings_have_no_differences() -> None:
    assert differences(CL, CL) == []


def test_differences_name_both_values() -> None:
    there = replace(CL, seed=1, training=replace(CL.training, batch_size=64))
    assert differences(there, CL) == ["seed: 1 there, 0 here", "training.batch_size: 64 there, 128 here"]


def test_places_and_replicas_are_no_differences() -> None:
    assert differences(replace(CL, images=Path("a"), records=Path("b"), run=Path("c"), replicas=4), CL) == []


def test_saved_settings_of_ones_own_images_repeat_the_run(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings, _ = load(["--dataset", "csv", *told_flags("csv"), "--group_column=-patient id", "--name=a"], "train")
    path.write_text(to_toml(settings), encoding="utf-8")
    assert load(["--config", str(path)], "train")[0] == settings


def test_columns_and_the_name_of_ones_own_images_are_differences_and_the_table_is_none() -> None:
    own = Settings(dataset="csv", **TOLD["csv"])
    assert differences(replace(own, labels=Path("copy.csv"), name="moles", images=Path("other/moles")), own) == []
    assert differences(own, replace(own, group_column="patient", name="b")) == [
        "group_column: None there, patient here",
        "name: moles there, b here",
    ]


def test_run_folder_of_ones_own_images_has_their_name() -> None:
    assert default_run_folder(Settings(dataset="folder", **TOLD["folder"])).parent == Path("runs/moles")
    assert default_run_folder(Settings(dataset="csv", **TOLD["csv"] | {"name": "x"})).parent == Path("runs/x")


def test_sections_of_other_methods_are_no_differences() -> None:
    assert differences(replace(CE, contrastive=Contrastive(temperature=9.0)), CE) == []
    assert differences(replace(CL, contrastive=Contrastive(temperature=9.0)), CE) == [
        "method: contrastive there, cross_entropy here"
    ]
    assert differences(replace(CL, contrastive=Contrastive(temperature=9.0)), CL) == [
        "contrastive.temperature: 9.0 there, 0.05 here"
    ]


def test_run_folder_is_named_after_what_is_compared() -> None:
    settings = Settings(dataset="aptos", method="cross_entropy", sampling="original", seed=3)
    assert default_run_folder(settings) == Path("runs/aptos/grouped-cross_entropy-original-seed3")
