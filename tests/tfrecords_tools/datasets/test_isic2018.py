"""ISIC 2018 as the challenge and as Kaggle ship it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tfrecords_tools.datasets import isic2018

NAMES = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
# id, lesion, class: one image a class, and a second one of the melanoma.
IMAGES = [(f"ISIC_{number}", f"HAM_{number}", name) for number, name in enumerate(NAMES)] + [("ISIC_7", "HAM_0", "MEL")]
PREFIX = "ISIC2018_Task3_Training"


def touch_images(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}.jpg").touch()


def write_ground_truth(path: Path, images: Sequence[tuple[str, str, str]] = IMAGES) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [",".join([name, *("1.0" if one == label else "0.0" for one in NAMES)]) for name, _, label in images]
    path.write_text("\n".join([f"image,{','.join(NAMES)}", *rows]) + "\n")


def write_metadata(folder: Path) -> None:
    rows = [f"{lesion},{name},{label.lower()},histo,80.0,male,scalp" for name, lesion, label in IMAGES]
    header = "lesion_id,image_id,dx,dx_type,age,sex,localization"
    (folder / "HAM10000_metadata.csv").write_text("\n".join([header, *rows]) + "\n")


@pytest.fixture
def challenge(tmp_path: Path) -> Path:
    """The challenge's layout: label table in a folder of its own, no metadata, no lesions."""
    touch_images(tmp_path / f"{PREFIX}_Input", [name for name, _, _ in IMAGES])
    write_ground_truth(tmp_path / f"{PREFIX}_GroundTruth" / f"{PREFIX}_GroundTruth.csv")
    return tmp_path


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    """Kaggle's layout: images in two folders, labels in the metadata."""
    touch_images(tmp_path / "HAM10000_images_part_1", [name for name, _, _ in IMAGES[:5]])
    touch_images(tmp_path / "HAM10000_images_part_2", [name for name, _, _ in IMAGES[5:]])
    write_metadata(tmp_path)
    return tmp_path


