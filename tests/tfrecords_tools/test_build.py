"""The command, from a download to records and a protocol."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tfrecords_tools.build import build_records, ensure_protocol, is_built, main
from tfrecords_tools.surroundings.quiet import import_tensorflow


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Returns time of change and content of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def test_command_reports_counts_and_does_nothing_the_second_time(
    aptos_folder: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--dataset", "aptos", "--images", str(aptos_folder), "--records", str(records), "--image_size", "8"]
    assert main(command) == 0
    out, err = capsys.readouterr()
    assert "  no_dr               4\n" in out and f"Made {records / 'aptos' / 'px8' / '3.0.0'}: 20 images" in out
    assert "20/20 images" in err
    before = snapshot(records)
    assert sorted({name.split("/")[1] for name in before}) == ["protocols", "px8"]
    shutil.rmtree(aptos_folder)  # not needed any more
    assert main(command) == 0
    assert "is already there" in capsys.readouterr().out
    assert snapshot(records) == before


def test_crop_has_records_of_its_own(aptos_folder: Path, records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--dataset", "aptos", "--images", str(aptos_folder), "--records", str(records), "--image_size", "8"]
    eye = aptos_folder / "train_images" / "eye00.png"
    framed = Image.new("RGB", (64, 32))
    framed.paste(Image.open(eye).resize((30, 20)), (20, 6))
    framed.save(eye)
    assert main([*command, "--crop", "fundus"]) == 0
    place = records / "aptos" / "px8_fundus" / "3.0.0"
    assert f"Made {place}: 20 images" in capsys.readouterr().out
    assert is_built("aptos", records, 8, "fundus") and not is_built("aptos", records, 8)
    assert json.loads((place / "metadata.json").read_text())["crop"] == "fundus"
    row = {row["id"]: row for row in tfds.as_numpy(tfds.builder_from_directory(place).as_dataset("class_00"))}[b"eye00"]
    assert row["image"].shape == (8, 12, 3) and (row["height"], row["width"]) == (32, 64)
    assert main(command) == 0
    assert "Found there: px8_fundus/3.0.0." in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match=r"at px9_fundus/3\.0\.0 in .* --image_size 9 --crop fundus$"):
        build_records("aptos", aptos_folder / "no", records, 9, crop="fundus")


def test_unreadable_image_is_named_and_nothing_is_left(
    aptos_folder: Path, records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = aptos_folder / "train_images" / "eye07.png"
    truncate(broken)
    command = ["--dataset", "aptos", "--images", str(aptos_folder), "--records", str(records), "--image_size", "8"]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert f"tfrecords_tools.build: Cannot read image {broken}: " in error and "Traceback" not in error
    assert not is_built("aptos", records, 8) and snapshot(records) == {}
    assert main([*command, "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_overwrite_builds_anew_and_keeps_the_old_records_after_an_error(aptos_folder: Path, records: Path) -> None:
    folder = build_records("aptos", aptos_folder, records, 8)
    before = snapshot(records)
    truncate(aptos_folder / "train_images" / "eye07.png")
    with pytest.raises(ValueError, match="Cannot read image"):
        build_records("aptos", aptos_folder, records, 8, overwrite=True)
    assert snapshot(records) == before
    build_records("aptos", aptos_folder, records, 8, overwrite=True, skip_unreadable=True)
    assert json.loads((folder / "metadata.json").read_text())["class_counts"]["moderate"] == 3
    assert [path.name for path in folder.parent.iterdir()] == ["3.0.0"]


def test_protocol_of_other_images_is_refused_after_overwriting(aptos_folder: Path, records: Path) -> None:
    folder = build_records("aptos", aptos_folder, records, 8)
    path = ensure_protocol(folder, "paper", 0)
    assert path == records / "aptos" / "protocols" / "paper_seed0.csv"
    content = path.read_bytes()
    assert ensure_protocol(folder, "paper", 0).read_bytes() == content
    truncate(aptos_folder / "train_images" / "eye07.png")
    build_records("aptos", aptos_folder, records, 8, overwrite=True, skip_unreadable=True)
    with pytest.raises(ValueError, match=r"1 \(eye07\) of its ids are no records"):
        ensure_protocol(folder, "paper", 0)


def test_missing_images_are_answered_with_their_source_and_the_next_command(records: Path, tmp_path: Path) -> None:
    images = tmp_path / "nowhere"
    with pytest.raises(FileNotFoundError) as caught:
        build_records("aptos", images, records, 8)
    message = str(caught.value)
    assert f"The folder {images} to make them of does not exist." in message
    assert "aptos2019-blindness-detection" in message
    assert message.endswith(
        f"python -m tfrecords_tools.build --dataset aptos --images {images} --records {records} --image_size 8"
    )
    images.mkdir()
    with pytest.raises(FileNotFoundError, match=r"is empty\..*challenge\.isic-archive\.com"):
        build_records("isic2018", images, records, 8)


def test_records_of_another_size_or_version_are_mentioned(
    aptos_folder: Path, records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = build_records("aptos", aptos_folder, records, 8)
    folder.rename(folder.with_name("0.9.0"))
    with pytest.raises(FileNotFoundError, match=r"at px8/3\.0\.0 in .*Found there: px8/0\.9\.0\."):
        build_records("aptos", tmp_path / "nowhere", records, 8)
    build_records("aptos", aptos_folder, records, 9)
    assert f"No records of 'aptos' at px9/3.0.0 in {records} yet. Found there: px8/0.9.0." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dataset", "apots"], "invalid choice: 'apots'"),
        (["--dataset", "aptos", "--image_size", "0"], "'0' is no whole number of at least 1"),
        (["--dataset", "aptos", "--protocol_seed", "x"], "'x' is no whole number of at least 0"),
        (["--dataset", "aptos", "--images_size", "8"], "unrecognized arguments: --images_size 8"),
        (["--dataset", "aptos", "--protocol", "papers"], "Unknown protocol 'papers'. Allowed: grouped, paper"),
        (["--dataset", "aptos", "--conflicts", "leave"], "invalid choice: 'leave'"),
    ],
)
def test_wrong_flag_is_refused(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(flags)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_wrong_values_of_a_caller_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Unknown data set 'apots'\. Allowed: aptos, digits, isic2018"):
        build_records("apots", None, tmp_path, 8)
    with pytest.raises(ValueError, match=r"Unknown crop 'retina'\. Allowed: none, fundus\."):
        build_records("digits", None, tmp_path, 8, crop="retina")
    with pytest.raises(ValueError, match="image_size is 0"):
        build_records("digits", None, tmp_path, 0)


def test_help_takes_less_than_a_second_and_imports_no_tensorflow() -> None:
    code = (
        "import sys\nfrom tfrecords_tools.build import main\ntry:\n    main(['--help'])\n"
        "except SystemExit:\n    assert 'tensorflow' not in sys.modules\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    # Time of the processor, not of the clock: other work on the machine changes nothing.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1


def test_killed_conversion_leaves_nothing_that_looks_finished(aptos_folder: Path, records: Path) -> None:
    large = aptos_folder / "large.jpg"
    Image.effect_noise((1600, 1200), 50).save(large)
    for path in (aptos_folder / "train_images").iterdir():
        path.unlink()
        path.with_suffix(".jpg").hardlink_to(large)
    table = aptos_folder / "train.csv"
    for number in range(20, 60):
        (aptos_folder / "train_images" / f"eye{number}.jpg").hardlink_to(large)
    table.write_text(table.read_text() + "".join(f"eye{number},{number % 5}\n" for number in range(20, 60)))
    command = f"tfrecords_tools.build --dataset aptos --images {aptos_folder} --records {records} --image_size 8"
    with subprocess.Popen([sys.executable, "-m", *command.split()], stderr=subprocess.DEVNULL) as process:
        # The first class is written when its first file is there; four more follow.
        while process.poll() is None and not list(records.rglob("*.tfrecord*")):
            time.sleep(0.01)
        assert process.poll() is None, "ended before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
    assert not is_built("aptos", records, 8)
    folder = build_records("aptos", aptos_folder, records, 8)
    assert [path.name for path in folder.parent.iterdir()] == ["3.0.0"]
    assert sum(split.num_examples for split in tfds.builder_from_directory(folder).info.splits.values()) == 60


def test_import_shows_nothing_and_restores_the_stream(capfd: pytest.CaptureFixture[str]) -> None:
    import_tensorflow()
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"
