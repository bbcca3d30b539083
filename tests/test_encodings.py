"""Texts are read and written in UTF-8, whatever the locale says: each call that opens one names the encoding."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("conbal_tf", "tfrecords_tools")
PROCESSES = ("run", "Popen", "check_output")
TEXTS = ("read_text", "write_text")
OPENERS = ("open", "fdopen")


def without_encoding(source: str) -> Iterator[int]:
    """Yields the lines of calls that open a text and leave its encoding to the locale."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        owner = getattr(getattr(call.func, "value", None), "id", "")
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        words = [value.value for value in (*call.args, *named.values()) if isinstance(value, ast.Constant)]
        is_text = (
            (
                name in TEXTS
                and isinstance(call.func, ast.Attribute)
                and not any(str(word).lower() in ("utf-8", "utf8") for word in words)
            )
            or (name in OPENERS and (owner, name) not in (("os", "open"), ("Image", "open")) and not is_binary(words))
            or (name in PROCESSES and owner == "subprocess" and "text" in named)
        )
        if is_text and "encoding" not in named and None not in named:
            yield call.lineno


def is_binary(words: Sequence[object]) -> bool:
    return any(isinstance(word, str) and "b" in word and set(word) <= set("rwxab+") for word in words)


def test_every_text_names_its_encoding() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in without_encoding(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("path.read_text()", True),
        ("path.write_text(text)", True),
        ("path.open()", True),
        ("path.open('x')", True),
        ("open(name, newline='')", True),
        ("os.fdopen(handle, 'w')", True),
        ("subprocess.run(command, text=True)", True),
        ("read_text(path)", False),
        ("path.read_text('utf-8')", False),
        ("path.read_text(encoding='utf-8')", False),
        ("path.open('rb')", False),
        ("os.open(path, os.O_RDONLY)", False),
        ("Image.open(path)", False),
        ("subprocess.run(command)", False),
        ("subprocess.run(command, encoding='utf-8')", False),
    ],
)
def test_call_without_an_encoding_is_found(source: str, is_found: bool) -> None:
    assert bool(list(without_encoding(source))) is is_found
