"""The pages that users read: README, configurations, and what is written by hand in docs/."""

import re
import shlex
from pathlib import Path

from conbal_tf.__main__ import COMMANDS
from docs.blocks import blocks

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "configs").glob("*.toml"))
PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] + [
    path.relative_to(ROOT).as_posix()
    for folder in ("docs", "docs/guides", "docs/reference")
    for path in sorted((ROOT / folder).glob("*.md"))
]


DECISIONS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "decisions").glob("0*.md"))


def text_of(page: str) -> str:
    """Returns the text of a file of the checkout, named from its root."""
    return (ROOT / page).read_text("utf-8")


def block(page: str, language: str, containing: str) -> str:
    """Returns the page's one code block in that language with that text in it."""
    (found,) = [code.text for code in blocks(text_of(page)) if code.language == language and containing in code.text]
    return found


def prose(page: str) -> str:
    """Returns a page without its blocks."""
    return re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)


def code_spans(page: str) -> list[str]:
    """Returns what stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def links(page: str) -> list[str]:
    """Returns where the links and pictures of a page lead within the checkout, as they are written."""
    return re.findall(r"\]\((?!https?:)([^)]+)\)", prose(page))


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Returns module and arguments of every command of ours, as `python -m`, `conbal-tf` or `make train` begins it."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"python -m ((?:conbal_tf|tfrecords_tools|benchmarks)\.\w+)([^\n`)|]*)", joined)
    found += [
        (COMMANDS[name].module, flags) for name, flags in re.findall(r"[`\n]conbal-tf ([a-z]+)([^\n`)|]*)", joined)
    ]
    found += [("conbal_tf.train", flags) for flags in re.findall(r'make train ARGS="([^"\n]*)"', joined)]
    return [(module, shlex.split(flags)) for module, flags in found]
