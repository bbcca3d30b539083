"""The code blocks of a page, as data and as commands that run: what tests and the pictures of the pages share."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE_NAME = re.compile(r"# ([\w.-]+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced piece of a page."""

    language: str
    text: str


def blocks(markdown: str) -> list[Block]:
    """Returns the fenced blocks of a page that name a language, in their order; directives of the site are none."""
    return [Block(language, text) for language, text in _FENCE.findall(markdown)]


def follow(markdown: str, folder: Path) -> str:
    """Does what a page says, from top to bottom, as a reader in that folder would; returns what the terminal showed.

    Shell blocks run, line by line, until one fails; Python blocks run as a script each; a block of settings is written
    into the file that its first line names. `docs/` lies in the folder, as in a checkout.

    Args:
        markdown: the page.
        folder: an empty one.

    Raises:
        RuntimeError: A command fails; the message holds what it printed.
    """
    (folder / "docs").symlink_to(ROOT / "docs")
    shown = []
    for block in blocks(markdown):
        if block.language == "toml":
            (name,) = _FILE_NAME.match(block.text).groups()  # type: ignore[union-attr]
            (folder / name).write_text(block.text, encoding="utf-8")
        elif block.language == "shell":
            shown.append(_run(["bash", "-ec", block.text], folder))
        elif block.language == "python":
            shown.append(_run([sys.executable, "-c", block.text], folder))
    return "".join(shown)


def _run(command: list[str], folder: Path) -> str:
    """Returns what a command prints, with this Python as `python` and this checkout's packages."""
    paths = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=os.environ | paths, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise RuntimeError(f"Exit code {done.returncode} of:\n{command[-1]}\n{done.stdout}")
    return done.stdout
