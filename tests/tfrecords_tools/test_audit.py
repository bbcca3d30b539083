"""The command, on a generated download, on records of it, and on the real images."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tfrecords_tools.audit import main
from tfrecords_tools.build import build_records, ensure_protocol


def findings(out: Path, check: str) -> list[dict[str, Any]]:
    """Returns what a check has found, from the lists in an audit's folder."""
    listed = json.loads((out / "audit.json").read_text())["findings"]
    return [finding for finding in listed if finding["check"] == check]


def ids(finding: dict[str, Any]) -> list[list[str]]:
    return [[image["id"] for image in group] for group in finding["details"]["groups"]]


def copy_image(folder: Path, source: str, target: str) -> None:
    """Makes one image of the download a copy of another, in a file of other bytes."""
    Image.open(folder / "train_images" / f"{source}.png").save(
        folder / "train_images" / f"{target}.png", compress_level=0
    )


def test_download_is_audited_where_the_user_stands(
    aptos_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    copy_image(aptos_folder, "eye00", "eye05")  # both of grade 0
    copy_image(aptos_folder, "eye01", "eye02")
    broken = aptos_folder / "train_images" / "eye19.png"
    broken.write_bytes(broken.read_bytes()[:60])
    assert main([str(aptos_folder)]) == 0
    out, err = capsys.readouterr()
    assert "ERROR    1 of 2 sets of equal images have different labels" in out
    assert out.index("ERROR") < out.index("WARNING") < out.index("NOTE")
    assert "eye01 (mild) = eye02 (moderate)" in out and str(broken) in out
    assert "20/20 images" in err
    conflict, agreeing = findings(tmp_path / "audit_aptos", "copies")
    assert (ids(conflict), ids(agreeing)) == ([["eye01", "eye02"]], [["eye00", "eye05"]])
    assert sorted(path.name for path in (tmp_path / "audit_aptos").iterdir()) == ["audit.html", "audit.json"]
    assert main([str(aptos_folder), "--strict"]) == 1  # and the earlier audit is replaced


def test_records_are_audited_beside_them_with_their_protocols(aptos_folder: Path, records: Path) -> None:
    copy_image(aptos_folder, "eye00", "eye05")
    broken = aptos_folder / "train_images" / "eye19.png"
    broken.write_bytes(broken.read_bytes()[:60])
    folder = build_records("aptos", aptos_folder, records, 8, skip_unreadable=True)
    parts = "".join(f"eye{number:02d},{'test' if number == 5 else 'train'},\n" for number in range(19))
    (records / "aptos" / "protocols").mkdir()
    (records / "aptos" / "protocols" / "mine.csv").write_text("id,part,group\n" + parts)
    shutil.rmtree(aptos_folder)
    assert main([str(records)]) == 0
    out = records / "aptos" / "audit"
    (leak,) = findings(out, "leaks")
    assert (leak["severity"], leak["details"]["ids"], leak["details"]["split"]) == ("error", ["eye05"], "mine")
    assert ids(findings(out, "copies")[0]) == [["eye00", "eye05"]]
    assert findings(out, "unreadable")[0]["details"]["files"] == {"eye19": "eye19.png: left out of the records"}
    assert "24x16" in findings(out, "sizes")[0]["title"]  # of the originals, not of the records
    assert "not looked for" in findings(out, "near_duplicates")[0]["title"]
    assert (out / "audit.html").read_text().count("<figure>") == 2
    assert main([str(folder), "--strict"]) == 1


def test_records_that_are_damaged_or_of_an_older_version_are_a_mistake(
    aptos_folder: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = build_records("aptos", aptos_folder, records, 8)
    file = next(folder.glob("*class_00*"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert main([str(records)]) == 2
    assert "are damaged" in capsys.readouterr().err.splitlines()[-1]
    file.write_bytes(whole)
    features = json.loads((folder / "features.json").read_text())
    del features["featuresDict"]["features"]["pixel_hash"]
    (folder / "features.json").write_text(json.dumps(features))
    assert main([str(records)]) == 2
    assert "lack pixel_hash: an older version. Make them anew" in capsys.readouterr().err
    assert not (records / "aptos" / "audit").exists()


def test_size_of_the_originals_predicts_the_class_though_records_have_one_size(tmp_path: Path) -> None:
    folder = tmp_path / "aptos"
    (folder / "train_images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    rows = [(f"eye{number:03d}", number % 5) for number in range(150)]
    for name, grade in rows:
        pixels = rng.integers(0, 255, (20 + 6 * grade, 30 + 9 * grade, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "train_images" / f"{name}.png")
    (folder / "train.csv").write_text("id_code,diagnosis\n" + "".join(f"{name},{grade}\n" for name, grade in rows))
    build_records("aptos", folder, tmp_path / "records", 16)
    for place, out in ((folder, tmp_path / "a"), (tmp_path / "records", tmp_path / "b")):
        assert main([str(place), "--out", str(out)]) == 0
        size, _ = findings(out, "shortcuts")
        assert size["severity"] == "warning" and size["details"]["balanced_accuracy"] == 1.0
        assert len(findings(out, "sizes")[0]["details"]["sizes_by_class"]["no_dr"]) == 1


def test_protocol_can_be_named(aptos_folder: Path, tmp_path: Path) -> None:
    copy_image(aptos_folder, "eye00", "eye05")
    split = tmp_path / "split.csv"
    split.write_text("id,part\neye00,train\neye05,test\n")
    assert main([str(aptos_folder), "--protocol", str(split), "--out", str(tmp_path / "out"), "--strict"]) == 1
    assert findings(tmp_path / "out", "leaks")[0]["details"]["ids"] == ["eye05"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["absent"], "No folder absent"),
        (["aptos", "--out", "aptos"], "aptos is no place for an audit: train.csv is there"),
        (["aptos", "--out", "."], "is no place for an audit: aptos is there"),
        (["aptos", "--out", "aptos/train.csv"], "is no place for an audit"),
        (["aptos", "--protocol", "absent.csv"], "No split absent.csv"),
        (["aptos/train_images"], "neither a folder of records nor a layout"),
    ],
)
def test_mistake_is_one_line_and_writes_nothing(
    flags: list[str],
    message: str,
    aptos_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(aptos_folder.parent)
    before = sorted(aptos_folder.parent.rglob("*"))
    assert main(flags) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("python -m tfrecords_tools.audit: ") and message in error
    assert sorted(aptos_folder.parent.rglob("*")) == before


def test_audit_that_fails_leaves_the_earlier_one(
    aptos_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert main([str(aptos_folder), "--out", str(out)]) == 0
    before = (out / "audit.json").read_bytes()
    copy_image(aptos_folder, "eye00", "eye05")

    def fail(*_: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr("tfrecords_tools.auditing.page.page", fail)
    assert main([str(aptos_folder), "--out", str(out)]) == 2
    assert (out / "audit.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aptos", "out"]


def test_download_without_a_readable_image_is_a_mistake(
    aptos_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (aptos_folder / "train_images").iterdir():
        path.write_bytes(b"nothing")
    assert main([str(aptos_folder), "--out", str(tmp_path / "out")]) == 2
    assert "None of 20 images" in capsys.readouterr().err


@pytest.mark.slow
def test_aptos_has_123_sets_of_equal_images_of_which_30_conflict(
    real_images: Callable[[str], Path], tmp_path: Path
) -> None:
    assert main([str(real_images("aptos")), "--out", str(tmp_path / "out"), "--strict"]) == 1
    conflicts, agreeing = findings(tmp_path / "out", "copies")
    assert (len(ids(conflicts)), len(ids(conflicts)) + len(ids(agreeing))) == (30, 123)
    assert sum(map(len, ids(conflicts) + ids(agreeing))) == 251
    (alike,) = findings(tmp_path / "out", "near_duplicates")
    # Fourteen pairs in ten sets, seen to be one picture each; and one pair of two eyes that look alike.
    assert len(ids(alike)) == 11
    assert [finding["severity"] for finding in findings(tmp_path / "out", "counts")] == ["note"]
    assert (tmp_path / "out" / "audit.html").stat().st_size < 4_000_000


@pytest.mark.slow
def test_isic_has_known_copies_lesions_and_leaks(real_images: Callable[[str], Path], tmp_path: Path) -> None:
    ensure_protocol(build_records("isic2018", real_images("isic2018"), tmp_path, 40), "paper", 0)
    assert main([str(tmp_path)]) == 0
    out = tmp_path / "isic2018" / "audit"
    (copies,) = findings(out, "copies")
    assert ids(copies) == [["ISIC_0024366", "ISIC_0029861"], ["ISIC_0024777", "ISIC_0029938"]]
    (groups,) = findings(out, "group_conflicts")
    assert groups["details"] == {"groups": 7470, "groups_of_several": 1956}
    (leak,) = findings(out, "leaks")
    assert 0.34 <= leak["details"]["share"] <= 0.37
    assert 0.55 <= leak["details"]["leaking"]["MEL"] / leak["details"]["tested"]["MEL"] <= 0.70
    (alike,) = findings(out, "near_duplicates")
    assert ["ISIC_0025226", "ISIC_0030074"] in ids(alike)  # one lesion under two names
    assert [finding["severity"] for finding in findings(out, "counts")] == ["note"]
