"""Reading a protocol: its parts, and a clear error for each mistake."""

from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.data.protocol import read_protocol

IDS = pd.Series(["a", "b", "c", "d"])
ROWS = "id,part,group\na,train,a\nb,validation,b\nc,test,c\n"


def written(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "protocol.csv"
    path.write_text(text)
    return path


def test_parts_hold_their_ids_and_what_is_left_out_belongs_to_none(tmp_path: Path) -> None:
    table = read_protocol(written(ROWS, tmp_path), IDS)
    assert table.to_dict("list") == {
        "id": ["a", "b", "c"],
        "part": ["train", "validation", "test"],
        "group": ["a", "b", "c"],
    }


def test_id_and_group_may_be_called_na(tmp_path: Path) -> None:
    table = read_protocol(written(ROWS.replace("c,test,c", "NA,test,NA"), tmp_path), pd.Series(["a", "b", "NA"]))
    assert table.iloc[2].tolist() == ["NA", "test", "NA"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROWS.replace("group", "lesion"), r"lacks the columns \['group'\]; it has \['id', 'part', 'lesion'\]"),
        (ROWS.replace("validation", "valid"), r"unknown parts \['valid'\]. Allowed: train, validation, test"),
        (ROWS + "a,test,a\n", r"gives 1 ids twice, such as \['a'\]"),
        (ROWS + "z,test,z\n", r"splits 1 ids that are not among the records, such as \['z'\]"),
        (ROWS.replace("b,validation,b\n", ""), r"leaves the parts \['validation'\] empty"),
    ],
)
def test_each_mistake_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        read_protocol(written(text, tmp_path), IDS)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No protocol file .*protocol.csv"):
        read_protocol(tmp_path / "protocol.csv", IDS)
