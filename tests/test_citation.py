"""CITATION.cff is what the Citation File Format 1.2.0 allows, of this version, and cites the paper."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import conbal_tf

ROOT = Path(__file__).resolve().parents[1]
# Of the format's schema, the keys that stand here or that somebody is likely to add; the first are required.
SOFTWARE = {"authors", "cff-version", "message", "title"}
SOFTWARE_MAY = {"abstract", "date-released", "doi", "keywords", "license", "references", "type", "url", "version"}
REFERENCE = {"authors", "title", "type"}
REFERENCE_MAY = {"collection-title", "collection-type", "conference", "doi", "pages", "publisher", "volume", "year"}
PERSON = {"family-names", "given-names", "affiliation", "orcid"}
DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")


@pytest.fixture
def citation() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def are_authors(authors: list[dict[str, str]]) -> bool:
    """Returns whether each is an entity, which has a name, or a person, who has other keys."""
    return bool(authors) and all(set(author) <= PERSON or author.get("name") for author in authors)


def test_citation_is_of_the_format_and_of_this_version(citation: dict[str, Any]) -> None:
    assert set(citation) >= SOFTWARE and set(citation) <= SOFTWARE | SOFTWARE_MAY
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert (citation["title"], citation["version"]) == ("conbal_tf", conbal_tf.__version__)
    assert citation["license"] == "Apache-2.0" and are_authors(citation["authors"])
    assert all(isinstance(citation[key], str) and citation[key] for key in ("message", "title", "abstract", "version"))


def test_citation_names_the_paper(citation: dict[str, Any]) -> None:
    (paper,) = citation["references"]
    assert set(paper) >= REFERENCE and set(paper) <= REFERENCE | REFERENCE_MAY
    assert paper["type"] == "conference-paper" and are_authors(paper["authors"])
    assert [author["family-names"] for author in paper["authors"]] == ["Marrakchi", "Makansi", "Brox"]
    assert isinstance(paper["year"], int) and DOI.fullmatch(paper["doi"])
    assert set(paper["conference"]) == set(paper["publisher"]) == {"name"}
