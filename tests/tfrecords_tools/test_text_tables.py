"""Tables as different programs save them."""

from pathlib import Path

import pytest

from tfrecords_tools.label_files import read_table

ROWS = [("ä/1", "x, y"), ("b", "naïve")]


def saved(folder: Path, separator: str, encoding: str) -> Path:
    quote = '"{}"'.format if separator == "," else "{}".format
    lines = [separator.join(("id", "label")), *(separator.join((name, quote(label))) for name, label in ROWS)]
    path = folder / "t.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_is_read_whatever_program_saved_it(tmp_path: Path, separator: str, encoding: str) -> None:
    table = read_table(saved(tmp_path, separator, encoding), ("id", "label"))
    assert list(zip(table["id"], table["label"], strict=True)) == ROWS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,label\na,1\nä,2\n".encode("latin-1"), "no UTF-8 text: line 3 has the byte 0xe4. Save it as CSV in UTF-8"),
        ("id,label\na,1\n".encode("utf-16-le"), "zero bytes"),
        (b"PK\x03\x04 and so on", "is a workbook or an archive"),
        (b"id,label\na,1,x\nb,2,y\n", r"more values than its header has columns \(id, label\)"),
        (b"id,label\na,1\nb\n", r"empty value: 1 \(line 3\)"),
    ],
)
def test_other_files_are_refused_with_the_remedy(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_table(path, ("id", "label"))


def test_column_that_may_be_empty_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,label,group\na,1,\n")
    assert read_table(path, ("id", "label"), ["group"])["group"].tolist() == [""]
    with pytest.raises(ValueError, match=r"lacks column Groups\..*Did you mean 'group'\?"):
        read_table(path, ("id", "label"), ["Groups"])
