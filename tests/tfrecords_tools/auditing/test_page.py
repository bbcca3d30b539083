"""The page: what is on it, what must not be, and how large it may become."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from tests.tfrecords_tools.auditing.made_facts import made_facts
from tfrecords_tools.auditing import page as module
from tfrecords_tools.auditing.copies import find_copies
from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.page import MAX_PICTURES, page
from tfrecords_tools.auditing.rows import Row
from tfrecords_tools.auditing.sources import Source

EVIL = "<script>alert('x')</script>"


def source_of(facts: Facts, size: int = 300) -> Source:
    """Returns a source of grey images."""
    pixels = np.full((size, size, 3), 128, np.uint8)
    rows = [Row(name, name, int(label), "", pixels) for name, label in zip(facts.ids, facts.labels, strict=True)]
    return Source(facts.name, Path("folder"), facts.class_names, len(rows), lambda: rows, Path("out"))


def page_of(facts: Facts) -> str:
    return page(facts, find_copies(facts), source_of(facts))


def test_group_shows_its_images_with_labels_and_marks_a_conflict() -> None:
    text = page_of(made_facts([0, 1, 1, 1], pixel_hashes=["1", "1", "2", "2"]))
    conflict, agreeing = re.findall(r"<section id.*?</section>", text, re.DOTALL)
    assert conflict.count("<figure>") == agreeing.count("<figure>") == 2
    assert "labels differ" in conflict and "labels differ" not in agreeing
    assert ">common<" in conflict and ">rare<" in conflict and ">a<" in conflict and ">b<" in conflict
    assert text.index("1 of 2 sets of equal images have different labels") < text.index("<section")


def test_names_are_escaped() -> None:
    text = page_of(made_facts([0, 1], ids=[EVIL, "b' onload='x"], pixel_hashes=["1", "1"], name=EVIL))
    assert "<script" not in text and "' onload" not in text and "&lt;script&gt;" in text


def test_page_asks_for_nothing_from_elsewhere() -> None:
    text = page_of(made_facts([0, 1], pixel_hashes=["1", "1"]))
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|<link|<script|url\(|@import", text)
    assert set(re.findall(r"(?:src|href)=['\"](.{1,5})", text)) == {"data:", "#find"}


def test_pictures_are_small() -> None:
    text = page_of(made_facts([0, 1], pixel_hashes=["1", "1"]))
    (picture, *_) = re.findall(r"data:image/jpeg;base64,([^']+)", text)
    assert len(base64.b64decode(picture)) < 10_000


def test_page_is_bounded_and_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PICTURES", 5)
    text = page_of(made_facts([0, 1] * 4, pixel_hashes=[*"11223344"]))
    assert text.count("<figure>") == 4
    assert "2 of 4 groups are not shown" in text
    assert MAX_PICTURES == 600


def test_large_group_is_cut_and_says_so() -> None:
    text = page_of(made_facts([0, 1] * 10, pixel_hashes=["same"] * 20))
    assert text.count("<figure>") == 12 and "and 8 more" in text
