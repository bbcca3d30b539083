"""docs/first_steps.md, followed from top to bottom as it is printed."""

import re
from pathlib import Path

import pytest

from docs.blocks import blocks, follow
from tests.pages import ROOT, links, text_of

PAGE = "docs/first_steps.md"


def without_fractions(text: str) -> str:
    """Returns the text with a sign in place of each fraction below 1."""
    return re.sub(r"\b0\.\d+", "#", text)


@pytest.mark.slow
def test_page_can_be_followed_from_a_folder_to_a_prediction(tmp_path: Path) -> None:
    shown = follow(text_of(PAGE), tmp_path)
    # What the page prints of the terminal is what the terminal prints, but for probabilities, which another processor
    # may round otherwise. The first block in text is the installation.
    for quoted in [block.text for block in blocks(text_of(PAGE)) if block.language == "text"][1:]:
        assert without_fractions(quoted) in without_fractions(shown)
    assert "Warning" not in shown
    balanced_accuracy = re.search(r"^balanced accuracy +([\d.]+)", shown, re.MULTILINE)
    assert balanced_accuracy is not None
    assert float(balanced_accuracy[1]) > 0.8


def test_every_picture_is_shown_by_a_page() -> None:
    shown = {link for page in (PAGE, "docs/index.md") for link in links(page) if link.startswith("pictures/")}
    assert shown == {f"pictures/{path.name}" for path in (ROOT / "docs" / "pictures").iterdir()}
