"""Opening records: the index, the counts, and damage named."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from conbal_tf.data import records as module
from conbal_tf.data.records import open_records
from conbal_tf.data.split import SplitRecords
from tests.lesion_records import lesion_records


def test_index_names_every_record_with_its_label(digits: SplitRecords) -> None:
    index = digits.records.index
    assert len(index) == index["id"].nunique() == 1797
    assert digits.records.class_counts(index["id"]).sum() == 1797
    assert digits.records.class_names[:2] == ("zero", "one")


def test_encoded_gives_the_wanted_records_of_a_class_in_the_order_of_the_index(digits: SplitRecords) -> None:
    wanted = digits.rows("test").query("label == 4")["id"].iloc[::5]
    records = list(digits.records.encoded(4, wanted).as_numpy_iterator())
    assert len(records) == len(wanted)
    assert {int(record["label"]) for record in records} == {4}
    alone = next(digits.records.encoded(4, [wanted.iloc[2]]).as_numpy_iterator())
    assert records[2]["image"] == alone["image"]


@pytest.mark.parametrize("kept", [0, 2**30])
def test_class_is_the_same_at_every_pass_whether_or_not_it_is_kept_in_memory(
    kept: int, digits: SplitRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = digits.rows("test").query("label == 4")["id"]
    expected = [record["image"] for record in digits.records.encoded(4, wanted).as_numpy_iterator()]
    monkeypatch.setattr(module, "KEPT_IN_MEMORY", kept)
    passes = digits.records.encoded(4, wanted).repeat(3)
    assert [record["image"] for record in passes.as_numpy_iterator()] == 3 * expected
    assert ("Cache" in type(digits.records.encoded(4, wanted)).__name__) == bool(kept)


@pytest.mark.parametrize("kept", [0, 2**30])
def test_records_of_all_classes_come_in_the_order_of_the_index_at_every_pass(
    kept: int, digits: SplitRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_IN_MEMORY", kept)
    wanted = digits.rows("validation", "test")["id"].iloc[::20]
    rows = digits.records.select(wanted)
    alone = {
        record["image"]
        for label in (3, 7)
        for record in digits.records.encoded(label, rows[rows["label"] == label]["id"]).as_numpy_iterator()
    }
    records = digits.records.in_order(wanted)
    assert len(records) == len(rows)
    for _ in range(2):
        found = list(records.as_numpy_iterator())
        assert [int(record["label"]) for record in found] == rows["label"].tolist()
        assert {record["image"] for record in found if record["label"] in (3, 7)} == alone


def test_balanced_sample_is_capped_in_each_class_and_hangs_on_the_seed(digits: SplitRecords) -> None:
    sample = digits.balanced_sample(("train",), 10, seed=0)
    counts = np.bincount(sample["label"])
    assert counts.tolist() == [10, 10, 10, 10, 10, 10, 10, 10, 8, 6]
    assert sample["id"].tolist() == digits.balanced_sample(("train",), 10, seed=0)["id"].tolist()
    assert sample["id"].tolist() != digits.balanced_sample(("train",), 10, seed=1)["id"].tolist()


def test_no_records_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No records in .*Make them with: python -m tfrecords_tools.build"):
        open_records(tmp_path)


def test_damaged_records_are_one_clear_error(digits_records: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(digits_records / "digits" / "px16" / "3.0.0", tmp_path / "3.0.0")
    shard = next(copy.glob("*class_03*"))
    shard.write_bytes(shard.read_bytes()[:-40])
    with pytest.raises(ValueError, match=r"records in .* are damaged .*--overwrite"):
        open_records(copy)


def test_attribute_values_are_those_of_all_classes_sorted_each_once(tmp_path: Path) -> None:
    records = lesion_records(tmp_path, {"MEL": ["face", "unknown", "back"], "NV": ["back", "ear"]})
    assert records.attribute_values("localization") == ("back", "ear", "face", "unknown")
    encoded = records.encoded(0, ["MEL_0", "MEL_2"]).as_numpy_iterator()
    assert {record["localization"] for record in encoded} == {b"face", b"back"}


@pytest.mark.parametrize("name", ["localization", "group"])
def test_attribute_that_the_records_do_not_have_is_one_clear_error(name: str, digits: SplitRecords) -> None:
    message = rf"say nothing of '{name}'; they have .*'label'.*--overwrite, or choose another --method"
    with pytest.raises(ValueError, match=message):
        digits.records.attribute_values(name)
