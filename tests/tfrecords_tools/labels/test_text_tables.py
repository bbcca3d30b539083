"""Tables as different programs save them."""

from pathlib import Path

import pytest

from tfrecords_tools.folders.label_files import read_table

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


@pytest.mark.parametrize("declaration", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_separator_that_the_first_line_names_is_obeyed_and_lines_are_counted_with_it(
    tmp_path: Path, declaration: str, newline: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(newline.join([declaration, "id;label;a,b", "x;1;", "y;2,5;3"]).encode("utf-8-sig"))
    assert read_table(path, ("id", "label")).to_numpy().tolist() == [["x", "1"], ["y", "2,5"]]
    path.write_bytes(newline.join([declaration, "id;label", "x;1", "y;"]).encode())
    with pytest.raises(ValueError, match=r"empty value: 1 \(line 4\)"):
        read_table(path, ("id", "label"))


@pytest.mark.parametrize(("first", "mark"), [("sep=\t", "\t"), (r"sep=\t", "\t"), ("sep=|", "|"), ("sep=,", ",")])
def test_any_separator_can_be_named(tmp_path: Path, first: str, mark: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{first}\nid{mark}label\nx{mark}1\n")
    assert read_table(path, ("id", "label")).to_numpy().tolist() == [["x", "1"]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id,label,note\na,1,\nb,,\n", 3),
        ('id,label,note\na,1,"one\ntwo"\nb,,\n', 4),
        ("\n\nid,label,note\n\na,1,\n , ,\nb,,x\n", 7),
        ('id,label,"no\nte"\na,1,\nb,,\n', 4),
    ],
)
def test_line_of_a_mistake_is_the_line_of_the_file(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"empty value: 1 \(line {line}\)"):
        read_table(path, ("id", "label"))


@pytest.mark.parametrize("value", ['"a\nb"', '"a\rb"', "a\x0bb", "a\u2028b", "a\x85b", "\u200b"])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_value_of_several_lines_is_refused_with_its_line(tmp_path: Path, value: str, column: int) -> None:
    row = ["a", "1", "g"]
    row[column] = value
    path = tmp_path / "t.csv"
    path.write_bytes(f"id,label,group\nx,1,\n{','.join(row)}\n".encode())
    with pytest.raises(ValueError, match=r"values with a line break, .*1 \(line 3: '.*'\)\. Write each on one line"):
        read_table(path, ("id", "label"), ["group"])


def test_values_beyond_the_header_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,label\na,1,,\nb,2,\n,,,\n")
    assert read_table(path, ("id", "label")).to_numpy().tolist() == [["a", "1"], ["b", "2"]]
    path.write_text("id,label\na,1\nb,2,x\n")
    with pytest.raises(ValueError, match=r"1 \(line 3\) of its rows have more values than its header has columns"):
        read_table(path, ("id", "label"))
