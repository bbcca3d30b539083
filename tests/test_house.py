"""The rules of the house that no linter knows: sizes and names. `make check` runs this file."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_MODULE_LINES = 200
MAX_FUNCTION_LINES = 40  # without its docstring
MAX_REQUIRED_ARGUMENTS = 5
MAX_FILE_BYTES = 500_000
SHAPELESS_NAMES = ("utils.py", "helpers.py", "common.py")
# A path that exists on one machine only; not one inside a URL or another path.
MACHINE_PATH = re.compile(r"(?<![\w.~:/>}-])/(?:home|root|Users|work|mnt|tmp)/\w|\b[A-Z]:\\+Users\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def project_files() -> list[Path]:
    """Returns the files that git has or would add; in an unpacked archive, those of the folders of the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("conbal_tf", "tfrecords_tools", "tests", "configs", "docs")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return sorted(path for path in paths if path.is_file())


def functions(source: str) -> Iterator[tuple[Function, bool]]:
    """Yields every function of a module, and whether it is public: neither it nor its class is private, nor nested."""

    def walk(node: ast.AST, public: bool) -> Iterator[tuple[Function, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield child, public and not child.name.startswith("_")
                yield from walk(child, False)
            else:
                yield from walk(child, public and not (isinstance(child, ast.ClassDef) and child.name.startswith("_")))

    return walk(ast.parse(source), True)


def lines_without_docstring(function: Function) -> int:
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    lines = (function.end_lineno or 0) - function.lineno + 1
    return lines - ((docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0)


def required_arguments(function: Function) -> int:
    """Returns the number of positional arguments without a default, `self` and `cls` left out.

    Keyword-only arguments are named at every call, so no reader has to count them.
    """
    names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    return len(names) - len(function.args.defaults) - (names[:1] in (["self"], ["cls"]))


def faults(name: str, source: str) -> list[str]:
    """Returns what breaks the rules in a module, a line for each."""
    found = []
    is_test = name.startswith("tests/")  # Its arguments are fixtures, and its name states the fact.
    if (lines := len(source.splitlines())) > MAX_MODULE_LINES:
        found.append(f"{name}: {lines} lines; allowed are {MAX_MODULE_LINES}. Split it by what it does.")
    if Path(name).name in SHAPELESS_NAMES:
        found.append(f"{name}: a name that says nothing. Name it after what it holds.")
    for function, public in functions(source):
        place = f"{name}:{function.lineno}: {function.name}"
        if (lines := lines_without_docstring(function)) > MAX_FUNCTION_LINES:
            found.append(f"{place} has {lines} lines; allowed are {MAX_FUNCTION_LINES}. Give a part of it a name.")
        if not is_test and (count := required_arguments(function)) > MAX_REQUIRED_ARGUMENTS:
            found.append(f"{place} needs {count} arguments; allowed are {MAX_REQUIRED_ARGUMENTS}. A noun is missing.")
        if public and not is_test and ast.get_docstring(function) is None:
            found.append(f"{place} is public and has no docstring.")
    return found


def test_modules_and_functions_keep_to_the_sizes_of_the_house() -> None:
    modules = [path for path in project_files() if path.suffix == ".py"]
    assert len(modules) > 10
    found = [fault for path in modules for fault in faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))]
    assert not found, "\n" + "\n".join(found)


def test_no_file_is_large() -> None:
    large = [f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes" for path in project_files()]
    large = [line for line in large if int(line.split()[-2]) > MAX_FILE_BYTES]
    assert not large, "\n" + "\n".join(large)


def test_no_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in project_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("a.py", "x = 1\n" * 201, "201 lines"),
        ("a/utils.py", "", "a name that says nothing"),
        ("a.py", "def f():\n    'What.'\n" + "    x = 1\n" * 40, "f has 41 lines"),
        ("a.py", "class _A:\n    def f(self):\n" + "        x = 1\n" * 40, "f has 41 lines"),
        ("a.py", "def _f(a, b, c, d, e, g, h=1): ...", "_f needs 6 arguments"),
        ("a.py", "class A:\n    def f(self): ...", "f is public and has no docstring"),
    ],
)
def test_fault_is_found(name: str, source: str, fault: str) -> None:
    assert [fault in line for line in faults(name, source)] == [True]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n" * 200,
        "def f():\n    '''What.\n" + "    words\n" * 60 + "    '''\n" + "    x = 1\n" * 39,
        "def _f(a, b, c, d, e, g=1, *, h): ...",
        "class _A:\n    def f(self, a, b, c, d, e): ...",
    ],
)
def test_what_is_within_the_rules_is_no_fault(source: str) -> None:
    assert faults("a.py", source) == []


@pytest.mark.parametrize(("text", "found"), [("/{}/me/x", True), ("see /{}/x", True), ("https://a.b/{}/x", False)])
def test_path_of_one_machine_is_told_from_a_url(text: str, found: bool) -> None:
    assert bool(MACHINE_PATH.search(text.format("home"))) is found