def test_both_layouts_give_the_same_labels(challenge: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    ours = {example.id: example.label for example in isic2018.read_labels(challenge).examples}
    other = tmp_path_factory.mktemp("kaggle")
    touch_images(other / "HAM10000_images_part_1", [name for name, _, _ in IMAGES])
    write_metadata(other)
    assert {example.id: example.label for example in isic2018.read_labels(other).examples} == ours
    assert ours == {name: NAMES.index(label) for name, _, label in IMAGES}


def test_kaggle_images_of_both_parts_carry_lesion_and_site(kaggle: Path) -> None:
    examples = {example.id: example for example in isic2018.read_labels(kaggle).examples}
    assert examples["ISIC_0"].group == examples["ISIC_7"].group == "HAM_0"
    assert examples["ISIC_6"].source == kaggle / "HAM10000_images_part_2" / "ISIC_6.jpg"
    assert {example.attributes["localization"] for example in examples.values()} == {"scalp"}


def test_label_table_may_lie_beside_the_images(challenge: Path) -> None:
    folder = challenge / f"{PREFIX}_GroundTruth"
    (folder / f"{PREFIX}_GroundTruth.csv").rename(challenge / f"{PREFIX}_GroundTruth.csv")
    assert len(isic2018.read_labels(challenge).examples) == 8


def test_without_lesions_each_image_is_its_own_group_and_a_note_says_so(
    challenge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = isic2018.read_labels(challenge)
    assert all(example.group == example.id for example in table.examples)
    assert all(example.attributes == {"localization": "unknown"} for example in table.examples)
    assert capsys.readouterr().err.count("Note: no lesion is known for 8 (ISIC_0") == 1


@pytest.mark.parametrize("place", [f"{PREFIX}_GroundTruth", f"{PREFIX}_LesionGroupings", "."])
def test_lesions_come_from_the_challenges_groupings(
    challenge: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{name},{lesion},histopathology\n" for name, lesion, _ in IMAGES)
    (challenge / place).mkdir(exist_ok=True)
    path = challenge / place / f"{PREFIX}_LesionGroupings.csv"
    path.write_text("image,lesion_id,diagnosis_confirm_type\n" + rows)
    table = isic2018.read_labels(challenge)
    assert {example.id: example.group for example in table.examples} == {name: lesion for name, lesion, _ in IMAGES}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "row", ["1.0,1.0,0.0,0.0,0.0,0.0,0.0", "0.0,0.0,0.0,0.0,0.0,0.0,0.0", "0.5,0.5,0,0,0,0,0", "a,1,0,0,0,0,0"]
)
def test_row_without_exactly_one_class_is_refused_by_name(challenge: Path, row: str) -> None:
    path = challenge / f"{PREFIX}_GroundTruth" / f"{PREFIX}_GroundTruth.csv"
    path.write_text(path.read_text().replace("ISIC_1,0.0,1.0,0.0,0.0,0.0,0.0,0.0", f"ISIC_1,{row}"))
    with pytest.raises(ValueError, match=r"rows without exactly one class: 1 \(ISIC_1\)"):
        isic2018.read_labels(challenge)


def test_unknown_diagnosis_is_refused(kaggle: Path) -> None:
    path = kaggle / "HAM10000_metadata.csv"
    path.write_text(path.read_text().replace(",vasc,", ",scc,"))
    with pytest.raises(ValueError, match=r"unknown classes: 1 \('scc'\)\. Allowed: mel, nv, bcc, akiec, bkl, df, vasc"):
        isic2018.read_labels(kaggle)


def test_folder_without_any_label_table_is_told_both_layouts_and_what_was_found(tmp_path: Path) -> None:
    touch_images(tmp_path / "pictures", ["a"])
    with pytest.raises(
        FileNotFoundError, match=r"Looked for either .*GroundTruth\.csv.*HAM10000_metadata\.csv.*found: pictures"
    ):
        isic2018.read_labels(tmp_path)


def test_real_download_has_the_published_counts_and_lesions(real_data: Callable[[str], Path]) -> None:
    table = isic2018.read_labels(real_data("isic2018"))
    assert list(table.class_counts.values()) == [1113, 6705, 514, 327, 1099, 115, 142]
    assert len({example.group for example in table.examples}) == 7470
    sites = [example.attributes["localization"] for example in table.examples]
    assert sites.count("unknown") == 234


def test_official_parts_are_read_where_their_archives_are_there(
    challenge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for word, first in (("Validation", 100), ("Test", 200)):
        images = [(f"ISIC_{first + number}", "", name) for number, name in enumerate(NAMES)]
        prefix = f"ISIC2018_Task3_{word}"
        touch_images(challenge / f"{prefix}_Input", [name for name, _, _ in images])
        write_ground_truth(challenge / f"{prefix}_GroundTruth" / f"{prefix}_GroundTruth.csv", images)
    examples = {example.id: example for example in isic2018.read_labels(challenge).examples}
    assert [examples[name].official_part for name in ("ISIC_0", "ISIC_100", "ISIC_206")] == [
        "train",
        "validation",
        "test",
    ]
    assert (examples["ISIC_206"].group, examples["ISIC_206"].label) == ("ISIC_206", NAMES.index("VASC"))
    assert len(examples) == 8 + 7 + 7
    assert "no lesion is known for 8 (" in capsys.readouterr().err


def test_kaggles_images_are_the_official_training_part(kaggle: Path) -> None:
    assert {example.official_part for example in isic2018.read_labels(kaggle).examples} == {"train"}


def test_official_labels_without_their_images_are_missed(challenge: Path) -> None:
    write_ground_truth(challenge / "ISIC2018_Task3_Test_GroundTruth.csv", [("ISIC_9", "", "NV")])
    with pytest.raises(FileNotFoundError, match=r"ISIC2018_Task3_Test_Input"):
        isic2018.read_labels(challenge)
