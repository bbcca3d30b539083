"""What README, docs and configurations tell people to run and to read: it runs, and it exists."""

import re
import shlex
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

import conbal_tf
from conbal_tf.settings.comparing import Comparing
from conbal_tf.settings.evaluating import Evaluating
from conbal_tf.settings.exporting import Exporting
from conbal_tf.settings.load import Options, load, parse, read_settings_file
from conbal_tf.settings.own_images import write_settings_file
from conbal_tf.settings.reporting import Reporting
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.save import to_toml
from conbal_tf.settings.schema import Settings
from docs.blocks import blocks
from tests.pages import CONFIGS, DECISIONS, PAGES, ROOT, block, code_spans, commands, links, text_of
from tfrecords_tools.audit import parser as audit_parser
from tfrecords_tools.build_flags import parser

# The commands that are no training, and what their flags are read into; a page may name one without its arguments.
COMMANDS = {
    "conbal_tf.reproduce": Reproduction,
    "conbal_tf.evaluate": Evaluating,
    "conbal_tf.compare": Comparing,
    "conbal_tf.export": Exporting,
    "conbal_tf.report": Reporting,
}
ROOMS = ("conbal_tf", "tfrecords_tools", "benchmarks", "docs", "tests")
PARSERS = {"tfrecords_tools.build": parser, "tfrecords_tools.audit": audit_parser}


def flat_names(settings: object) -> set[str]:
    """Returns the settings' names as flags have them, without the dashes."""
    table = asdict(settings)  # type: ignore[call-overload]
    inner = {f"{name}.{key}" for name, value in table.items() if isinstance(value, dict) for key in value}
    return inner | {name for name, value in table.items() if not isinstance(value, dict)}


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the working folder of somebody who has the package and follows the pages: what commands read is there.

    The checkout's `configs/` is not, so a command that names a file of it by its path is refused.
    """
    for page, name in (("docs/guides/settings.md", "my_isic.toml"), ("docs/first_steps.md", "cells.toml")):
        (tmp_path / name).write_text(block(page, "toml", name), encoding="utf-8")
    (tmp_path / "RUN").mkdir()
    (tmp_path / "RUN" / "settings.toml").write_text(to_toml(Settings()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records" / "moles").mkdir(parents=True)
    write_settings_file(Settings(dataset="folder", images=Path("photos/moles")))
    return tmp_path


@pytest.mark.parametrize("page", [*PAGES, *CONFIGS])
def test_every_command_has_flags_and_values_that_are_understood(page: str, newcomer: Path) -> None:
    for module, arguments in commands(text_of(page)):
        prog = f"{page}: {module} {shlex.join(arguments)}"
        if module == "conbal_tf.train":
            load(arguments, prog)
        elif module in COMMANDS and arguments not in ([], ["NAME"]):
            parse(COMMANDS[module], arguments, prog)
        elif module in PARSERS and arguments:
            PARSERS[module]().parse_args(arguments)


def test_commands_of_every_kind_are_shown() -> None:
    shown = [module for page in PAGES for module, arguments in commands(text_of(page)) if arguments]
    assert set(shown) >= {"conbal_tf.train", *COMMANDS, *PARSERS}


def test_every_module_that_is_named_answers_help() -> None:
    modules = {module for page in PAGES for module, _ in commands(text_of(page))}
    # Benchmarks import TensorFlow before they look at their flags: for them, being there must do.
    benchmarks = {module for module in modules if module.startswith("benchmarks.")}
    assert not [module for module in benchmarks if not (ROOT / f"{module.replace('.', '/')}.py").is_file()]
    for module in modules - benchmarks:
        done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        assert f"python -m {module}" in done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_every_flag_in_the_text_is_a_flag(page: str) -> None:
    known = {f"--{name}" for name in flat_names(Settings())} | {f"--{option.name}" for option in fields(Options)}
    known |= {f"--{option.name}" for kind in COMMANDS.values() for option in fields(kind)}
    known |= {
        "--help",
        "--version",
        "--print-completion",
        *parser()._option_string_actions,
        *audit_parser()._option_string_actions,
    }
    flags = [span.split()[0] for span in code_spans(page) if span.startswith("--")]
    assert set(flags) <= known


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_is_there(page: str) -> None:
    targets = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text_of(page), re.MULTILINE)
    makefile = text_of("Makefile")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), targets


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there_and_defines_the_name_behind_it(page: str) -> None:
    inside = re.compile(r"(?:conbal_tf|tfrecords_tools|tests|configs|docs|benchmarks)/[\w./-]+(?:::\w+)?")
    for name in (span for span in code_spans(page) if inside.fullmatch(span)):
        path, _, definition = name.partition("::")
        assert (ROOT / path).exists(), name
        pattern = rf"^(?:def|class) {definition}\b|^{definition}\b *[:=]"
        assert not definition or re.search(pattern, text_of(path), re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: str) -> None:
    for link in links(page):
        path, _, heading = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        lines = target.read_text("utf-8").splitlines() if heading else []
        headings = {
            re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in lines if "# " in line
        }
        assert not heading or heading in headings, link


def test_every_setting_of_the_method_page_is_a_setting() -> None:
    dotted = re.compile(rf"(?:{'|'.join(vars(Settings()))})\.\w+")
    named = {span for span in code_spans("docs/method.md") if dotted.fullmatch(span)}
    assert len(named) > 15
    assert named <= flat_names(Settings())


@pytest.mark.parametrize(
    ("page", "place"), [("docs/guides/settings.md", "my_isic.toml"), ("docs/first_steps.md", "cells.toml")]
)
def test_every_file_of_settings_that_is_shown_holds_settings(page: str, place: str, newcomer: Path) -> None:
    tables = [code for code in blocks(text_of(page)) if code.language == "toml"]
    assert len(tables) == 1
    assert read_settings_file(newcomer / place) != Settings()


def test_every_public_name_has_its_place_in_the_api_once() -> None:
    listed = re.findall(
        r"^\.\. auto(?:class|function):: conbal_tf\.(\S+)$", text_of("docs/reference/api.md"), re.MULTILINE
    )
    assert sorted(listed) == sorted(conbal_tf.__all__)


def test_decisions_are_numbered_and_short() -> None:
    assert len({Path(record).name[:4] for record in DECISIONS}) == len(DECISIONS) > 20
    assert not [record for record in DECISIONS if len(text_of(record).splitlines()) > 20]


def test_every_module_that_a_decision_names_is_there() -> None:
    there = [f"/{path.relative_to(ROOT).as_posix()}" for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    named = {span for record in DECISIONS for span in code_spans(record) if re.fullmatch(r"[\w/]+\.py", span)}
    assert len(named) > 10
    assert not [module for module in named if not any(path.endswith(f"/{module}") for path in there)]


def test_no_text_advises_a_settings_file_of_the_package_by_its_path_in_a_checkout() -> None:
    modules = [path.relative_to(ROOT).as_posix() for room in ROOMS[:3] for path in (ROOT / room).rglob("*.py")]
    texts = [*PAGES, *CONFIGS, *DECISIONS, *modules]
    assert not [text for text in texts if re.search(r"--config[ =]\S*configs/", text_of(text))]
