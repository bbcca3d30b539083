"""What one's own images need to be told, what is too much, and the file that repeats it."""

import shlex
from dataclasses import fields, replace
from pathlib import Path

import pytest

from conbal_tf.run.origin import origin_of
from conbal_tf.settings.choices import OWN_IMAGES, Dataset, names
from conbal_tf.settings.load import load
from conbal_tf.settings.own_images import SAID, check_own_images, write_settings_file
from conbal_tf.settings.save import differences
from conbal_tf.settings.schema import Settings
from tests.settings.own import TOLD, told_flags
from tests.settings.test_load import PROG, refused, write
from tests.small_files import small_files
from tfrecords_tools.build_flags import origin_of as origin_of_flags
from tfrecords_tools.build_flags import parser
from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.labels.names import safe_name
from tfrecords_tools.origins import Origin
from tfrecords_tools.preparation import check_origin, data_name

MISTAKES = [
    (["--dataset=folder"], "Data set 'folder' needs images (the folder of the images)."),
    (["--dataset=csv", "--images=a", "--labels=b"], "needs image_column (the table's column of image files) and label"),
    (["--dataset=csv", "--images=a"], "(--labels, --image_column, --label_column, or in a file)"),
    (["--dataset=folder", "--images=a", "--labels=b"], "Data set 'folder' takes no labels: only csv does"),
    (["--dataset=folder", "--images=a", "--group_column=b"], "takes no group_column"),
    (["--labels=b", "--label_column=c"], "Data set 'digits' takes no labels or label_column"),
    (["--dataset=aptos", "--name=b"], "Data set 'aptos' takes no name: only folder and csv do"),
    (["--dataset=aptos", "--keep_missing=True"], "Data set 'aptos' takes no keep_missing: only folder and csv do"),
    (["--dataset=isic2018", "--class_order=a"], "Data set 'isic2018' takes no class_order: only folder and csv do"),
    (["--dataset=folder", "--images=a", "--name=my moles"], "name is 'my moles'; allowed are letters"),
    (["--dataset=folder", "--images=a", "--name=../x"], "for example, x (--name"),
    (["--dataset=folder", "--images=data/Aptos"], "cannot be called 'Aptos'"),
    (["--dataset=folder", "--images=a", "--name=csv"], "for example my_csv"),
    (["--dataset=isic2018", "--bits=12"], "Data set 'isic2018' takes no bits: only folder and csv do"),
    (["--dataset=folder", "--images=a", "--bits=7"], "bits is 7; allowed are 8 to 16"),
    (["--dataset=folder", "--images=a", "--bits=17"], "bits is 17; allowed are 8 to 16"),
    (
        ["--dataset=csv", "--images=a", "--labels=b", "--image_column=c", "--label_column=c"],
        "One column has two meanings: image_column 'c', label_column 'c'",
    ),
    (["--dataset=csv", "--images=a", "--labels=b", "--image_column=c", "--label_column= "], "label_column is empty"),
]


@pytest.mark.parametrize(("flags", "words"), MISTAKES)
def test_mistake_reads_the_same_in_file_and_flag(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, flags: list[str], words: str
) -> None:
    from_flags = refused(capsys, *flags)
    given = [flag.removeprefix("--").split("=") for flag in flags]
    text = "\n".join(f"{name} = {value if value.isdecimal() else repr(value)}" for name, value in given)
    assert words in from_flags
    assert refused(capsys, "--config", write(tmp_path, text)) == from_flags


@pytest.mark.parametrize(
    "flags", [flags for flags, words in MISTAKES if "column" not in words and "bits is" not in words]
)
def test_conversion_refuses_the_same(flags: list[str]) -> None:
    given = parser().parse_args([*flags, *([] if "--dataset" in flags[0] else ["--dataset=digits"])])
    with pytest.raises(ValueError, match=r"needs|takes no|name|called"):
        check_origin(given.dataset, origin_of_flags(given))


@pytest.mark.parametrize("dataset", names(Dataset))
def test_every_data_set_is_known_to_conversion_with_the_same_needs(dataset: str) -> None:
    assert tuple(DATASETS) == names(Dataset)
    assert bool(DATASETS[dataset].needs) == (dataset in OWN_IMAGES)
    assert set(DATASETS[dataset].needs) == set(TOLD.get(dataset, {}))
    check_origin(dataset, Origin(**{"images": Path("x")} | TOLD.get(dataset, {})))


@pytest.mark.parametrize(
    "folder", ["moles", "a b/My moles (2024)", "ä-1/", "a\u0308-1/", ".hidden", "x/../y", "/", "."]
)
def test_conversion_calls_images_as_training_does(folder: str) -> None:
    settings = Settings(dataset="folder", images=Path(folder))
    assert settings.data_name == data_name("folder", Origin(Path(folder)))
    assert settings.data_name == safe_name(settings.data_name) != ""


