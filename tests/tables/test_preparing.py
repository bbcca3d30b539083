"""Records are made before the first run, by one process."""

from pathlib import Path

import pytest
from filelock import FileLock

from conbal_tf.settings.schema import Settings
from conbal_tf.tables import preparing as module
from conbal_tf.tables.preparing import LOCK, make_records
from tests.settings.own import TOLD

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the file that a stub of the builder makes, which adds its flags to it."""
    made = tmp_path / "made.txt"
    source = f"import sys\nprint('100 of 200 images')\nopen({str(made)!r}, 'a').write(' '.join(sys.argv[1:]))"
    (tmp_path / "stub_builder.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{tmp_path}")
    monkeypatch.setattr(module, "BUILDER", "stub_builder")
    return made


def test_records_are_made_once_with_the_flags_of_the_settings(made: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    for _ in range(2):
        make_records(Settings(images=Path("images"), protocol_seed=3), tmp_path, made.exists, lines.append)
    flags = "--dataset=digits --images=images --records=records --image_size=16 --crop=none "
    flags += "--protocol=grouped --protocol_seed=3 --conflicts=train"
    assert made.read_text() == flags
    assert lines == ["100 of 200 images"]
    assert "100 of 200 images" in (tmp_path / "records.log").read_text()
    assert not (tmp_path / LOCK).exists()


def test_builder_of_ones_own_images_is_told_where_the_labels_are(made: Path, tmp_path: Path) -> None:
    make_records(Settings(dataset="csv", **TOLD["csv"]), tmp_path, made.exists, print)
    assert (
        "--images=moles --labels=labels.csv --image_column=file --label_column=label --name=moles --records"
        in made.read_text()
    )


def test_others_wait_for_the_one_that_makes_them(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_SPEAKS_EVERY", 0.1)
    lock, lines = FileLock(tmp_path / LOCK, is_singleton=False), list[str]()
    lock.acquire()

    def report(line: str) -> None:
        lines.append(line)
        if len(lines) == 2:
            made.write_text("by another")
            lock.release()

    make_records(Settings(), tmp_path, made.exists, report)
    assert made.read_text() == "by another"
    assert lines == ["Waiting for the records, which another process makes."] * 2


def test_records_that_are_there_are_no_reason_to_wait(made: Path, tmp_path: Path) -> None:
    made.touch()
    with FileLock(tmp_path / LOCK):
        make_records(Settings(), tmp_path, made.exists, print)


def test_records_that_cannot_be_made_are_an_error(made: Path, tmp_path: Path) -> None:
    (tmp_path / "stub_builder.py").write_text("raise SystemExit('Error: no images')")
    with pytest.raises(ValueError, match=r"^no images$"):
        make_records(Settings(), tmp_path, made.exists, print)
    (tmp_path / "stub_builder.py").write_text("")
    with pytest.raises(ValueError, match=r"The records were not made\. .*records\.log says more"):
        make_records(Settings(), tmp_path, made.exists, print)
    assert not (tmp_path / LOCK).exists()
