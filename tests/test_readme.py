"""What README, docs and configurations tell people to run and to read: it runs, and it exists."""

import re
import shlex
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from conbal_tf.settings.comparing import Comparing
from conbal_tf.settings.evaluating import Evaluating
from conbal_tf.settings.exporting import Exporting
from conbal_tf.settings.load import Options, load, parse, read_settings
from conbal_tf.settings.own_images import write_settings_file
from conbal_tf.settings.reporting import Reporting
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.save import default_run_folder, to_toml
from conbal_tf.settings.schema import Settings
from tfrecords_tools.audit import parser as _audit_parser
from tfrecords_tools.build_flags import parser

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = ["README.md", "CHANGELOG.md", "docs/method.md", "docs/metrics.md", "docs/results.md"]
CONFIGS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "configs").glob("*.toml"))
MAX_LIBRARY_LINES = 20


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def block(language: str, containing: str) -> str:
    """Returns the README's one code block in that language with that text in it."""
    (found,) = [code for code in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if containing in code]
    return found


def prose(page: str) -> str:
    return re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)


def code_spans(page: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(page))


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Returns module and arguments of every `python -m` of our packages, those of `make train` among them."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"python -m ((?:conbal_tf|tfrecords_tools|benchmarks)\.\w+)([^\n`)]*)", joined)
    found += [("conbal_tf.train", flags) for flags in re.findall(r'make train ARGS="([^"\n]*)"', joined)]
    return [(module, shlex.split(flags)) for module, flags in found]


def flat_names(settings: object) -> set[str]:
    """Returns the settings' names as flags have them, without the dashes."""
    table = asdict(settings)  # type: ignore[call-overload]
    inner = {f"{name}.{key}" for name, value in table.items() if isinstance(value, dict) for key in value}
    return inner | {name for name, value in table.items() if not isinstance(value, dict)}


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the working folder of somebody who follows the README: what its commands read is there."""
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    (tmp_path / "my_isic.toml").write_text(block("toml", "my_isic.toml"), encoding="utf-8")
    (tmp_path / "RUN").mkdir()
    (tmp_path / "RUN" / "settings.toml").write_text(to_toml(Settings()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records" / "moles").mkdir(parents=True)
    write_settings_file(Settings(dataset="folder", images=Path("photos/moles")))
    return tmp_path


def test_library_block_trains_saves_and_loads_in_20_lines(tmp_path: Path) -> None:
    code = block("python", "ContrastiveModel")
    assert len(code.splitlines()) <= MAX_LIBRARY_LINES
    check = (
        "\nimport numpy as np\n"
        "np.testing.assert_allclose(embeddings, model.predict(images, verbose=0), atol=1e-5)\n"
        "assert embeddings.shape == (1797, 32)\n"
        "losses = [float(line.split(',')[1]) for line in open('history.csv').readlines()[1:]]\n"
        "assert losses[-1] < losses[0], losses\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "2", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code + check],
        capture_output=True, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "contrastive.keras").is_file()


def test_serving_client_names_the_class_of_a_photograph(finished_run: Path, tmp_path: Path) -> None:
    from PIL import Image

    code = block("python", "saved_model")
    home = tmp_path / default_run_folder(Settings())
    home.parent.mkdir(parents=True)
    home.symlink_to(finished_run)
    Image.new("RGB", (40, 30)).save(tmp_path / "photo.jpg")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    name, probability = done.stdout.split()
    assert name in (finished_run / "metrics.json").read_text()
    assert 0.1 <= float(probability) <= 1.0


def test_table_of_the_run_folder_is_what_a_finished_run_holds(finished_run: Path) -> None:
    section = README.split("## What a run folder holds")[1].split("\n## ")[0]
    named = {name.rstrip("/") for name in re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)}
    assert named == {path.name for path in finished_run.iterdir()}


@pytest.mark.parametrize("page", [*PAGES, *CONFIGS])
def test_every_command_has_flags_and_values_that_are_understood(page: str, newcomer: Path) -> None:
    for module, arguments in commands(text_of(page)):
        if module == "conbal_tf.train":
            load(arguments, f"{page}: {shlex.join(arguments)}")
        elif module == "conbal_tf.reproduce" and arguments not in ([], ["NAME"]):
            parse(Reproduction, arguments, f"{page}: {shlex.join(arguments)}")
        elif module == "conbal_tf.evaluate" and arguments:
            parse(Evaluating, arguments, f"{page}: {shlex.join(arguments)}")
        elif module == "tfrecords_tools.build" and arguments:
            parser().parse_args(arguments)
        elif module == "tfrecords_tools.audit" and arguments:
            _audit_parser().parse_args(arguments)


def test_the_readme_shows_commands_of_both_kinds() -> None:
    modules = [module for module, arguments in commands(README) if arguments]
    assert modules.count("conbal_tf.train") > 4
    assert {"tfrecords_tools.build", "conbal_tf.reproduce"} <= set(modules)


def test_every_module_that_is_named_answers_help() -> None:
    modules = {module for page in PAGES for module, _ in commands(text_of(page))}
    # Benchmarks import TensorFlow before they look at their flags: for them, being there must do.
    benchmarks = {module for module in modules if module.startswith("benchmarks.")}
    assert not [module for module in benchmarks if not (ROOT / f"{module.replace('.', '/')}.py").is_file()]
    assert {"conbal_tf.train", "tfrecords_tools.build"} <= modules
    for module in modules - benchmarks:
        done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        assert f"python -m {module}" in done.stdout


COMMANDS = (Reproduction, Evaluating, Comparing, Exporting, Reporting)


@pytest.mark.parametrize("page", PAGES)
def test_every_flag_in_the_text_is_a_flag(page: str) -> None:
    known = {f"--{name}" for name in flat_names(Settings())} | {f"--{option.name}" for option in fields(Options)}
    known |= {f"--{option.name}" for kind in COMMANDS for option in fields(kind)}
    known |= {"--help", *parser()._option_string_actions, *_audit_parser()._option_string_actions}
    flags = [span.split()[0] for span in code_spans(page) if span.startswith("--")]
    assert set(flags) <= known


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_is_there(page: str) -> None:
    targets = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text_of(page), re.MULTILINE)
    makefile = text_of("Makefile")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), targets


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there_and_defines_the_name_behind_it(page: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", prose(page))
    inside = re.compile(r"(?:conbal_tf|tfrecords_tools|tests|configs|docs|benchmarks)/[\w./-]+(?:::\w+)?")
    for name in [*links, *(span for span in code_spans(page) if inside.fullmatch(span))]:
        path, _, definition = name.partition("::")
        assert (ROOT / path).exists(), name
        pattern = rf"^(?:def|class) {definition}\b|^{definition}\b *[:=]"
        assert not definition or re.search(pattern, text_of(path), re.MULTILINE), name


def test_every_heading_that_is_linked_is_there() -> None:
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in README.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings


def test_every_setting_of_the_method_page_is_a_setting() -> None:
    dotted = re.compile(rf"(?:{'|'.join(vars(Settings()))})\.\w+")
    named = {span for span in code_spans("docs/method.md") if dotted.fullmatch(span)}
    assert len(named) > 15
    assert named <= flat_names(Settings())


def test_example_file_of_the_readme_holds_settings(newcomer: Path) -> None:
    assert read_settings(newcomer / "my_isic.toml").contrastive.temperature == 0.1


def test_decisions_are_numbered_and_short() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
    assert not [path.name for path in records if len(path.read_text("utf-8").splitlines()) > 20]