def test_name_is_one_name_however_it_is_composed() -> None:
    folder, name = Path("a\u0308"), "a\u0308-1"
    assert Settings(dataset="folder", images=folder).data_name == data_name("folder", Origin(folder)) == "ä"
    settings = Settings(dataset="folder", images=folder, name=name)
    assert settings.data_name == data_name("folder", Origin(folder, name=name)) == "ä-1"
    check_own_images(settings)
    check_origin("folder", Origin(folder, name=name))


def test_images_that_lie_here_are_called_after_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moles").mkdir()
    monkeypatch.chdir(tmp_path / "moles")
    assert Settings(dataset="folder", images=Path()).data_name == "moles"


@pytest.mark.parametrize("order", [["a"], ["a", "b", "a"], []])
def test_order_of_one_class_or_with_one_twice_is_refused_before_the_images_are_read(
    capsys: pytest.CaptureFixture[str], order: list[str]
) -> None:
    assert "class_order is " in refused(capsys, "--dataset=folder", "--images=a", "--class_order", *order)


def test_what_is_said_of_ones_own_images_reaches_the_conversion_whole() -> None:
    said = {field.name for field in fields(Origin)} - {"images"}
    assert said == set(SAID) <= {field.name for field in fields(Settings)}
    assert said == set(DATASETS["csv"].needs + DATASETS["csv"].takes) - {"images"}
    values = dict.fromkeys(("images", *SAID), "True") | {"bits": "12"}
    flags = parser().parse_args(["--dataset=csv", *(f"--{name}={value}" for name, value in values.items())])
    assert set(origin_of_flags(flags).said()) == {"images", *SAID}


def test_settings_and_flags_make_the_same_origin(tmp_path: Path) -> None:
    origin = origin_of(own(tmp_path))
    assert origin.said().keys() == {"images", *SAID}
    flags = parser().parse_args(["--dataset=csv", *origin.arguments()])
    assert origin_of_flags(flags) == origin
    typed = parser().parse_args(["--dataset=csv", *shlex.split(origin.flags())])
    assert origin_of_flags(typed) == origin


def test_class_that_begins_with_a_dash_can_be_said(tmp_path: Path) -> None:
    origin = Origin(tmp_path, class_order=("+", "-", "-x"))
    for said in (origin.arguments(), shlex.split(origin.flags())):
        assert origin_of_flags(parser().parse_args(["--dataset=folder", *said])) == origin


def test_built_in_data_set_has_its_default_folder_and_nothing_else_to_say() -> None:
    assert origin_of(Settings(dataset="aptos")) == Origin(Path("data/aptos"))


def own(records: Path) -> Settings:
    more = ["--keep_missing=True", "--bits=12", "--class_order", "no ne", "-1", "Nävus"]
    flags = ["--dataset=csv", *told_flags("csv"), "--group_column=patient id", *more, f"--records={records}"]
    return load(flags, PROG)[0]


def test_settings_file_repeats_what_was_said(tmp_path: Path) -> None:
    settings = own(tmp_path)
    (tmp_path / "moles").mkdir()
    path = write_settings_file(settings)
    assert path == tmp_path / "moles" / "moles.toml"
    assert f"--config {path}" in path.read_text(encoding="utf-8")
    assert load(["--config", str(path)], PROG)[0] == replace(settings, name="moles")


def test_settings_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "moles").mkdir()
    (tmp_path / "moles" / "moles.toml").write_text("seed = 3")
    assert write_settings_file(own(tmp_path)) is None
    assert (tmp_path / "moles" / "moles.toml").read_text() == "seed = 3"


def test_settings_file_that_cannot_be_written_whole_is_none(tmp_path: Path) -> None:
    (tmp_path / "moles").mkdir()
    with small_files(50):
        assert write_settings_file(own(tmp_path)) is None
    assert not list((tmp_path / "moles").iterdir())


def test_run_with_other_bits_is_another_run(tmp_path: Path) -> None:
    said = own(tmp_path)
    assert differences(said, replace(said, bits=None)) == ["bits: 12 there, None here"]


@pytest.mark.parametrize("bits", [0, 7, 17])
def test_conversion_refuses_the_same_numbers_of_bits(bits: int) -> None:
    with pytest.raises(ValueError, match=rf"bits is {bits}; allowed are 8 to 16"):
        check_origin("folder", Origin(Path("a"), bits=bits))


def test_built_in_data_set_has_no_settings_file(tmp_path: Path) -> None:
    assert write_settings_file(Settings(records=tmp_path)) is None
    assert not list(tmp_path.iterdir())
